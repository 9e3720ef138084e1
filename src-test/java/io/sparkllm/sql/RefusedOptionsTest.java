package io.sparkllm.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.testing.SparkTest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused when the view is made: on one line, with the cure. */
@SparkTest
@Tag("smoke")
class RefusedOptionsTest {
  private static final String FINE = "table 'tickets', endpoint 'local', prompt '{text}'";

  private static final Map<Option<?>, String> SAMPLES =
      Map.of(
          Options.RETURNS, "label STRING",
          Options.TASK, "sentiment",
          Options.LABELS, "a,b",
          Options.SERVICE_TIER, "flex");

  private static final Map<Option<?>, String> BESIDE =
      Map.of(
          Options.SCHEMA_RETRIES, "returns 'label STRING'",
          Options.LABELS, "task 'classify'",
          Options.MULTI_LABEL, "task 'classify', labels 'a,b'",
          Options.MAX_WORDS, "task 'summarize'",
          Options.LANGUAGE, "task 'translate'",
          Options.FLEX_FALLBACK, "serviceTier 'flex'");

  private final SparkSession spark;

  RefusedOptionsTest(SparkSession spark) {
    this.spark = spark;
  }

  @BeforeEach
  void input() {
    spark.sql("SELECT 1 id, 'a' text").createOrReplaceTempView("tickets");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          endpoint 'local', prompt '{text}'           | Neither table nor query is set; set table to the name
          table 'a', query 'b', prompt '{text}'       | Both table and query are set
          table 'nowhere', prompt '{text}'            | Option table is 'nowhere' cannot be read: [TABLE_OR_VIEW_NOT_FOUND]
          query 'SELECT nothing FROM tickets'         | Option query is 'SELECT nothing FROM tickets' cannot be read: [UNRESOLVED_COLUMN
          query 'DROP VIEW tickets', prompt '{text}'  | Option query is 'DROP VIEW tickets' cannot be read:
          table 'tickets', endpoint 'local'           | None of prompt, textCol and messagesCol is set
          table 'tickets', endpoint 'local', prompt '{text}', textcol 'text' | Options prompt, textCol are set
          table 'tickets', endpoint 'local', api 'embeddings', textCol 'body' | Option textCol names the column body, which the input does not have; its columns: id, text
          table 'tickets', endpoint 'local', api 'embeddings', textCol 'text', system 's' | Option system has no place in api=embeddings
          table 'tickets', endpoint 'local', prompt '{text}', batchSize '8' | Option batchSize is 8, but with api=chat
          table 'tickets', endpoint 'local', prompt '{text}', mode 'packed', system 'No {id}' | put the column into prompt
          table 'tickets', endpoint 'local', prompt '{text}', returns 'for INTERVAL' | Option returns: for is of type interval
          table 'tickets', endpoint 'local', prompt '{text}', schemaRetries '1' | Option schemaRetries is for answers of a schema; set returns
          table 'tickets', endpoint 'local', prompt '{body}' | which the input does not have; its columns: id, text
          table 'tickets', endpoint 'local', prompt '{text}', responseCol 'text' | text
          table 'tickets', endpoint 'local', task 'classify', textCol 'text' | Option task is classify, but labels is not set; name the labels
          table 'tickets', endpoint 'local', task 'label', textCol 'text' | Option task is 'label'; allowed: classify, sentiment, summarize
          table 'tickets', prompt '{text}'            | Option model is not set
          table 'tickets', prompt '{text}', model 'm' | No key for api.openai.com
          table 'tickets', prompt '{text}', modell 'm' | Unknown option modell; the nearest known is model
          table 'tickets', prompt '{text}', model 'm', concurrency '0' | Option concurrency is '0'; allowed: a whole number
          table 'tickets', prompt '{text}', api_KEY 'sk-1234567' | Option apiKey is refused in SQL
          table 'tickets', prompt '{text}', headers '{"Authorization": "Bearer sk-1234567"}' | Option headers is refused in SQL with a key in it
          table 'tickets', prompt '{text}', path '/data' | Option path is '/data', and the llm source reads no files
          """)
  void badOptionsAreToldOnOneLine(String options, String message) {
    assertThatThrownBy(() -> make(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n", "sk-1234567");
    assertThat(spark.table("tickets").count()).isOne();
  }

  @Test
  void aRefusedKeyIsToldItsCure() {
    assertThatThrownBy(() -> make(FINE + ", apiKey 'sk-1234567'"))
        .hasMessageContaining("apiKeyEnv")
        .hasMessageContaining("apiKeyFile");
  }

  @Test
  void aStreamIsRefused() {
    spark.readStream().format("rate").load().createOrReplaceTempView("stream");

    assertThatThrownBy(() -> make("table 'stream', endpoint 'local', prompt '{value}'"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a stream")
        .hasMessageContaining("Llm.transform");
  }

  @Test
  void everyOtherOptionOfTheLibraryIsTaken() {
    for (Option<?> option : Options.all()) {
      String value =
          option.defaultValue() != null
              ? option.defaultText()
              : option == Options.HEADERS || option == Options.PARAMS
                  ? "{}"
                  : option == Options.BATCH_FILES_EXPIRE ? "1h" : SAMPLES.getOrDefault(option, "1");
      String given = option.name().toLowerCase(Locale.ROOT) + " '" + value + "'" + beside(option);
      if (option == Options.API_KEY) {
        assertThatThrownBy(() -> make(FINE + ", " + given)).hasMessageContaining("refused");
      } else if (option != Options.ENDPOINT
          && option != Options.PROMPT
          && option != Options.TEXT_COL
          && option != Options.MESSAGES_COL) {
        make(FINE + ", " + given);
      }
    }
    make("query 'SELECT text FROM tickets', endpoint 'local', textcol 'text'");
    make("query 'SELECT text FROM tickets', endpoint 'local', messagescol 'text'");
  }

  /** What an option that is for one API or one mode alone needs beside it. */
  private static String beside(Option<?> option) {
    if (Set.of(Options.DIMENSIONS, Options.MAX_INPUT_TOKENS, Options.TRUNCATE).contains(option)) {
      return ", api 'embeddings'";
    }
    if (BESIDE.containsKey(option)) {
      return ", " + BESIDE.get(option);
    }
    return Set.of(Options.DIALECT, Options.ARRAY_PATH, Options.ARRAY_FALLBACK).contains(option)
        ? ", mode 'array'"
        : "";
  }

  private void make(String options) {
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW refused USING llm OPTIONS (" + options + ")");
  }
}
