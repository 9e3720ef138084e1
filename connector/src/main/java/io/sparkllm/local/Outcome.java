package io.sparkllm.local;

import java.util.List;

/**
 * A model call's answer, and what it answers.
 *
 * @param served ready to send
 * @param answered digests of what got an answer
 * @param whole whether the caller can make use of it, once it has come
 */
record Outcome(Served served, List<Digest> answered, boolean whole) {}
