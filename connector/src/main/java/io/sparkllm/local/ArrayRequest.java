package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** An array of requests of one API family, each with an answer or an error of its own. */
final class ArrayRequest implements GroupRequest {
  /**
   * One request of the array.
   *
   * @param body as it was sent
   * @param request null when it cannot be read
   * @param error why; null when it can
   */
  private record Element(JsonNode body, ModelRequest request, ApiException error) {}

  private final List<Element> elements;
  private final boolean indexed;
  private final EndpointScript script;

  private ArrayRequest(List<Element> elements, boolean indexed, EndpointScript script) {
    this.elements = elements;
    this.indexed = indexed;
    this.script = script;
  }

  /** Reads each request of an array, which must not be empty. */
  static ArrayRequest read(JsonNode array, ModelApi api, String deployment, EndpointScript script) {
    if (array.isEmpty()) {
      throw ApiError.invalid(
              "empty_array",
              null,
              "Invalid request body: empty array. Expected an array of requests with minimum"
                  + " length 1.")
          .exception();
    }
    List<Element> elements = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      try {
        if (!(element instanceof ObjectNode body)) {
          throw ApiError.wrongType("[" + elements.size() + "]", "an object", Json.describe(element))
              .exception();
        }
        elements.add(new Element(element, api.read(body, deployment), null));
      } catch (ApiException e) {
        elements.add(new Element(element, null, e));
      }
    }
    return new ArrayRequest(elements, script.arrays().index(), script);
  }

  @Override
  public String model() {
    return elements.stream()
        .filter(element -> element.request() != null)
        .map(element -> element.request().model())
        .findFirst()
        .orElse(Models.LOCAL);
  }

  /** Each request has an error of its own. */
  @Override
  public String unknownModel(EndpointScript now) {
    return null;
  }

  @Override
  public int items() {
    return elements.size();
  }

  @Override
  public Digest digest(int item) {
    Element element = elements.get(item);
    return element.request() instanceof GroupRequest group && group.items() == 1
        ? group.digest(0)
        : RequestDigest.of(element.body());
  }

  @Override
  public boolean says(String words) {
    return elements.stream()
        .anyMatch(element -> element.request() != null && element.request().says(words));
  }

  @Override
  public boolean says(int item, String words) {
    ModelRequest request = elements.get(item).request();
    return request != null && request.says(words);
  }

  @Override
  public int promptTokens() {
    return elements.stream()
        .mapToInt(element -> element.request() == null ? 0 : element.request().promptTokens())
        .sum();
  }

  @Override
  public int maxTokens() {
    return elements.stream()
        .mapToInt(element -> element.request() == null ? 0 : element.request().maxTokens())
        .sum();
  }

  @Override
  public boolean tellsErrors() {
    return true;
  }

  @Override
  public boolean tellsPlaces() {
    return indexed;
  }

  @Override
  public Part part(int item, String answeringModel, String id) {
    Element element = elements.get(item);
    if (element.error() != null) {
      throw element.error();
    }
    ModelRequest request = element.request();
    if (request.unknownModel(script) != null) {
      throw ApiError.unknownModel(request.model()).exception();
    }
    boolean special = Models.isSpecial(answeringModel);
    Served served = request.answer(special ? answeringModel : request.model(), id);
    return new Part(placed(item, served.body()), served.completionTokens());
  }

  @Override
  public JsonNode error(int item, JsonNode error) {
    return placed(item, error);
  }

  private JsonNode placed(int item, JsonNode body) {
    if (!indexed || !(body instanceof ObjectNode object)) {
      return body;
    }
    ObjectNode placed = Json.object().put("index", item);
    return placed.setAll(object);
  }

  @Override
  public Served compose(List<JsonNode> parts, int completionTokens, String id) {
    return new Served(
        JsonNodeFactory.instance.arrayNode().addAll(parts), promptTokens(), completionTokens);
  }
}
