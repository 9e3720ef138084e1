package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One API family (chat, responses, ...): reads its request bodies. Stateless. */
interface ModelApi {
  /**
   * Reads and checks a body.
   *
   * @param body the request
   * @param deployment the model that the path names (Azure's deployments); null = the body names it
   * @throws ApiException when the service would answer 400
   */
  ModelRequest read(ObjectNode body, String deployment);
}
