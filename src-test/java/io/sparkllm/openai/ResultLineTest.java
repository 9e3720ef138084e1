package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.LlmOptions;
import io.sparkllm.openai.ReplyReader.Reading;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shapes of lines (protocol notes §4). */
class ResultLineTest {
  private static ResultLine lines(String api) {
    LlmOptions options = LlmOptions.of(Map.of("model", "m", "prompt", "{text}", "api", api));
    return new ResultLine(new ReplyReader(ApiCodec.of(options, true), text -> text));
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static Reading read(String json) {
    return lines("chat").read(bytes(json));
  }

  private static Failure failure(String json) {
    return ((Reading.NotAnswered) read(json)).failure();
  }

  @Test
  void readsAnAnswer() {
    Reading reading =
        read(
            "{'id':'batch_req_1','custom_id':'r','response':{'status_code':200,'request_id':'q',"
                + "'body':{'id':'c','choices':[{'index':0,'message':{'role':'assistant',"
                + "'content':'4'},'finish_reason':'stop'}],'usage':{'prompt_tokens':24,"
                + "'completion_tokens':15}}},'error':null}");

    assertThat(((Reading.Answered) reading).answer().text()).isEqualTo("4");
    assertThat(((Reading.Answered) reading).answer().usage().promptTokens()).isEqualTo(24);
  }

  @Test
  void looksIntoTheBodyOfAResponseWhateverItsStatus() {
    Reading reading =
        lines("responses")
            .read(
                bytes(
                    "{'custom_id':'r','error':null,'response':{'status_code':200,'body':{'id':'r',"
                        + "'status':'failed','error':{'code':'server_error','message':'Oops'}}}}"));

    assertThat(((Reading.NotAnswered) reading).failure().error().type())
        .isEqualTo(ErrorType.SERVER);
  }

  /** The error that a line means. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'response':{'status_code':400,'body':{'error':{'message':'Bad.','type':'invalid_request_error'}}},'error':null | invalid_request
          'response':{'status_code':500,'body':{'error':{'message':'Oops'}}},'error':null                               | server
          'response':{'status_code':503,'body':null},'error':null                                                       | server
          'response':{'status_code':429,'body':{'error':{'message':'Slow down','code':'rate_limit_exceeded'}}}          | rate_limited
          'response':{'status_code':0,'request_id':'','body':{}},'error':null                                           | connection
          'response':{'status_code':200,'body':null},'error':null                                                       | invalid_response
          'response':{'status_code':200,'body':{'error':{'message':'Oops','code':500}}},'error':null                    | server
          'response':{'status_code':200,'body':[1,2]},'error':null                                                      | invalid_response
          'response':null,'error':{'code':'batch_expired','message':'Too late.'}                                        | batch_expired
          'response':null,'error':{'code':'batch_cancelled','message':'Cancelled.'}                                     | batch_cancelled
          'response':null,'error':{'code':'batch_canceled','message':'Cancelled.'}                                      | batch_cancelled
          'response':null,'error':{'code':'request_timeout','message':'Timed out.'}                                     | timeout
          'response':null,'error':{'code':'something_new','message':'Hm.'}                                              | server
          'response':null,'error':'the engine died'                                                                     | server
          'response':{'status_code':400,'body':null},'error':'prompt too long'                                          | invalid_request
          'response':{'status_code':400,'body':null},'error':{'message':'Bad','code':400}                               | invalid_request
          'response':null,'error':null                                                                                  | invalid_response
          'id':'x'                                                                                                      | invalid_response
          """)
  void readsEveryFailure(String fields, String type) {
    assertThat(failure("{'custom_id':'r'," + fields + "}").error().type().wireName())
        .isEqualTo(type);
  }

  @Test
  void whatIsNoJsonIsNothing() {
    assertThat(read("{'custom_id':'r','resp")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'custom_id':'r-1'}                                     | r-1
          {'id':'x','response':{'custom_id':'no'},'custom_id':'y'} | y
          {'custom_id':'r-2','response':{'sta                      | r-2
          """)
  void findsTheIdWithoutReadingTheRest(String line, String id) {
    assertThat(ResultLine.customId(bytes(line))).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"{'id':'x'}", "[]", "nonsense", "{'a':{'custom_id':'r'}}", "{'custom_id':null}"})
  void tellsWhereThereIsNoId(String line) {
    assertThat(ResultLine.customId(bytes(line))).isNull();
  }
}
