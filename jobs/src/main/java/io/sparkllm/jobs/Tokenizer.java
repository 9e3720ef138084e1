package io.sparkllm.jobs;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import io.sparkllm.cost.TokenCounter;
import java.util.regex.Pattern;

/** Counts tokens as OpenAI's models do. */
final class Tokenizer implements TokenCounter {
  private static final long serialVersionUID = 1L;

  /** GPT-4o and all that came after it use a newer one. */
  private static final Pattern OLDER =
      Pattern.compile("gpt-3\\.5.*|gpt-4|gpt-4-.*|text-embedding-.*");

  private static final Pattern OPENAI =
      Pattern.compile("(gpt-[3-9]|o[134](-|$)|chatgpt-|text-embedding-).*");

  private final EncodingType type;
  private final boolean isOwn;

  private Tokenizer(EncodingType type, boolean isOwn) {
    this.type = type;
    this.isOwn = isOwn;
  }

  /** A table takes half a second to load, which not every task should spend. */
  private static final class Tables {
    static final EncodingRegistry ALL = Encodings.newLazyEncodingRegistry();

    private Tables() {}

    static Encoding of(EncodingType type) {
      return ALL.getEncoding(type);
    }
  }

  /** The tokenizer of a model; of one that is not OpenAI's the newest of theirs. */
  static Tokenizer of(String model) {
    String name = model == null ? "" : model;
    return new Tokenizer(
        OLDER.matcher(name).matches() ? EncodingType.CL100K_BASE : EncodingType.O200K_BASE,
        OPENAI.matcher(name).matches());
  }

  @Override
  public double count(String text) {
    return Tables.of(type).countTokensOrdinary(text);
  }

  @Override
  public String describe() {
    return "by the tokenizer "
        + type.getName()
        + (isOwn
            ? " (exact for texts; what wraps a message, within a few tokens)"
            : " of OpenAI's models (another model's may differ by a fifth, more in other scripts)");
  }
}
