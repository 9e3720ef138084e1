/** What tasks stand for. */
package io.sparkllm.tasks;
