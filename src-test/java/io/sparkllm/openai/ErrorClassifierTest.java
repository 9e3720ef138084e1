package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.openai.Failure.Reaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorClassifierTest {
  private static String openAi(String type, String code, String message) {
    return String.format(
        "{\"error\":{\"message\":%s,\"type\":%s,\"param\":null,\"code\":%s}}",
        quoted(message), quoted(type), quoted(code));
  }

  private static String quoted(String text) {
    return text == null ? "null" : "\"" + text + "\"";
  }

  /** The classes of protocol notes §5, and those that other servers add. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "429 | tokens | rate_limit_exceeded | Rate limit reached for gpt-4o-mini in project p on"
            + " tokens per min (TPM): Limit 50000, Used 47949, Requested 3006. Please try again in"
            + " 1.146s. | THROTTLE | RATE_LIMITED",
        "429 | requests | rate_limit_exceeded | Rate limit reached on requests per min (RPM): Limit"
            + " 3, Used 3, Requested 1. Please try again in 20s. | THROTTLE | RATE_LIMITED",
        "429 | tokens | rate_limit_exceeded | Request too large for gpt-4o (TPM): Limit 30000,"
            + " Requested 34307. The input or output tokens must be reduced | ROW | INVALID_REQUEST",
        "429 | tokens | rate_limit_exceeded | on tokens per min (TPM): Limit 30,000, Requested:"
            + " 34,307. | ROW | INVALID_REQUEST",
        "429 | rate_limit_error | slow_down | Slow down | THROTTLE | RATE_LIMITED",
        "429 | - | - | - | THROTTLE | RATE_LIMITED",
        "429 | insufficient_quota | insufficient_quota | You exceeded your current quota | FATAL |"
            + " QUOTA",
        "429 | insufficient_quota | credit_balance_exhausted | x | FATAL | QUOTA",
        "429 | insufficient_quota | organization_spend_limit_exceeded | x | FATAL | QUOTA",
        "429 | insufficient_quota | project_spend_limit_exceeded | x | FATAL | QUOTA",
        "429 | insufficient_quota | organization_usage_limit_exceeded | x | FATAL | QUOTA",
        "429 | - | billing_hard_limit_reached | x | FATAL | QUOTA",
        "403 | - | billing_not_active | x | FATAL | QUOTA",
        "429 | credit_limit | - | x | FATAL | QUOTA",
        "402 | - | - | Payment required | FATAL | QUOTA",
        "498 | - | capacity_exceeded | x | CAPACITY | RATE_LIMITED",
        "429 | resource_unavailable | - | x | CAPACITY | RATE_LIMITED",
        "429 | - | - | Resource Unavailable | CAPACITY | RATE_LIMITED",
        "429 | - | - | Rate limit. Text: resource unavailable | THROTTLE | RATE_LIMITED",
        "400 | - | - | Service tier flex is not available for this model | SUSPECT |"
            + " INVALID_REQUEST",
        "503 | service_unavailable_error | server_is_overloaded | x | RETRY | SERVER",
        "500 | server_error | - | x | RETRY | SERVER",
        "502 | - | - | x | RETRY | SERVER",
        "504 | - | - | x | RETRY | SERVER",
        "520 | - | - | x | RETRY | SERVER",
        "524 | - | - | x | RETRY | SERVER",
        "408 | - | - | x | RETRY | TIMEOUT",
        "409 | - | conversation_locked | x | RETRY | SERVER",
        "425 | - | - | x | RETRY | SERVER",
        "400 | invalid_request_error | context_length_exceeded | x | ROW | CONTEXT_LENGTH",
        "400 | BadRequestError | 400 | This model's maximum context length is 4096 tokens. | ROW |"
            + " CONTEXT_LENGTH",
        "400 | invalid_request_error | invalid_prompt | x | ROW | INVALID_REQUEST",
        "400 | invalid_request_error | content_filter | x | ROW | CONTENT_FILTER",
        "400 | invalid_request_error | content_policy_violation | x | ROW | CONTENT_FILTER",
        "400 | invalid_request_error | string_above_max_length | x | ROW | INVALID_REQUEST",
        "400 | invalid_request_error | invalid_image_url | x | ROW | INVALID_REQUEST",
        "413 | - | - | Payload too large | ROW | INVALID_REQUEST",
        "422 | - | - | x | ROW | INVALID_REQUEST",
        "400 | invalid_request_error | unsupported_parameter | Unsupported parameter: 'max_tokens' |"
            + " SUSPECT | INVALID_REQUEST",
        "400 | invalid_request_error | unsupported_value | x | SUSPECT | INVALID_REQUEST",
        "401 | invalid_request_error | invalid_api_key | Incorrect API key | FATAL | AUTH",
        "401 | - | - | - | FATAL | AUTH",
        "403 | - | invalid_api_key | x | FATAL | AUTH",
        "403 | request_forbidden | unsupported_country_region_territory | x | FATAL | AUTH",
        "403 | - | - | Forbidden by the firewall | SUSPECT | AUTH",
        "403 | invalid_request_error | model_not_found | Project p does not have access to model m |"
            + " FATAL | NOT_FOUND",
        "404 | invalid_request_error | model_not_found | The model m does not exist | FATAL |"
            + " NOT_FOUND",
        "404 | - | DeploymentNotFound | The API deployment does not exist. | FATAL | NOT_FOUND",
        "404 | NotFoundError | 404 | The model `m` does not exist. | FATAL | NOT_FOUND",
        "404 | - | - | Not Found | SUSPECT | NOT_FOUND",
        "405 | - | - | Method Not Allowed | SUSPECT | NOT_FOUND",
        "302 | - | - | Found | SUSPECT | NOT_FOUND",
        "400 | - | model_not_found | x | FATAL | NOT_FOUND",
        "400 | invalid_request_error | invalid_request_error | Model Not Exist | SUSPECT | NOT_FOUND",
        "400 | - | - | API key not valid. Please pass a valid API key. | SUSPECT | AUTH",
      })
  void tellsWhatAnErrorMeansAndWhatToDo(
      int status, String type, String code, String message, Reaction reaction, ErrorType expected) {
    assertThat(Codecs.failure(status, openAi(type, code, message)))
        .extracting(Failure::reaction, f -> f.error().type(), f -> f.error().status())
        .containsExactly(reaction, expected, status);
  }

  /** Bodies of other servers: the message, whatever it stands in. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'object':'error','message':'too long','type':'BadRequestError','code':400} | too long",
        "{'error':'model busy'}                                     | model busy",
        "{'error':{'message':'m','code':400}}                       | m",
        "{'error':{'message':''}}                                   | HTTP 400",
        "{'error':null,'message':'m'}                               | m",
        "{'message':'m'}                                            | m",
        "{'detail':'Bad'}                                           | Bad",
        "{'detail':{'why':'Bad'}}                                   | {'why':'Bad'}",
        "{'detail':[{'loc':['body','messages',0],'msg':'Field required','input':'my prompt'}]} |"
            + " body.messages.0: Field required",
        "[{'error':{'code':400,'message':'API says no','status':'INVALID_ARGUMENT'}}] | API says no",
        "`'just text'`                                              | HTTP 400: just text",
        "upstream connect error                                     | HTTP 400: upstream connect error",
        "404 page not found                                         | HTTP 400: 404 page not found",
        "`<html><head><title>502 Bad\nGateway</title></head></html>`  | HTTP 400: 502 Bad Gateway",
        "<html><body>long page</body></html>                        | HTTP 400",
        "`\n <!DOCTYPE html><p>long page`                           | HTTP 400",
        "``                                                         | HTTP 400",
        "` `                                                        | HTTP 400",
        "null                                                       | HTTP 400",
        "[]                                                         | HTTP 400",
        "{}                                                         | HTTP 400",
      })
  void findsTheMessageInAnyShapeOfBody(String body, String message) {
    assertThat(Codecs.failure(400, body.replace('\'', '"')).error().message())
        .isEqualTo(message.replace('\'', '"'));
  }

  @Test
  void neverTakesARepeatedPromptForAFatalCause() {
    String body =
        "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"bad\",\"input\":\"Your model does not exist,"
            + " invalid API key\"}]}";

    assertThat(Codecs.failure(422, body).reaction()).isEqualTo(Reaction.ROW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "{'error':{'code':'c','type':'t'}} | c",
        "{'error':{'code':null,'type':'t'}}| t",
        "{'error':{'code':40001}}          | 40001",
        "{'error':{}}                      | -",
      })
  void givesTheCodeOrElseTheType(String body, String code) {
    assertThat(Codecs.failure(400, body.replace('\'', '"')).error().code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "500, false, ROW",
    "503, False, ROW",
    "429, false, ROW",
    "400, true, RETRY",
    "404, true, RETRY",
    "429, true, THROTTLE",
    "404, false, SUSPECT",
    "401, true, FATAL",
    "500, maybe, RETRY",
  })
  void obeysTheServiceOnAskingAgain(int status, String header, Reaction reaction) {
    assertThat(Codecs.failure("chat", status, Map.of("x-should-retry", header), "{}").reaction())
        .isEqualTo(reaction);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "retry-after    | 3                             | PT3S",
        "retry-after    | 1.25                          | PT1.25S",
        "retry-after    | 0                             | PT0S",
        "retry-after    | Mon, 01 Jul 2024 10:01:30 GMT | PT1M30S",
        "retry-after    | Mon, 01 Jul 2024 09:00:00 GMT | PT0S",
        "retry-after    | Fri, 31 Dec 9999 23:59:59 GMT | PT8760H",
        "retry-after    | -1                            | -",
        "retry-after    | soon                          | -",
        "retry-after    | NaN                           | -",
        "retry-after    | 1e300                         | -",
        "retry-after-ms | 1146                          | PT1.146S",
        "retry-after-ms | 0.5                           | PT0S",
      })
  void readsTheWaitInHeaders(String header, String value, Duration expected) {
    assertThat(Codecs.failure("chat", 429, Map.of(header, value), "{}").hint()).isEqualTo(expected);
  }

  @Test
  void prefersMillisecondsToSeconds() {
    Map<String, String> headers = Map.of("retry-after-ms", "1146", "retry-after", "2");

    assertThat(Codecs.failure("chat", 503, headers, "{}").hint())
        .isEqualTo(Duration.ofMillis(1146));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "Limit 3, Used 3, Requested 1. Please try again in 20s. Visit x | PT20S",
        "Please try again in 1.146s.                   | PT1.146S",
        "Please try again in 6m0s.                     | PT6M",
        "Please try again in 1h2m3.5s.                 | PT1H2M3.5S",
        "Please try again in 12ms.                     | PT0.012S",
        "please retry after 5 seconds.                 | PT5S",
        "Please retry in 34.07s.                       | PT34.07S",
        "Try again in 2 minutes 3 seconds              | PT2M3S",
        "Try again in 500 milliseconds                 | PT0.5S",
        "TRY AGAIN IN 5 SECONDS                        | PT5S",
        "Please try again in 99999999999999999999h     | PT8760H",
        "Please try again later.                       | -",
        "Please try again in a while                   | -",
      })
  void readsTheWaitInMessages(String message, Duration expected) {
    assertThat(Codecs.failure(429, openAi(null, null, message)).hint()).isEqualTo(expected);
  }

  @Test
  void takesTheLongerOfHeaderAndMessage() {
    assertThat(
            Codecs.failure(
                    "chat",
                    429,
                    Map.of("retry-after", "1"),
                    openAi(null, null, "Please try again in 6m0s."))
                .hint())
        .isEqualTo(Duration.ofMinutes(6));
  }

  @ParameterizedTest
  @EnumSource(ErrorType.class)
  void namesTypesInSnakeCase(ErrorType type) {
    assertThat(type.wireName()).matches("[a-z_]+");
  }

  @Test
  void survivesAHintThatNeverEnds() {
    ErrorBody body = new ErrorBody("Please try again in " + "1s ".repeat(50_000), "", "", "");

    Failure failure = ErrorClassifier.classify(429, Map.of(), body, Instant.EPOCH);

    assertThat(failure.hint()).isEqualTo(Duration.ofSeconds(6));
  }
}
