package io.sparkllm.jobs;

import static io.sparkllm.jobs.JobCall.SAMPLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks without a prompt, and how good their answers are. */
@SparkTest
class TaskJobTest {
  @TempDir Path folder;

  private Path labelled(SparkSession spark) {
    Path input = folder.resolve("labelled");
    spark
        .sql(
            """
            SELECT * FROM VALUES
              (1, 'The app crashes', ' Bug '), (2, 'How do I log in?', 'question'),
              (3, 'The app crashes again', 'question'), (4, '', 'bug'), (5, 'Thanks!', NULL)
              AS t(id, text, gold)""")
        .coalesce(1)
        .write()
        .parquet(input.toString());
    return input;
  }

  private JobCall.Ended run(Path input, Object... more) {
    Object[] all = {
      "run", "--input", input, "--output", folder.resolve("out"), "--endpoint", "local"
    };
    Object[] arguments = new Object[all.length + more.length];
    System.arraycopy(all, 0, arguments, 0, all.length);
    System.arraycopy(more, 0, arguments, all.length, more.length);
    return JobCall.job(arguments);
  }

  @Test
  void theSampleIsClassifiedWithoutAPromptAndItsAccuracyTold(SparkSession spark) {
    JobCall.Ended ended =
        run(
            SAMPLE.resolve("tickets.parquet"),
            "--task=classify",
            "--labels=bug,question,other",
            "--text-col=text",
            "--gold-col=gold");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("accuracy")).isEqualTo("94.2 % (292 of 310 answers as in gold)");
    assertThat(ended.summary("unanswered")).isEqualTo("4 rows");
    assertThat(ended.out())
        .containsPattern(
            "label +precision +recall +rows\\n(\\w+ +9\\d\\.\\d % +9\\d\\.\\d % +\\d+\\n){3}")
        .containsPattern("gold \\\\ answer( +\\w+){3}\\n(\\w+( +\\d+){3}\\n){3}");
    assertThat(
            spark
                .read()
                .parquet(folder.resolve("out").toString())
                .where("response.label = gold")
                .count())
        .isEqualTo(292);
  }

  @Test
  void labelsAreComparedWithoutCaseAndBlanks(SparkSession spark) {
    JobCall.Ended ended =
        run(
            labelled(spark),
            "--prompt=Classify as BUG, QUESTION or OTHER: {text}",
            "--gold-col=gold",
            "--max-error-ratio=0.3");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("accuracy")).isEqualTo("66.7 % (2 of 3 answers as in gold)");
    assertThat(ended.summary("unanswered")).isEqualTo("1 rows");
    assertThat(ended.summary("unlabelled")).isEqualTo("1 rows");
    assertThat(ended.out())
        .containsPattern("question +100.0 % +50.0 % +2\\n")
        .containsPattern("bug +50.0 % +100.0 % +1\\n")
        .containsPattern("question +1 +1\\n");
  }

  @Test
  void whatWasAppendedIsJudgedAlone(SparkSession spark) {
    Path input = labelled(spark);
    Object[] task = {
      "--task=sentiment", "--text-col=text", "--gold-col=gold", "--max-error-ratio=0.3"
    };
    run(input, task);

    JobCall.Ended ended = run(input, task[0], task[1], task[2], task[3], "--save-mode=append");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("accuracy")).isEqualTo("0.0 % (0 of 3 answers as in gold)");
    assertThat(ended.summary("unanswered")).isEqualTo("1 rows");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--gold-col=golden | Option --gold-col names golden, which the input does not have; its columns: id, text",
        "--gold-col=id --columns=text | Option --gold-col names id, which --columns leaves out",
        "--gold-col=id --task=embed | Option --gold-col cannot be used with answers of type array<float>",
        "--gold-col=id --task=extract --returns=a STRING,b STRING | answers of type struct<a:string,b:string>",
        "--task=classify | Option task is classify, but labels is not set",
        "--task=summarise | Option task is 'summarise'; allowed: classify, sentiment, summarize",
      })
  void whatCannotBeIsRefusedBeforeAnyCall(String flags, String message, SparkSession spark) {
    Path input = JobCall.input(spark, folder, "one");
    String[] more = ("--text-col=text " + flags).split(" (?=--)", -1);

    JobCall.Ended ended = run(input, (Object[]) more);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains(message);
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
