package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import io.sparkllm.shaded.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackedPromptsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SYSTEM = "Classify as bug, question or other.";
  private static final String[] TICKETS = {
    "The app crashes at start", "How do I change my password?", "Thank you, great job!"
  };

  private LocalEndpoint endpoint;
  private EndpointCaller caller;

  @BeforeEach
  void start() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    caller = new EndpointCaller(endpoint);
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private void script(String json) {
    endpoint.script(EndpointScript.parse(json.replace('\'', '"')));
  }

  private static ObjectNode schema(String answer) {
    return (ObjectNode)
        EndpointCaller.json(
            ("{'type':'object','additionalProperties':false,'required':['answers'],'properties':{"
                    + "'answers':{'type':'array','items':{'type':'object',"
                    + "'additionalProperties':false,'required':['id','answer'],'properties':{"
                    + "'id':{'type':'string'},'answer':"
                    + answer
                    + "}}}}}")
                .replace('\'', '"'));
  }

  private static ObjectNode packed(String model, String system, String answer, String... texts) {
    ObjectNode body = MAPPER.createObjectNode().put("model", model);
    ObjectNode user = MAPPER.createObjectNode();
    var requests = user.putArray("requests");
    for (int i = 0; i < texts.length; i++) {
      requests.addObject().put("id", "r" + i).put("text", texts[i]);
    }
    var messages = body.putArray("messages");
    messages
        .addObject()
        .put("role", "system")
        .put(
            "content",
            system
                + "\n\nThe user message is a JSON object with a list of independent requests."
                + " Answer each of them.");
    messages.addObject().put("role", "user").put("content", user.toString());
    body.putObject("response_format")
        .put("type", "json_schema")
        .putObject("json_schema")
        .put("name", "packed_answers")
        .put("strict", true)
        .set("schema", schema(answer));
    return body;
  }

  private JsonNode answers(ObjectNode body) {
    HttpResponse<String> response = caller.send("POST", "/v1/chat/completions", body.toString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return EndpointCaller.json(
            EndpointCaller.json(response).at("/choices/0/message/content").asText())
        .path("answers");
  }

  private String alone(String model, String system, String text) {
    ObjectNode body = MAPPER.createObjectNode().put("model", model);
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", system);
    messages.addObject().put("role", "user").put("content", text);
    return EndpointCaller.json(caller.send("POST", "/v1/chat/completions", body.toString()))
        .at("/choices/0/message/content")
        .asText();
  }

  @Test
  void eachItemIsAnsweredAsItWouldBeAlone() {
    JsonNode answers = answers(packed("local", SYSTEM, "{'type':'string'}", TICKETS));

    assertThat(answers)
        .extracting(item -> item.path("id").asText())
        .containsExactly("r0", "r1", "r2");
    assertThat(answers)
        .extracting(item -> item.path("answer").asText())
        .containsExactly("bug", "question", "other");
    for (int i = 0; i < TICKETS.length; i++) {
      assertThat(answers.path(i).path("answer").asText())
          .isEqualTo(alone("local", SYSTEM, TICKETS[i]));
    }
    // Alone they asked the same again.
    assertThat(endpoint.stats().doubles()).isEqualTo(3);
  }

  @Test
  void echoProvesEachItemsText() {
    JsonNode answers = answers(packed("echo", SYSTEM, "{'type':'string'}", "a", "b"));

    assertThat(answers.at("/1/answer").asText()).isEqualTo(alone("echo", SYSTEM, "b"));
    assertThat(answers.at("/0/answer").asText()).isNotEqualTo(answers.at("/1/answer").asText());
  }

  @Test
  void answersMayHaveASchemaOfTheirOwn() {
    JsonNode answers =
        answers(
            packed(
                "local",
                "Classify the ticket.",
                "{'type':'object','additionalProperties':false,'required':['label'],"
                    + "'properties':{'label':{'type':'string','enum':['bug','question']}}}",
                TICKETS[0],
                TICKETS[1]));

    assertThat(answers.at("/0/answer/label").asText()).isEqualTo("bug");
    assertThat(answers.at("/1/answer/label").asText()).isEqualTo("question");
  }

  @Test
  void responsesTakeThemToo() {
    ObjectNode chat = packed("echo", SYSTEM, "{'type':'string'}", "a", "b");
    ObjectNode body = MAPPER.createObjectNode().put("model", "echo");
    body.set("input", chat.get("messages"));
    body.putObject("text")
        .putObject("format")
        .put("type", "json_schema")
        .put("name", "packed_answers")
        .put("strict", true)
        .set("schema", schema("{'type':'string'}"));

    JsonNode reply = EndpointCaller.json(caller.send("POST", "/v1/responses", body.toString()));

    assertThat(
            EndpointCaller.json(reply.at("/output/1/content/0/text").asText())
                .at("/answers/1/answer")
                .asText())
        .isEqualTo(alone("echo", SYSTEM, "b"));
    assertThat(endpoint.stats().items().get("/v1/responses").items()).isEqualTo(2);
  }

  @Test
  void aLimitOfTokensCutsTheWholeAnswer() {
    ObjectNode body = packed("echo", SYSTEM, "{'type':'string'}", "a", "b").put("max_tokens", 20);

    JsonNode reply =
        EndpointCaller.json(caller.send("POST", "/v1/chat/completions", body.toString()));

    assertThat(reply.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(reply.at("/choices/0/message/content").asText()).hasSize(80);
  }

  @Test
  void itemsCanBeLostShuffledAndDoubled() {
    script(
        "{'faults':[{'kind':'shuffle'}],"
            + "'items':[{'contains':'gone','kind':'omit'},{'contains':'twice','kind':'double'}]}");

    JsonNode answers =
        answers(packed("echo", SYSTEM, "{'type':'string'}", "a", "gone", "twice", "b"));

    assertThat(answers)
        .extracting(item -> item.path("id").asText())
        .containsExactlyInAnyOrder("r0", "r2", "r2", "r3")
        .isNotEqualTo(List.of("r0", "r2", "r2", "r3"));
    assertThat(answers)
        .allSatisfy(
            item ->
                assertThat(item.path("answer").asText())
                    .isEqualTo(
                        alone(
                            "echo",
                            SYSTEM,
                            switch (item.path("id").asText()) {
                              case "r0" -> "a";
                              case "r2" -> "twice";
                              default -> "b";
                            })));
  }

  @Test
  void halfJsonEndsTheAnswerInTheMiddleOfAWholeReply() {
    script("{'faults':[{'kind':'half_json','times':1}]}");
    ObjectNode body = packed("echo", SYSTEM, "{'type':'string'}", "a", "b");

    JsonNode reply =
        EndpointCaller.json(caller.send("POST", "/v1/chat/completions", body.toString()));

    assertThat(reply.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(reply.at("/choices/0/message/content").asText())
        .startsWith("{\"answers\":[")
        .doesNotEndWith("}");
    assertThat(endpoint.stats().answers()).isZero();
    assertThat(answers(body)).hasSize(2);
  }

  @Test
  void aWrongNumberOfAnswersComesWithUnknownIds() {
    script("{'faults':[{'kind':'long_list'}]}");
    assertThat(answers(packed("echo", SYSTEM, "{'type':'string'}", "a", "b")))
        .extracting(item -> item.path("id").asText())
        .containsExactly("r0", "r1", "unasked");

    script("{'faults':[{'kind':'short_list'}]}");
    assertThat(answers(packed("echo", SYSTEM, "{'type':'string'}", "a", "b"))).hasSize(1);
  }

  @Test
  void anItemThatFailsFailsThePrompt() {
    script("{'items':[{'contains':'POISON','kind':'content_filter'}]}");

    HttpResponse<String> response =
        caller.send(
            "POST",
            "/v1/chat/completions",
            packed("echo", SYSTEM, "{'type':'string'}", "a", "POISON").toString());

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("content_filter");
  }

  @Test
  void otherSchemasAndOtherTextsAreOrdinaryPrompts() {
    ObjectNode text = packed("echo", SYSTEM, "{'type':'string'}", "a", "b");
    ((ObjectNode) text.at("/messages/1")).put("content", "{\"requests\":[1,2]}");

    HttpResponse<String> response = caller.send("POST", "/v1/chat/completions", text.toString());

    assertThat(EndpointCaller.json(response).at("/choices/0/message/content").asText())
        .startsWith("sha256:");
  }
}
