/** How a row becomes the messages of a request. */
package io.sparkllm.prompt;
