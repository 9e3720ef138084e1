/** The ledger on files, file systems that behave otherwise, and killed writers; without Spark. */
package io.sparkllm.ledger;
