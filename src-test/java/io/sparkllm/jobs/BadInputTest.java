package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told before the first paid call. */
@SparkTest
class BadInputTest {
  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void write(SparkSession spark) {
    input = JobCall.input(spark, folder, "one", "two");
    output = folder.resolve("out");
  }

  private void assertRefused(JobCall.Ended ended, String... parts) {
    assertThat(ended.code()).as(ended.err()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains(parts);
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(output).doesNotExist();
  }

  @Test
  void aMissingInput() {
    assertRefused(
        JobCall.run(folder.resolve("nowhere.parquet"), output),
        "--input",
        "nowhere.parquet'",
        "no such path",
        "give an existing path or table");
    assertRefused(JobCall.run(Path.of("shop.nowhere"), output), "'shop.nowhere'", "no such table");
    assertRefused(JobCall.run(Path.of("nowhere"), output), "'nowhere'", "existing path or table");
  }

  @Test
  void anUnknownColumnInThePrompt() {
    assertRefused(
        JobCall.run(input, output, "--system", "You label {topic}."),
        "system",
        "topic",
        "its columns: id, text",
        "{{topic}}");
  }

  @Test
  void anUnknownTextColumn() {
    assertRefused(
        JobCall.job(
            "run",
            "--input",
            input,
            "--output",
            output,
            "--endpoint=local",
            "--api=embeddings",
            "--text-col=body"),
        "textCol",
        "body",
        "its columns: id, text");
  }

  @Test
  void anOptionThatMeansNothingBesideApiAndMode() {
    assertRefused(
        JobCall.run(input, output, "--batch-size=8"), "batchSize", "api=chat", "mode=realtime");
    assertRefused(
        JobCall.run(input, output, "--api=embeddings", "--system=Be kind", "--mode=packed"),
        "system",
        "api=embeddings",
        "; also: Option mode is packed");
  }

  @Test
  void anInstructionWithAColumnForManyRowsInOnePrompt() {
    assertRefused(
        JobCall.run(input, output, "--mode=packed", "--system=Ticket {id}"),
        "system",
        "mode=packed",
        "put the column into prompt");
  }

  @Test
  void noKeyForARemoteEndpoint() {
    List<String> environment = List.of("--api-key-env", "SPARK_LLM_NO_SUCH_VARIABLE");
    assertRefused(
        JobCall.run(
            input,
            output,
            "--endpoint",
            "https://llm.example.com/v1",
            "--model=x",
            environment.get(0),
            environment.get(1)),
        "llm.example.com",
        "SPARK_LLM_NO_SUCH_VARIABLE",
        "set it",
        "authHeader=none");
  }

  @Test
  void aKeyOverPlainHttp(@TempDir Path keys) throws java.io.IOException {
    Path key = java.nio.file.Files.writeString(keys.resolve("key"), "sk-secret\n");

    JobCall.Ended ended =
        JobCall.run(
            input,
            output,
            "--endpoint",
            "http://llm.example.com/v1",
            "--model=x",
            "--api-key-file",
            key);

    assertRefused(ended, "http://llm.example.com/v1", "unencrypted", "https", "allowHttpKey=true");
    assertThat(ended.err()).doesNotContain("sk-secret");
  }

  @Test
  void aColumnThatIsAlreadyThere() {
    Path answered = folder.resolve("answered");
    JobCall.run(input, answered);

    assertRefused(JobCall.run(answered, output), "response", "is there already", "responseCol");
  }

  @Test
  void aColumnThatIsAlreadyThereIsNoMatterWhenItIsNotKept() {
    Path answered = folder.resolve("answered");
    JobCall.run(input, answered);

    JobCall.Ended ended = JobCall.run(answered, output, "--columns", "id,text");

    assertThat(ended.code()).as(ended.err()).isZero();
  }

  @Test
  void neitherModelNorPrompt() {
    JobCall.Ended ended = JobCall.job("run", "--input", input, "--output", output);

    assertRefused(ended, "model", "prompt", "endpoint=local");
  }

  @Test
  void anEndpointThatIsNoUrl() {
    assertRefused(
        JobCall.run(input, output, "--endpoint", "llm.example.com", "--model=x"),
        "endpoint",
        "'llm.example.com'",
        "https://api.openai.com/v1");
  }
}
