package io.sparkllm.batch.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.batch.service.RemoteBatch.Counts;
import io.sparkllm.batch.service.RemoteBatch.Problem;
import io.sparkllm.shaded.jackson.core.JsonProcessingException;
import io.sparkllm.shaded.jackson.databind.json.JsonMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The batch object, as different services write it (protocol notes §2). */
class RemoteBatchTest {
  private static RemoteBatch read(String json) {
    try {
      return RemoteBatch.of(JsonMapper.builder().build().readTree(json.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "completed, completed, true",
    "Completed, completed, true",
    "COMPLETED, completed, true",
    "expired, expired, true",
    "failed, failed, true",
    "cancelled, cancelled, true",
    "canceled, cancelled, true",
    "validating, validating, false",
    "in_progress, in_progress, false",
    "finalizing, finalizing, false",
    "cancelling, cancelling, false",
    "queued, queued, false",
    "anything_new, anything_new, false",
  })
  void knowsWhatNothingFollowsOf(String said, String status, boolean ended) {
    RemoteBatch batch = read("{'id':'b','status':'" + said + "'}");

    assertThat(batch.status()).isEqualTo(status);
    assertThat(batch.hasEnded()).isEqualTo(ended);
  }

  @Test
  void readsAllThatIsTold() {
    RemoteBatch batch =
        read(
            "{'id':'batch_1','status':'completed','input_file_id':'i','output_file_id':'o',"
                + "'error_file_id':'e','created_at':1700000000,'expires_at':1700086400,"
                + "'request_counts':{'total':5,'completed':3,'failed':2},"
                + "'usage':{'input_tokens':77},'metadata':{'a':'b'}}");

    assertThat(batch.inputFileId()).isEqualTo("i");
    assertThat(batch.outputFileId()).isEqualTo("o");
    assertThat(batch.errorFileId()).isEqualTo("e");
    assertThat(batch.counts()).isEqualTo(new Counts(5, 3, 2));
    assertThat(batch.createdAt()).isEqualTo(1_700_000_000);
    assertThat(batch.expiry()).isEqualTo(Instant.ofEpochSecond(1_700_086_400));
    assertThat(batch.promptTokens()).isEqualTo(77);
    assertThat(batch.metadata()).containsEntry("a", "b");
  }

  @Test
  void emptyIdsAreNone() {
    RemoteBatch batch = read("{'id':'b','status':'Failed','output_file_id':'','error_file_id':''}");

    assertThat(batch.outputFileId()).isNull();
    assertThat(batch.errorFileId()).isNull();
  }

  @Test
  void nearlyEverythingMayBeMissingOrNull() {
    RemoteBatch batch =
        read(
            "{'id':'b','status':'validating','output_file_id':null,'errors':null,"
                + "'request_counts':null,'metadata':null,'expires_at':null,'created_at':null}");

    assertThat(batch.counts()).isEqualTo(new Counts(0, 0, 0));
    assertThat(batch.errors()).isEmpty();
    assertThat(batch.metadata()).isEmpty();
    assertThat(batch.expiry()).isNull();
  }

  @Test
  void timesMayBeTexts() {
    assertThat(read("{'created_at':'2023-11-14T22:13:20Z'}").createdAt()).isEqualTo(1_700_000_000);
    assertThat(read("{'created_at':'yesterday'}").createdAt()).isZero();
  }

  @Test
  void errorsAreAListOrAnObjectWithOne() {
    Problem problem = new Problem("invalid_json_line", "Not JSON.", 4);
    String error = "{'code':'invalid_json_line','message':'Not JSON.','line':4}";

    assertThat(read("{'errors':{'object':'list','data':[" + error + "]}}").errors())
        .containsExactly(problem);
    assertThat(read("{'errors':[" + error + "]}").errors()).containsExactly(problem);
    assertThat(read("{'errors':{'data':[{'message':'Oops','code':null,'line':null}]}}").errors())
        .containsExactly(new Problem(null, "Oops", 0));
  }
}
