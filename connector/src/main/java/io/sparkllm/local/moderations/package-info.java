/** How the local endpoint judges texts: by lists of words, without a model. */
package io.sparkllm.local.moderations;
