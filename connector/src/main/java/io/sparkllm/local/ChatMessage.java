package io.sparkllm.local;

/**
 * One message of a conversation.
 *
 * @param role {@code system}, {@code developer}, {@code user}, {@code assistant}, {@code tool}
 * @param text its text parts, joined
 */
record ChatMessage(String role, String text) {}
