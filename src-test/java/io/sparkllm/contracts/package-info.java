/**
 * The contracts of the library, tried through real Spark jobs against a scripted local endpoint:
 * every row answered on its own row, bad jobs stopped early, nothing leaked.
 */
package io.sparkllm.contracts;
