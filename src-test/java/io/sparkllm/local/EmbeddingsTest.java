package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingsTest {
  private static final String PATH = "/v1/embeddings";

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

  private HttpResponse<String> post(String input, String more) {
    String model = more.contains("'model'") ? "" : "'model':'local',";
    return caller.send(
        "POST", PATH, ("{" + model + "'input':" + input + more + "}").replace('\'', '"'));
  }

  private JsonNode embed(String input, String more) {
    HttpResponse<String> response = post(input, more);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return EndpointCaller.json(response);
  }

  private double likeness(String one, String other) {
    JsonNode data = embed("['" + one + "','" + other + "']", "").path("data");
    JsonNode a = data.path(0).path("embedding");
    JsonNode b = data.path(1).path("embedding");
    return IntStream.range(0, a.size())
        .mapToDouble(i -> a.get(i).doubleValue() * b.get(i).doubleValue())
        .sum();
  }

  @Test
  void embedsATextByItself() {
    JsonNode reply = embed("'The printer jams.'", "");

    assertThat(reply.path("object").asText()).isEqualTo("list");
    assertThat(reply.path("model").asText()).isEqualTo("local");
    assertThat(reply.path("data")).hasSize(1);
    assertThat(reply.at("/data/0/object").asText()).isEqualTo("embedding");
    assertThat(reply.at("/data/0/index").asInt(-1)).isZero();
    assertThat(reply.at("/data/0/embedding")).hasSize(256);
    assertThat(reply.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
    assertThat(reply.at("/usage/total_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void givesTheVectorsOfManyTextsAtTheirPlaces() {
    JsonNode data = embed("['red apples','green pears','red apples']", "").path("data");

    assertThat(data).hasSize(3);
    assertThat(data).extracting(item -> item.path("index").asInt()).containsExactly(0, 1, 2);
    assertThat(data.at("/0/embedding"))
        .isEqualTo(data.at("/2/embedding"))
        .isNotEqualTo(data.at("/1/embedding"))
        .isEqualTo(embed("'red apples'", "").at("/data/0/embedding"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"[5,17,200];1;3", "[[5,17],[200]];2;3"})
  void takesTokens(String input, int items, int tokens) {
    JsonNode reply = embed(input, "");

    assertThat(reply.path("data")).hasSize(items);
    assertThat(reply.at("/usage/total_tokens").asInt()).isEqualTo(tokens);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 1536})
  void vectorsHaveLengthOneInAnyDimension(int dimensions) {
    JsonNode vector =
        embed("'some words of a text'", ",'dimensions':" + dimensions).at("/data/0/embedding");

    assertThat(vector).hasSize(dimensions);
    double square = 0;
    for (JsonNode component : vector) {
      square += component.doubleValue() * component.doubleValue();
    }
    assertThat(square).isEqualTo(1, within(1e-5));
  }

  @Test
  void base64HoldsTheSameNumbers() {
    JsonNode floats = embed("'words'", ",'dimensions':48").at("/data/0/embedding");
    byte[] bytes =
        Base64.getDecoder()
            .decode(
                embed("'words'", ",'dimensions':48,'encoding_format':'base64'")
                    .at("/data/0/embedding")
                    .asText());

    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes).hasSize(48 * 4);
    for (JsonNode component : floats) {
      assertThat(buffer.getFloat()).isEqualTo(component.floatValue());
    }
  }

  @Test
  void textsWithWordsInCommonAreNearEachOther() {
    double same = likeness("The printer jams after ten pages", "My printer jams on every page");
    double stems = likeness("printing invoices", "the printer and an invoice");
    double topic = likeness("I was charged twice, refund me", "Wrong amount on my invoice");
    double other = likeness("The printer jams after ten pages", "Is there a class on Sundays");

    assertThat(same).isGreaterThan(0.4);
    assertThat(stems).isGreaterThan(0.2);
    assertThat(topic).isGreaterThan(0.2);
    assertThat(other).isLessThan(0.2);
  }

  @Test
  void echoProvesWhichTextAVectorStandsFor() throws NoSuchAlgorithmException {
    JsonNode vector = embed("['a','b']", ",'model':'echo','dimensions':32").at("/data/1/embedding");

    byte[] hash = MessageDigest.getInstance("SHA-256").digest("b".getBytes(StandardCharsets.UTF_8));
    double length = 0;
    for (byte b : hash) {
      length += b * b;
    }
    for (int i = 0; i < hash.length; i++) {
      assertThat(vector.get(i).doubleValue()).isEqualTo(hash[i] / Math.sqrt(length), within(1e-6));
    }
  }

  @Test
  void takesAsManyInputsAsTheLimitAndNoMore() {
    assertThat(embed(texts(2048, 1), ",'encoding_format':'base64'").path("data")).hasSize(2048);

    JsonNode error = refused(texts(2049, 1), 400);
    assertThat(error.path("code").asText()).isEqualTo("array_above_max_length");
    assertThat(error.path("message").asText()).contains("maximum length 2048", "length 2049");
  }

  @Test
  void refusesMoreTokensThanACallMayHave() {
    JsonNode error = refused(texts(40, 30_004), 400);

    assertThat(error.path("code").asText()).isEqualTo("max_tokens_per_request");
    assertThat(error.path("type").asText()).isEqualTo("max_tokens_per_request");
    assertThat(error.path("message").asText())
        .isEqualTo("Requested 300040 tokens, max 300000 tokens per request");
  }

  @Test
  void refusesAnInputThatIsTooLong() {
    assertThat(embed(texts(1, 32_768), "").at("/usage/total_tokens").asInt()).isEqualTo(8192);

    assertThat(refused(texts(1, 32_769), 400).path("message").asText())
        .contains("maximum context length is 8192 tokens", "requested 8193 tokens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "['a','']", "[]", "[[]]", "['a',1]", "[1,-2]", "{}", "5"})
  void refusesWhatIsNoInput(String input) {
    JsonNode error = refused(input, 400);

    assertThat(error.path("message").asText()).startsWith("'$.input' is invalid.");
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("code").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "dimensions,3073,less than or equal to 3072",
    "dimensions,0,below minimum",
    "encoding_format,\"hex\",Supported values are"
  })
  void refusesParametersOutOfRange(String parameter, String value, String words) {
    HttpResponse<String> response = post("'a'", ",'" + parameter + "':" + value);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(words);
  }

  @Test
  void answersBelowOtherRootsToo() {
    String body = "{\"model\":\"local\",\"input\":\"a\"}";
    assertThat(caller.send("POST", "/openai/v1/embeddings", body).statusCode()).isEqualTo(200);
    assertThat(
            caller
                .send(
                    "POST",
                    "/openai/deployments/local/embeddings?api-version=2024-10-21",
                    "{\"input\":\"a\"}")
                .statusCode())
        .isEqualTo(200);
  }

  private JsonNode refused(String input, int status) {
    HttpResponse<String> response = post(input, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return EndpointCaller.json(response).path("error");
  }

  /** So many texts of so many characters. */
  private static String texts(int count, int chars) {
    String text = "'" + "x".repeat(chars) + "'";
    return IntStream.range(0, count).mapToObj(i -> text).collect(Collectors.joining(",", "[", "]"));
  }
}
