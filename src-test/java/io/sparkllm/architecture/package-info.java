/** What must hold for every class of the connector's jar, whoever adds one. */
package io.sparkllm.architecture;
