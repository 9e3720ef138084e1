package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.openai.ReplyReader.Reading;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyFuzzTest {
  private static final int ROUNDS = 3_000;

  private static final String CHAT =
      "{'id':'x','model':'m','service_tier':'default','choices':[{'index':0,'message':{'role':"
          + "'assistant','content':[{'type':'text','text':'a'}],'refusal':null,'tool_calls':[]},"
          + "'finish_reason':'stop'}],'usage':{'prompt_tokens':1,'completion_tokens':2,"
          + "'total_tokens':3,'prompt_tokens_details':{'cached_tokens':0}}}";
  private static final String RESPONSE =
      "{'status':'completed','error':null,'incomplete_details':{'reason':'x'},'model':'m','output':"
          + "[{'type':'reasoning'},{'type':'message','content':[{'type':'output_text','text':'a'},"
          + "{'type':'refusal','refusal':'no'}]}],'usage':{'input_tokens':1,'output_tokens':2,"
          + "'total_tokens':3,'input_tokens_details':{'cached_tokens':0}}}";
  private static final String ERROR =
      "{'error':{'message':'Limit 3, Requested 4. Please try again in 1.5s','type':'tokens','param':"
          + "null,'code':'rate_limit_exceeded'},'detail':[{'loc':['body',0],'msg':'m'}],"
          + "'message':'m'}";

  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "-1",
          "1e400",
          "99999999999999999999999999",
          "\"\"",
          "\"try again in 99999999999999999999h\"",
          "\"Limit 9,9,, Requested ,\"",
          "[]",
          "[[null]]",
          "{}",
          "{\"error\":{\"code\":{}}}",
          "\"\\ud800\"");

  @ParameterizedTest
  @CsvSource({"chat", "responses"})
  void readsAnyReplyWithoutThrowing(String api) throws Exception {
    Random random = new Random(4711);
    List<String> seeds = List.of(CHAT, RESPONSE, ERROR);
    for (int i = 0; i < ROUNDS; i++) {
      String seed = seeds.get(random.nextInt(seeds.size())).replace('\'', '"');
      String body = mutated(seed, random);
      int status = List.of(200, 200, 201, 302, 400, 404, 429, 500).get(random.nextInt(8));
      Map<String, String> headers =
          Map.of(
              "retry-after",
              ODD.get(random.nextInt(ODD.size())),
              "x-should-retry",
              random.nextBoolean() ? "true" : "maybe");

      Reading reading = Codecs.read(api, status, headers, body);

      assertThat(isWhole(reading)).as("reading of %s %s", status, body).isTrue();
    }
  }

  /** What the columns need is there: a text, or a type, a message and a reaction. */
  private static boolean isWhole(Reading reading) {
    if (reading instanceof Reading.Answered answered) {
      return answered.answer().text() != null && answered.answer().usage() != null;
    }
    Failure failure = ((Reading.NotAnswered) reading).failure();
    return failure.reaction() != null
        && failure.error().type() != null
        && !failure.error().message().isBlank()
        && failure.error().usage() != null
        && (failure.hint() == null || failure.hint().toNanos() >= 0);
  }

  private static String mutated(String json, Random random) throws Exception {
    JsonNode root = Codecs.JSON.readTree(json);
    for (int n = random.nextInt(3); n >= 0; n--) {
      List<JsonNode> containers = new ArrayList<>();
      collect(root, containers);
      JsonNode at = containers.get(random.nextInt(containers.size()));
      JsonNode odd = Codecs.JSON.readTree(ODD.get(random.nextInt(ODD.size())));
      if (at instanceof ObjectNode object && !object.isEmpty()) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(4) == 0) {
          object.remove(name);
        } else {
          object.set(name, odd);
        }
      } else if (at instanceof ArrayNode array) {
        array.insert(0, odd);
      }
    }
    byte[] bytes = root.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(5) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    int end = random.nextInt(10) == 0 ? random.nextInt(bytes.length) : bytes.length;
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }
}
