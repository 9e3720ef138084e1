package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointScriptTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'latencyMS':5}; 'latencyMs'",
        "{'rateLimit':{'requestPerMinute':5}}; 'requestsPerMinute'",
        "{'faults':[{'kind':'trottle'}]}; 'throttle'",
        "{'faults':[{'kind':'throttle','retryAfterForm':'dat'}]}; faults[0].retryAfterForm 'dat'",
        "{'rateLimit':{'charge':'use'}}; unknown rateLimit.charge 'use'; nearest known: 'used'",
        "{'faults':[{'kind':'drop','tims':1}]}; 'times'",
        "{'faults':[{'kind':'drop','ratio':1.5}]}; faults[0].ratio is 1.5",
        "{'faults':[{'ratio':0.5}]}; needs 'kind' or 'status'",
        "{'faults':[{'kind':'json'}]}; needs 'body'",
        "{'faults':{}}; faults must be an array",
        "{'latencyMs':'5'}; must be a whole number",
        "{'trackPrompts':false,'faults':[{'kind':'drop','times':1}]}; trackPrompts",
        "{'faults':[{'kind':'omit'}]}; unknown faults[0].kind 'omit'",
        "{'items':[{'kind':'stall'}]}; unknown items[0].kind 'stall'",
        "{'items':[{'kind':'omit','minItems':2}]}; unknown key 'minItems'",
        "{'arrays':{'refusal':403}}; must be 400, 404, 405 or 422",
        "{'arrays':{'paths':{'/v1/many':'chats'}}}; nearest known: 'chat'",
        "{'arrays':{'paths':{'/stats':'chat'}}}; '/stats'",
        "[]; must be a JSON object",
        "{; not valid JSON",
      })
  void mistakesAreNamedWithTheirCure(String script, String named) {
    assertThatThrownBy(() -> EndpointScript.parse(script.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Script: ")
        .hasMessageContaining(named);
  }

  @Test
  void printsItselfWithoutTheKey() {
    assertThat(EndpointScript.parse("{\"requireKey\":\"sk-secret\",\"seed\":3}").toString())
        .contains("\"seed\":3")
        .doesNotContain("sk-secret");
  }
}
