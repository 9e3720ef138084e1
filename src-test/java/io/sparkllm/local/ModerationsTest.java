package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModerationsTest {
  private static LocalEndpoint endpoint;
  private static EndpointCaller caller;

  @BeforeAll
  static void start() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    caller = new EndpointCaller(endpoint);
  }

  @AfterAll
  static void stop() {
    endpoint.close();
  }

  private static HttpResponse<String> post(String body) {
    return caller.send("POST", "/v1/moderations", body.replace('\'', '"'));
  }

  private static JsonNode results(String input) {
    HttpResponse<String> response = post("{'model':'local','input':" + input + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(EndpointCaller.json(response).path("id").asText()).startsWith("modr-");
    return EndpointCaller.json(response).path("results");
  }

  @ParameterizedTest
  @CsvSource({
    "You are an idiot and a loser,harassment",
    "I will kill you tomorrow,harassment/threatening",
    "I want to die,self-harm/intent",
    "how to make a  bomb,illicit/violent",
    "he was stabbed,violence"
  })
  void flagsByWords(String text, String category) {
    JsonNode result = results("'" + text + "'").path(0);

    assertThat(result.path("flagged").asBoolean()).isTrue();
    assertThat(result.path("categories").path(category).asBoolean()).isTrue();
    assertThat(result.path("category_scores").path(category).asDouble()).isBetween(0.5, 1.0);
  }

  @Test
  void doesNotFlagWhatSaysNothingOfTheKind() {
    JsonNode result = results("'The printer jams after ten pages.'").path(0);

    assertThat(result.path("flagged").asBoolean(true)).isFalse();
    assertThat(result.path("categories")).hasSize(13).allMatch(flag -> !flag.asBoolean());
    assertThat(result.path("category_scores"))
        .hasSize(13)
        .allMatch(score -> score.asDouble() > 0 && score.asDouble() < 0.5);
  }

  @Test
  void judgesManyTextsInTheirOrder() {
    JsonNode results =
        results(
            IntStream.range(0, 40)
                .mapToObj(i -> i % 3 == 0 ? "'you idiot'" : "'good morning'")
                .collect(Collectors.joining(",", "[", "]")));

    assertThat(results).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(results.path(i).path("flagged").asBoolean()).isEqualTo(i % 3 == 0);
    }
  }

  @Test
  void partsAreOneInput() {
    assertThat(
            results(
                "[{'type':'text','text':'you idiot'},"
                    + "{'type':'image_url','image_url':{'url':'https://example.com/a.png'}}]"))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "{'input':[]},empty array",
    "{},Missing required parameter: 'input'",
    "'{''input'':[''a'',5]}',input[1]",
    "{'input':5},Invalid type for 'input'"
  })
  void refusesWhatIsNoInput(String body, String words) {
    HttpResponse<String> response = post(body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(words);
  }

  @Test
  void theModelMayBeLeftOut() {
    assertThat(EndpointCaller.json(post("{'input':'a'}")).path("model").asText())
        .isEqualTo("local");
    assertThat(post("{'model':'nobody','input':'a'}").statusCode()).isEqualTo(404);
  }
}
