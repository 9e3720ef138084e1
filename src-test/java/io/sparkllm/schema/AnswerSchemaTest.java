package io.sparkllm.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sparkllm.config.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema of answers: what it makes of each form, and of each answer. */
class AnswerSchemaTest {
  private static String json(String quoted) {
    return quoted.replace('\'', '"');
  }

  private static AnswerSchema schema(String text) {
    return AnswerSchema.parse(json(text));
  }

  private static Row read(String schema, String answer) {
    return schema(schema).read(json(answer), RowTimes.UTC);
  }

  private static Object value(String type, String literal) {
    return read("v " + type, "{'v':" + literal + "}").get(0);
  }

  @Test
  void asksForEachFieldAndForNoOther() throws Exception {
    String sent =
        schema(
                "label STRING NOT NULL COMMENT \"one word\", score DOUBLE, tags ARRAY<STRING>,"
                    + " at STRUCT<day: DATE, hours: MAP<STRING, INT>>")
            .json();

    assertThat(Json.parse(sent))
        .isEqualTo(
            Json.parse(
                json(
                    "{'type':'object','properties':{"
                        + "'label':{'type':'string','description':'one word'},"
                        + "'score':{'type':['number','null']},"
                        + "'tags':{'type':['array','null'],'items':{'type':'string'}},"
                        + "'at':{'type':['object','null'],'properties':{"
                        + "'day':{'type':['string','null'],'format':'date'},"
                        + "'hours':{'type':['array','null'],"
                        + "'description':'a list of keys, each once, with their values',"
                        + "'items':{'type':'object','properties':{'key':{'type':'string'},"
                        + "'value':{'type':'integer'}},'required':['key','value'],"
                        + "'additionalProperties':false}}},"
                        + "'required':['day','hours'],'additionalProperties':false}},"
                        + "'required':['label','score','tags','at'],"
                        + "'additionalProperties':false}")));
  }

  @Test
  void isTheSameFromDdlAndFromAStructType() {
    AnswerSchema ddl =
        schema("a STRING COMMENT \"why\", b ARRAY<STRUCT<c: DECIMAL(5,2), d: TIMESTAMP_NTZ>>");

    AnswerSchema struct = AnswerSchema.parse(ddl.type().json());

    assertThat(struct.type()).isEqualTo(ddl.type());
    assertThat(struct.json()).isEqualTo(ddl.json());
    assertThat(AnswerSchema.parse("struct<a: string, b: int>").type())
        .isEqualTo(StructType.fromDDL("a STRING, b INT"));
  }

