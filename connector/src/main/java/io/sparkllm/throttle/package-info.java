/** Rate limits and concurrency: how much may be sent, and when. */
package io.sparkllm.throttle;
