/** What the documents say is what the code does. */
package io.sparkllm.docs;
