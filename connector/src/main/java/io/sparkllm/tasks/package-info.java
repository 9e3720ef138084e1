/**
 * Tasks such as classification: what each stands for, in options, and the instructions that are
 * sent.
 */
package io.sparkllm.tasks;
