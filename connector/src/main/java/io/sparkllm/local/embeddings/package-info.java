/** How the local endpoint turns texts into vectors: by hashed words, without a model. */
package io.sparkllm.local.embeddings;
