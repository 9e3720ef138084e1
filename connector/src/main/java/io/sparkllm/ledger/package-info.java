/**
 * The checkpoint's ledger: every finished answer under its row's fingerprint, in append-only JSONL
 * segments on any Hadoop file system. docs/checkpoint.md has the format.
 */
package io.sparkllm.ledger;
