/**
 * The spark-submit application: {@link io.sparkllm.jobs.LlmJob} and its commands. A table goes in,
 * a table with an answer or an error for every row comes out.
 */
package io.sparkllm.jobs;
