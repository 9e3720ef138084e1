package io.sparkllm.sql;

import static io.sparkllm.sql.LlmViews.ASKED;
import static io.sparkllm.sql.LlmViews.EXPECTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.Jobs;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views over the source: what they hold, and when they run jobs and make calls. */
@SparkTest
@Tag("smoke")
class LlmSourceTest {
  private static final String SHUFFLED =
      "query 'SELECT max(id) id, text FROM tickets WHERE id < 6 GROUP BY text', prompt '{text}'";

  /** The columns of {@link LlmViews#EXPECTED}. */
  private static final String SELECTED =
      "SELECT id, text, n, amount, day, at, even, `odd name`, `dot.name`, `tick``name`, response,"
          + " error.type FROM v";

  private final SparkSession spark;
  private LlmViews views;

  LlmSourceTest(SparkSession spark) {
    this.spark = spark;
  }

  @BeforeEach
  void open() {
    views = new LlmViews(spark);
  }

  @AfterEach
  void close() {
    views.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"table 'tickets', prompt '{text}'", SHUFFLED})
  void makingDescribingAndExplainingAViewRunsNothing(String input) {
    int jobs =
        Jobs.during(
            spark,
            () -> {
              views.over("v", input);
              spark.sql("DESCRIBE v").collectAsList();
              spark.sql("EXPLAIN EXTENDED SELECT * FROM v WHERE id < 3").collectAsList();
              spark.sql("EXPLAIN FORMATTED SELECT response, count(*) FROM v GROUP BY 1").collect();
              spark.sql("SELECT * FROM v a JOIN v b USING (id)").schema();
            });

    assertThat(jobs).isZero();
    assertThat(views.calls()).isZero();
  }

  @Test
  void aViewHoldsTheInputsRowsAndTheirAnswers() {
    views.view("v");

    assertThat(views.calls("SELECT * FROM v")).isEqualTo(ASKED);
    assertSame(SELECTED, "SELECT * FROM " + EXPECTED);
  }

  @Test
  void aQueryWithAShuffleIsReadWhenTheViewIs() {
    views.over("v", SHUFFLED);

    assertThat(views.calls("SELECT response FROM v")).isEqualTo(6);
    assertSame(
        "SELECT id, response FROM v", "SELECT id, response FROM " + EXPECTED + " WHERE id < 6");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM v",
        "SELECT id, text FROM v",
        "SELECT sum(id) FROM v WHERE text LIKE 'row 1%'",
        "SELECT `odd name`, `dot.name`, `tick``name` FROM v WHERE `dot.name` > 3"
      })
  void aQueryThatSelectsNoAnswerMakesNoCall(String query) {
    views.view("v");

    assertThat(views.calls(query)).isZero();
    assertSame(query, query.replace(" v", " " + EXPECTED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id < 3",
        "id <= 3 AND id >= 1",
        "id > 3 OR n = 1",
        "NOT (id < 9)",
        "text = 'row 1'",
        "text <> 'row 1'",
        "text IN ('row 1', 'row 11', 'nothing')",
        "n NOT IN (1, 2)",
        "text LIKE 'row 1%'",
        "text LIKE '%1'",
        "text LIKE '%w 1%'",
        "n IS NULL",
        "n IS NOT NULL AND even",
        "n <=> NULL",
        "n <=> 5",
        "NOT (n = 5)",
        "amount >= 1.50",
        "day = DATE '2026-01-04'",
        "at > TIMESTAMP '2023-11-15 01:00:00'",
        "`odd name` = 2",
        "`tick``name` BETWEEN 2 AND 4"
      })
  void aFilterOnInputColumnsIsAppliedBeforeTheCalls(String filter) {
    views.view("v");

    List<Row> expected = views.rows("SELECT * FROM " + EXPECTED + " WHERE " + filter);
    long asked = expected.stream().filter(row -> row.getAs("text") != null).count();

    List<Row> rows = views.rows(SELECTED + " WHERE " + filter);

    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(views.calls()).isEqualTo(asked).isBetween(1L, ASKED - 1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "response LIKE '%a%'",
        "error IS NOT NULL",
        "id < 3 OR response LIKE '%a%'",
        "sqrt(id) > 2",
        "`dot.name` < 3"
      })
  void otherFiltersAreAppliedBehindTheCalls(String filter) {
    views.view("v");

    assertThat(views.calls("SELECT id, response FROM v WHERE " + filter)).isEqualTo(ASKED);
    assertSame(
        "SELECT id, response FROM v WHERE " + filter,
        "SELECT id, response FROM "
            + EXPECTED
            + " WHERE "
            + filter.replace("error IS NOT NULL", "type IS NOT NULL"));
  }

  @Test
  void aFilterOnBothKindsOfColumnsIsAppliedInTwo() {
    views.view("v");

    assertThat(views.calls("SELECT id FROM v WHERE id < 3 AND error IS NULL")).isEqualTo(3);
  }

  @Test
  void thePromptsColumnsAreReadThoughNotSelected() {
    views.over("v", "table 'tickets', prompt 'Of {`odd name`}', system 'As {TEXT}'");

    assertSame(
        "SELECT response FROM v",
        "SELECT 'sha256:' || sha2('Of ' || `odd name`, 256) FROM tickets");
  }

  @Test
  void aLimitCostsAHandfulOfCalls() {
    views.over(
        "v", "query 'SELECT id, string(id) text FROM range(0, 1000000, 1, 2)', prompt '{text}'");

    assertThat(views.calls("SELECT * FROM v LIMIT 5")).isBetween(5L, 16L);
  }

  @Test
  void joinsAndSortsGiveEachRowItsOwnAnswer() {
    views.view("v");

    assertSame(
        "SELECT a.id, a.response, b.response FROM v a JOIN v b ON a.id = b.id + 1"
            + " WHERE a.text IS NOT NULL ORDER BY a.response",
        "SELECT a.id, a.response, b.response FROM "
            + EXPECTED
            + " a JOIN "
            + EXPECTED
            + " b ON a.id = b.id + 1 WHERE a.text IS NOT NULL ORDER BY a.response");
  }

  @Test
  void aCachedViewIsAskedOnce() {
    views.view("v");

    assertThat(views.calls("CACHE TABLE v")).isEqualTo(ASKED);
    try {
      assertThat(views.calls("SELECT count(response), max(error.type) FROM v")).isZero();
      assertThat(views.calls("SELECT * FROM v WHERE id < 3")).isZero();
    } finally {
      views.rows("UNCACHE TABLE v");
    }
  }

  @Test
  void tablesAreMadeAndFilledFromAView(@TempDir Path folder) {
    views.view("v", "metadataCol 'meta'");

    views.rows(
        "CREATE TABLE labelled USING parquet LOCATION '"
            + folder
            + "' AS SELECT id, response, error, meta FROM v WHERE id < 6");
    try {
      views.rows("INSERT INTO labelled SELECT id, response, error, meta FROM v WHERE id >= 6");

      assertThat(views.calls()).isEqualTo(ASKED);
      assertSame(
          "SELECT id, response, error.type FROM labelled",
          "SELECT id, response, type FROM " + EXPECTED);
      assertThat(spark.sql("SELECT 1 FROM labelled WHERE meta.model = 'echo'").count())
          .isEqualTo(ASKED);
    } finally {
      views.rows("DROP TABLE labelled");
    }
  }

  @Test
  void rowsThatComeIntoTheTableLaterAreRead(@TempDir Path folder) {
    views.rows(
        "CREATE TABLE growing USING parquet LOCATION '"
            + folder
            + "' AS SELECT id, text FROM tickets WHERE id < 3");
    try {
      views.over("v", "table 'growing', prompt '{text}'");
      assertThat(views.calls("SELECT * FROM v")).isEqualTo(3);

      views.rows("INSERT INTO growing SELECT id, text FROM tickets WHERE id IN (3, 4)");

      assertThat(views.calls("SELECT * FROM v")).isEqualTo(5);
    } finally {
      views.rows("DROP TABLE growing");
    }
  }

  @Test
  void aViewCanTakeTheNameOfItsTable() {
    views.view("tickets");

    assertThat(views.calls("SELECT * FROM tickets")).isEqualTo(ASKED);
  }

  @Test
  void theReaderTakesTheSameOptions() {
    List<Row> rows =
        spark
            .read()
            .format("llm")
            .option("query", "-- some rows\nSELECT * FROM tickets WHERE id > 1; ")
            .option("endpoint", views.url())
            .option("MODEL", "echo")
            .option("prompt", "{text}")
            .option("responsecol", "answer")
            .option("max-attempts", 3)
            .option("request_timeout", "20s")
            .load()
            .where("id < 4")
            .select("answer")
            .collectAsList();

    assertThat(rows)
        .isEqualTo(views.rows("SELECT response FROM " + EXPECTED + " WHERE id IN (2, 3)"));
    assertThat(views.calls()).isEqualTo(2);
  }

  private void assertSame(String query, String expected) {
    assertThat(views.rows(query)).containsExactlyInAnyOrderElementsOf(views.rows(expected));
  }
}
