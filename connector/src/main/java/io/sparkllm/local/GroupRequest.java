package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A request that asks for many things at once. Items are counted from 0. Immutable. */
interface GroupRequest extends ModelRequest {
  /**
   * An item's answer, as it stands in the reply.
   *
   * @param body the answer
   * @param completionTokens of it
   */
  record Part(JsonNode body, int completionTokens) {}

  /** Digest of the request that would ask for an item alone. */
  Digest digest(int item);

  /** What scripted rules look at: whether an item holds these words. */
  boolean says(int item, String words);

  /** Whether the reply has a place for the error of an item; else it fails the whole call. */
  boolean tellsErrors();

  /** Whether the reply tells which answer belongs to which item, whatever their order. */
  boolean tellsPlaces();

  /**
   * Answers an item.
   *
   * @param answeringModel whose answer is given
   * @param id suffix of the answer's id
   * @throws ApiException when the item cannot be answered
   */
  Part part(int item, String answeringModel, String id);

  /** The error of an item, as it stands in the reply. */
  default JsonNode error(int item, JsonNode error) {
    return error;
  }

  /** What stands in the reply beyond the items, though nobody asked for it. */
  default JsonNode surplus(JsonNode last) {
    if (!(last instanceof ObjectNode object)) {
      return last;
    }
    ObjectNode surplus = object.deepCopy();
    if (surplus.has("index")) {
      surplus.put("index", items());
    }
    return surplus;
  }

  /**
   * The reply.
   *
   * @param parts in the order in which it lists them
   * @param completionTokens of all of them
   * @param id suffix of the reply's id
   */
  Served compose(List<JsonNode> parts, int completionTokens, String id);

  /** The reply that stands for all items when a special model answers; null = there is none. */
  default Served atOnce(String answeringModel, String id) {
    return null;
  }

  @Override
  default int maxTokens() {
    return 0;
  }

  @Override
  default boolean says(String words) {
    for (int item = 0; item < items(); item++) {
      if (says(item, words)) {
        return true;
      }
    }
    return false;
  }

  @Override
  default Served answer(String answeringModel, String id) {
    Served whole = atOnce(answeringModel, id);
    if (whole != null) {
      return whole;
    }
    List<JsonNode> parts = new ArrayList<>(items());
    int tokens = 0;
    for (int item = 0; item < items(); item++) {
      Part part = part(item, answeringModel, id + "-" + item);
      parts.add(part.body());
      tokens += part.completionTokens();
    }
    return compose(parts, tokens, id);
  }
}
