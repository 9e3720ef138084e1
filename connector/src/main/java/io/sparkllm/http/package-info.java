/** The HTTP client of an executor, and when to ask again. */
package io.sparkllm.http;
