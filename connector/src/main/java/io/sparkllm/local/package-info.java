/**
 * The local endpoint: an OpenAI-compatible server in this JVM, for first steps without a key and
 * for tests. It answers by rules and is no LLM; its faults, limits and latency are scripted.
 */
package io.sparkllm.local;
