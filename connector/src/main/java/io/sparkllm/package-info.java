/** LLM calls over Spark DataFrames. */
package io.sparkllm;