  @Test
  void readsAJsonSchema() {
    AnswerSchema schema =
        schema(
            "{'type':'object','required':['label','n','ok','x','when'],'properties':{"
                + "'label':{'enum':['bug','other'],'description':'the kind'},"
                + "'n':{'type':['integer','null'],'minimum':1},"
                + "'ok':{'type':'boolean'},"
                + "'x':{'anyOf':[{'type':'number'},{'type':'null'}]},"
                + "'when':{'type':'string','format':'date-time'},"
                + "'items':{'type':'array','items':{'type':'object','required':['day'],"
                + "'properties':{'day':{'type':'string','format':'date'}}}},"
                + "'by':{'type':'object','additionalProperties':{'type':'number'}}}}");

    assertThat(schema.type())
        .isEqualTo(
            new StructType()
                .add(
                    "label",
                    DataTypes.StringType,
                    false,
                    Metadata.fromJson("{\"comment\":\"the kind\"}"))
                .add("n", DataTypes.LongType, true)
                .add("ok", DataTypes.BooleanType, false)
                .add("x", DataTypes.DoubleType, true)
                .add("when", DataTypes.TimestampType, false)
                .add(
                    "items",
                    DataTypes.createArrayType(
                        new StructType().add("day", DataTypes.DateType, false), false),
                    true)
                .add(
                    "by",
                    DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, false),
                    true));
    assertThat(schema.json())
        .contains(json("'label':{'type':'string','description':'the kind','enum':['bug','other']}"))
        .contains(json("'n':{'type':['integer','null'],'minimum':1}"))
        .contains(json("'required':['label','n','ok','x','when','items','by']"));
  }

  @Test
  void asksForNullAmongTheValuesWhereItIsAllowed() {
    AnswerSchema schema =
        schema("{'properties':{'a':{'type':['string','null'],'enum':['x','y',null]}}}");

    assertThat(schema.json()).contains(json("'type':['string','null'],'enum':['x','y',null]"));
    assertThat(schema.read("{\"a\":null}", RowTimes.UTC).isNullAt(0)).isTrue();
    assertThat(schema.read("{}", RowTimes.UTC).isNullAt(0)).isTrue();
  }

  @Test
  void readsEachType() {
    assertThat(value("TINYINT", "-128")).isEqualTo((byte) -128);
    assertThat(value("SMALLINT", "32767")).isEqualTo((short) 32767);
    assertThat(value("INT", "1.0")).isEqualTo(1);
    assertThat(value("INT", "2e3")).isEqualTo(2000);
    assertThat(value("BIGINT", "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(value("FLOAT", "0.1")).isEqualTo(0.1f);
    assertThat(value("DOUBLE", "1e308")).isEqualTo(1e308);
    assertThat(value("DOUBLE", "3")).isEqualTo(3.0);
    assertThat(value("DECIMAL(20,2)", "123456789012345678.9"))
        .isEqualTo(new BigDecimal("123456789012345678.90"));
    assertThat(value("DECIMAL(2,2)", "0")).isEqualTo(new BigDecimal("0.00"));
    assertThat(value("BOOLEAN", "true")).isEqualTo(true);
    assertThat(value("STRING", "'é'")).isEqualTo("é");
    assertThat(value("VARCHAR(2)", "'😀é'")).isEqualTo("😀é");
    assertThat(value("BINARY", "'aGk='")).isEqualTo("hi".getBytes(StandardCharsets.UTF_8));
    assertThat(value("DATE", "'2026-02-28'")).isEqualTo(Date.valueOf("2026-02-28"));
    assertThat(value("TIMESTAMP_NTZ", "'2026-02-28 10:00:00.000001'"))
        .isEqualTo(LocalDateTime.parse("2026-02-28T10:00:00.000001"));
    assertThat(value("STRUCT<a: INT>", "{'a':null,'b':7}")).asString().isEqualTo("[null]");
    assertThat((Object[]) value("ARRAY<INT>", "[1,null]")).containsExactly(1, null);
  }

  @Test
  void readsMapsInBothForms() {
    for (String literal : new String[] {"[{'key':'a','value':1}]", "{'a':1}"}) {
      Row row = read("v MAP<STRING, INT>", "{'v':" + literal + "}");
      assertThat(row.<String, Integer>getJavaMap(0)).isEqualTo(Map.of("a", 1));
    }
  }

  @Test
  void readsTimesInTheSessionsZoneAndClasses() {
    AnswerSchema schema = schema("t TIMESTAMP, d DATE");
    String answer = json("{'t':'2026-07-01T12:00:00','d':'1500-01-31'}");
    Instant noon = Instant.parse("2026-07-01T10:00:00Z");
    ZoneId berlin = ZoneId.of("Europe/Berlin");

    assertThat(schema.read(answer, RowTimes.ofSql(berlin)).get(0)).isEqualTo(Timestamp.from(noon));
    Row modern = schema.read(answer, RowTimes.ofJavaTime(berlin));
    assertThat(modern.get(0)).isEqualTo(noon);
    assertThat(modern.get(1)).isEqualTo(LocalDate.parse("1500-01-31"));
    assertThat(schema.read(answer, RowTimes.UTC).get(1)).hasToString("1500-01-31");
    assertThat(value("TIMESTAMP", "'2026-07-01T12:00:00+02:00'")).isEqualTo(Timestamp.from(noon));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'v':1}",
        " \n{'v':1}\n",
        "```json\n{'v':1}\n```",
        "```\n{'v':1}```\n",
        "{'v':1,'w':[{}]}"
      })
  void passesOverFencesAndWhatItDoesNotKnow(String answer) {
    assertThat(read("v INT", answer).get(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "INT                | 3.5                         | wrong_type    | $.v is a fraction, not a whole number",
        "INT                | '42'                        | wrong_type    | $.v is a text, not a whole number",
        "INT                | 2147483648                  | out_of_range  | $.v is 2147483648, which INT does not hold",
        "TINYINT            | 300                         | out_of_range  | $.v is 300, which TINYINT does not hold",
        "SMALLINT           | -32769                      | out_of_range  | SMALLINT",
        "BIGINT             | 9223372036854775808         | out_of_range  | BIGINT",
        "BIGINT             | 1e999999999                 | out_of_range  | BIGINT",
        "FLOAT              | 1e39                        | out_of_range  | FLOAT",
        "DOUBLE             | 1e400                       | out_of_range  | DOUBLE",
        "DOUBLE             | '1'                         | wrong_type    | not a number",
        "DECIMAL(4,2)       | 1.234                       | out_of_range  | DECIMAL(4,2)",
        "DECIMAL(4,2)       | 100                         | out_of_range  | DECIMAL(4,2)",
        "DECIMAL(4,2)       | 1e999999999                 | out_of_range  | DECIMAL(4,2)",
        "DECIMAL(4,2)       | 1e-999999999                | out_of_range  | DECIMAL(4,2)",
        "BOOLEAN            | 'true'                      | wrong_type    | $.v is a text, not true or false",
        "STRING             | 7                           | wrong_type    | $.v is a number, not a text",
        "VARCHAR(2)         | 'abc'                       | too_long      | $.v has more than 2 characters",
        "BINARY             | 'a*b'                       | wrong_format  | is no Base64",
        "DATE               | '31.1.2026'                 | wrong_format  | $.v is not a date such as 2026-01-31",
        "DATE               | '2026-02-30'                | wrong_format  | not a date",
        "DATE               | '+12026-01-01'              | out_of_range  | year 12026",
        "TIMESTAMP          | '2026-01-31'                | wrong_format  | not a time",
        "TIMESTAMP          | '2026-01-31T10:00:00.0000001Z' | out_of_range | microseconds",
        "TIMESTAMP_NTZ      | '2026-01-31T10:00:00Z'      | wrong_format  | without zone",
        "ARRAY<INT>         | {}                          | wrong_type    | $.v is an object, not a list",
        "ARRAY<INT>         | [1,true]                    | wrong_type    | $.v[1] is true or false, not a whole number",
        "STRUCT<a: STRUCT<b: INT>> | {'a':{}}             | missing_field | $.v.a.b is missing",
        "STRUCT<a: INT NOT NULL>   | {'a':null}           | null_value    | $.v.a is null",
        "MAP<STRING, INT>   | 1                           | wrong_type    | a list of keys",
        "MAP<STRING, INT>   | [{'key':'a'}]               | missing_field | $.v[0] has no key or no value",
        "MAP<STRING, INT>   | {'a':'b'}                   | wrong_type    | $.v.a is a text",
        "MAP<STRING, INT>   | [{'key':'a','value':1},{'key':'a','value':2}] | duplicate_key | $.v[1]"
      })
  void refusesWhatItCannotHold(String type, String literal, String code, String message) {
    SchemaMismatchException e =
        catchThrowableOfType(SchemaMismatchException.class, () -> value(type, literal));

    assertThat(e).isNotNull().hasMessageContaining(message);
    assertThat(e.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "                     | not_json",
        "bug                  | not_json",
        "{'v':1               | not_json",
        "{'v':1} Hope it helps| not_json",
        "Here: {'v':1}        | not_json",
        "{'v':NaN}            | not_json",
        "[{'v':1}]            | wrong_type",
        "null                 | null_value",
        "{}                   | missing_field"
      })
  void refusesWhatIsNoAnswer(String answer, String code) {
    SchemaMismatchException e =
        catchThrowableOfType(
            SchemaMismatchException.class, () -> read("v INT", answer == null ? "" : answer));

    assertThat(e).isNotNull();
    assertThat(e.code()).isEqualTo(code);
  }

  @Test
  void refusesAnotherValueThanThoseOfAnEnum() {
    AnswerSchema schema =
        schema("{'properties':{'a':{'enum':['x','y']},'b':{'type':'integer','enum':[1,2]}}}");

    assertThat(schema.read(json("{'a':'y','b':2.0}"), RowTimes.UTC).get(1)).isEqualTo(2L);
    assertThatThrownBy(() -> schema.read(json("{'a':'Y','b':1}"), RowTimes.UTC))
        .hasMessage("$.a is none of x, y");
    assertThatThrownBy(() -> schema.read(json("{'a':'x','b':3}"), RowTimes.UTC))
        .hasMessage("$.b is none of 1, 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a INTERVAL | a is of type interval, which JSON cannot carry; use STRING",
        "a STRUCT<b: ARRAY<MAP<INT, STRING>>> | a.b[] is of type map<int,string>, which JSON cannot carry; use MAP<STRING",
        "a VOID | a is of type void",
        "INT | is of type int; name fields",
        "label STRING, Label INT | label and Label",
        "label STRNG | cannot be read",
        "{'type': | is no valid JSON",
        "{'type':'array','items':{'type':'string'}} | is no object",
        "{'type':'object'} | has no fields",
        "{'properties':{'a':{'$ref':'#/$defs/x'}}} | a holds $ref",
        "{'properties':{'a':{'type':'array','items':{'oneOf':[{'type':'string'},{'type':'number'}]}}}} | a[] holds oneOf",
        "{'properties':{'a':{'anyOf':[{'type':'string'},{'type':'number'},{'type':'null'}]}}} | a holds anyOf",
        "{'properties':{'a':{'type':['string','number']}}} | a has the types",
        "{'properties':{'a':{}}} | a has no type",
        "{'properties':{'a':{'type':'text'}}} | a has the type text; allowed: object",
        "{'properties':{'a':{'type':'integer','enum':['x']}}} | a has the value",
        "{'properties':{'a':{'type':'array'}}} | a[] is no schema"
      })
  void isRefusedWhereItCannotBeKeptTo(String text, String message) {
    assertThatThrownBy(() -> schema(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Option returns: ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }
}
