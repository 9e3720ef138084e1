/** The Spark ML surface: the same options as Params of a Transformer, for pipelines and Connect. */
package io.sparkllm.ml;
