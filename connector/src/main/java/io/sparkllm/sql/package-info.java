/**
 * The SQL surface: the data source {@code llm}, which reads a table or query and adds the answers.
 */
package io.sparkllm.sql;
