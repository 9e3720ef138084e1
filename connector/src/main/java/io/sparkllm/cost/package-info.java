/** What calls cost: prices of models, the arithmetic, and the counting of tokens before a call. */
package io.sparkllm.cost;
