package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SparkTest
class PreviewTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void theExactBodiesArePrintedAndNothingIsCalled(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, "one \"and\"\na half", "two", "three");
    try (LocalEndpoint endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none())) {
      JobCall.Ended ended =
          JobCall.job(
              "preview",
              "--input",
              input,
              "--rows=2",
              "--endpoint",
              endpoint.url(),
              "--model=m",
              "--system=Be brief.",
              "--prompt=Sum up: {text}",
              "--params={\"top_p\": 0.5}");

      assertThat(ended.code()).as(ended.err()).isZero();
      List<String> bodies = ended.out().lines().filter(l -> l.startsWith("{")).toList();
      assertThat(bodies).hasSize(2);
      JsonNode first = MAPPER.readTree(bodies.get(0));
      assertThat(first)
          .isEqualTo(
              MAPPER.readTree(
                  """
                  {"model": "m", "top_p": 0.5, "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Sum up: one \\"and\\"\\na half"}]}"""));
      assertThat(ended.out().lines().findFirst())
          .contains("POST " + endpoint.url() + "/chat/completions");
      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--api=embeddings  |                | embeddings       | 2,048 rows in one array of inputs",
        "--api=moderations |                | moderations      | 32 rows in one array of inputs",
        "--mode=array      | --batch-size=8 | chat/completions | 8 rows in one array of requests",
        "--mode=packed     |                | chat/completions | 32 rows in one prompt",
      })
  void whatACallCarriesIsToldWhereItIsManyRows(
      String form, String size, String path, String told, SparkSession spark) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "preview",
                "--input",
                JobCall.input(spark, folder, "one", "two"),
                "--endpoint=http://localhost:1/v1",
                "--auth-header=none",
                "--model=m",
                "--text-col=text",
                form));
    Optional.ofNullable(size).ifPresent(arguments::add);

    JobCall.Ended ended = JobCall.job(arguments.toArray());

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out().lines().findFirst())
        .contains("Each row as it is asked alone; a call carries up to " + told);
    assertThat(ended.out().lines()).filteredOn(l -> l.startsWith("POST ")).hasSize(2);
    assertThat(ended.out()).contains("/v1/" + path + "\n", "\"one\"", "\"two\"");
  }

  @Test
  void noKeyIsNeededAndNonePrinted(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, "one");
    Path key = Files.writeString(folder.resolve("key"), "sk-secret");

    JobCall.Ended without =
        JobCall.job("preview", "--input", input, "--model=m", "--prompt={text}");
    JobCall.Ended with =
        JobCall.job(
            "preview",
            "--input",
            input,
            "--model=m",
            "--prompt={text}",
            "--api-key-file",
            key,
            "--headers={\"X-Team\": \"hush\"}");

    assertThat(without.code()).as(without.err()).isZero();
    assertThat(without.out())
        .contains("POST https://api.openai.com/v1/chat/completions", "Authorization: <hidden>");
    assertThat(with.code()).as(with.err()).isZero();
    assertThat(with.out()).contains("X-Team: <hidden>").doesNotContain("sk-secret", "hush");
  }

  @Test
  void aRowThatCannotBeAskedIsToldWithItsReason(SparkSession spark) {
    Path input = JobCall.input(spark, folder, "");

    JobCall.Ended ended =
        JobCall.job("preview", "--input", input, "--endpoint=local", "--prompt={text}");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("not asked: Every column of the prompt is null or blank");
  }

  @Test
  void badInputIsToldAsInARun(SparkSession spark) {
    Path input = JobCall.input(spark, folder, "one");

    JobCall.Ended column =
        JobCall.job("preview", "--input", input, "--endpoint=local", "--prompt={nme}");
    JobCall.Ended rows =
        JobCall.job("preview", "--input", input, "--endpoint=local", "--prompt=x", "--rows=-1");
    JobCall.Ended missing =
        JobCall.job("preview", "--input=./nowhere", "--endpoint=local", "--prompt=x");

    assertThat(column.code()).isEqualTo(2);
    assertThat(column.complaints()).singleElement().asString().contains("nme", "id, text");
    assertThat(rows.code()).isEqualTo(2);
    assertThat(rows.complaints())
        .containsExactly("Error: Option --rows is -1; allowed: numbers from 1");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.complaints()).singleElement().asString().contains("./nowhere");
  }

  @Test
  void anInputWithoutRowsIsTold(SparkSession spark) {
    JobCall.Ended ended =
        JobCall.job(
            "preview",
            "--input",
            JobCall.input(spark, folder),
            "--endpoint=local",
            "--prompt={text}");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("has no rows");
  }
}
