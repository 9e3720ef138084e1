/** Rate limits: how many requests and tokens may be spent, and when. */
package io.sparkllm.throttle;
