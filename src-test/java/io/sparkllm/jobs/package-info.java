/** Tests of the spark-submit application. */
package io.sparkllm.jobs;
