/**
 * The schema of typed answers: stated once, sent as strict JSON Schema, read as Spark values
 * without narrowing.
 */
package io.sparkllm.schema;
