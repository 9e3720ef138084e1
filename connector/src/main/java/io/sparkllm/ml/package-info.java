/** The Spark ML surface: the same options as Params of stages, for pipelines and Spark Connect. */
package io.sparkllm.ml;
