package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.local.files.Catalog;
import java.util.List;
import java.util.function.Function;

/** The body of a list of files or batches: {@code {object, data, first_id, last_id, has_more}}. */
final class ListBody {
  private ListBody() {}

  static <T> ObjectNode of(
      Catalog.Page<T> page, Function<T, String> id, Function<T, ObjectNode> item) {
    List<T> items = page.items();
    ObjectNode body = Json.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    items.forEach(each -> data.add(item.apply(each)));
    return body.put("first_id", items.isEmpty() ? null : id.apply(items.get(0)))
        .put("last_id", items.isEmpty() ? null : id.apply(items.get(items.size() - 1)))
        .put("has_more", page.more());
  }
}
