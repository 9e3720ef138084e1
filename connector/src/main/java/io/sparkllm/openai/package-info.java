/** The OpenAI-style wire: requests as bytes, replies as answers or errors. No I/O. */
package io.sparkllm.openai;
