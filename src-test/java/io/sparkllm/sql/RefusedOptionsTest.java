package io.sparkllm.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.testing.SparkTest;
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
          table 'tickets', endpoint 'local'           | Neither prompt nor messagesCol is set
          table 'tickets', endpoint 'local', prompt '{body}' | which the input does not have; its columns: id, text
          table 'tickets', endpoint 'local', prompt '{text}', responseCol 'text' | text
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
                  : option == Options.BATCH_FILES_EXPIRE ? "1h" : "1";
      String given = option.name().toLowerCase(java.util.Locale.ROOT) + " '" + value + "'";
      if (option == Options.API_KEY) {
        assertThatThrownBy(() -> make(FINE + ", " + given)).hasMessageContaining("refused");
      } else if (option != Options.ENDPOINT
          && option != Options.PROMPT
          && option != Options.MESSAGES_COL) {
        make(FINE + ", " + given);
      }
    }
    make("query 'SELECT text FROM tickets', endpoint 'local', messagescol 'text'");
  }

  private void make(String options) {
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW refused USING llm OPTIONS (" + options + ")");
  }
}
