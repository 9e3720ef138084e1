/** What a user can set: every option declared once, parsed, validated, and kept free of secrets. */
package io.sparkllm.config;
