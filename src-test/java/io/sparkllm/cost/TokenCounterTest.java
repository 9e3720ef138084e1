package io.sparkllm.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCounterTest {
  /** Against the counts of o200k_base; what {@code describe} promises. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "36 | 10 | The quick brown fox jumps over the lazy dog. Customers report that the invoice of March 2026 was charged twice, and ask for a refund of 49.90 EUR.",
        "38 | 10 | Der schnelle braune Fuchs springt über den faulen Hund. Kunden melden, dass die Rechnung vom März 2026 doppelt abgebucht wurde, und bitten um Erstattung.",
        "37 | 15 | La rápida zorra marrón salta sobre el perro perezoso. Los clientes informan de que la factura de marzo se cobró dos veces y piden el reembolso.",
        "28 | 25 | 敏捷的棕色狐狸跳过懒狗。客户报告三月份的发票被重复扣款,要求退款。",
        "51 | 25 | 素早い茶色の狐がのろまな犬を飛び越える。顧客は三月の請求書が二重に引き落とされたと報告し、返金を求めている。",
        "42 | 15 | Быстрая коричневая лиса перепрыгивает через ленивую собаку. Клиенты сообщают, что счёт за март был списан дважды, и просят вернуть деньги.",
        "36 | 25 | public static void main(String[] args) { for (int i = 0; i < 10; i++) { System.out.println(\"row \" + i); } }",
        "42 | 25 | {\"id\": 48111, \"amount\": 49.9, \"tags\": [\"billing\", \"refund\"], \"created\": \"2026-03-01T12:00:00Z\"}"
      })
  void byCharactersIsAsNearAsItSays(double tokens, double percent, String text) {
    assertThat(TokenCounter.byCharacters().count(text))
        .isCloseTo(tokens, Percentage.withPercentage(percent));
  }

  @ParameterizedTest
  @CsvSource({"'', 0", "a, 0.22"})
  void countsParts(String text, double tokens) {
    assertThat(TokenCounter.byCharacters().count(text)).isCloseTo(tokens, within(0.001));
  }
}
