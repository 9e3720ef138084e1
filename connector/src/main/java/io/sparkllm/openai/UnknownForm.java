package io.sparkllm.openai;

import io.sparkllm.openai.Failure.Reaction;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognises the words of servers that expected one request and met many. Complaints about a field
 * inside of a request must not be taken for that: they are the row's own.
 */
final class UnknownForm {
  /** The code of a reply that is one object, though a list was asked for. */
  static final String NO_LIST = "no_list";

  private static final Set<Integer> NO_PATH = Set.of(404, 405);
  private static final Set<Integer> REFUSED = Set.of(400, 415, 422);

  private static final String NO_DICT =
      "(?:input should be (?:a valid dict|an object)|value is not a valid dict)";
  private static final String OBJECT_NOT_ARRAY =
      "expected (?:an? )?(?:json )?(?:object|dict(?:ionary)?|map|struct)\\b.{0,30}?"
          + "\\b(?:got|received|found)\\W+(?:an? )?(?:json )?(?:array|list|sequence)";
  private static final String GO_VALUE =
      "cannot unmarshal array into go value of type (?!string\\b|bool\\b|u?int|float|\\[)";

  /** Broken by the array, whatever status is made of that: llama.cpp's 500, LiteLLM's 401. */
  private static final Pattern BROKEN =
      any(
          "'list' object has no attribute '(?:get|items|keys|setdefault|update|values)'",
          "list indices must be integers or slices, not str",
          "cannot use (?:at\\(\\)|value\\(\\)|operator\\[\\]).{0,40} with array");

  /** Where the body as a whole is a list. */
  private static final Pattern BODY =
      any(
          // OpenAI and zod: nothing but the body is named before, no field behind.
          "^(?:http \\d+: )?(?:(?:invalid (?:type|input|request)|validation error"
              + "|(?:\\w+ ){0,5}(?:body|json|payload)): )*"
              + OBJECT_NOT_ARRAY
              + "(?!.* at [\"'`])",
          // FastAPI, as its list and as vLLM and others write it; pydantic itself.
          "(?:^(?:http \\d+: )?|; )(?:(?:body)?: )?" + NO_DICT,
          "'loc': [(\\[]'body',?[)\\]], 'msg': ['\"]" + NO_DICT,
          "validation errors? for \\S+ " + NO_DICT,
          GO_VALUE,
          // Jackson, Gson, System.Text.Json, Json.NET.
          "cannot deserialize (?:value|instance) of (?:type )?+[`'\"]?+(?!java\\.(?:lang|util)\\.)"
              + ".{1,200}? (?:from array value|out of start_array)(?!.*reference chain)",
          "expected begin_object but was begin_array\\b.{0,40}\\bpath \\$(?![.\\[])",
          "could not be converted to .{1,300}?\\bpath: \\$(?![.\\[\\w])",
          "deserialize the current json array\\b.*requires a json object(?!.* path '[^'])",
          // serde, which also takes a list for a struct's fields in turn.
          "(?:target type: (?:\\.: )?|^(?:http \\d+: )?)invalid type: sequence, expected (?:struct|a map)",
          "target type: \\[0\\]: invalid type: map\\b",
          "\\b(?:body|json|payload|root) (?:must|should|has to|needs to) be (?:an? )?"
              + "(?:json |single |valid )*(?:object|dict)");

  /** Where each of the messages is a list. */
  private static final Pattern MESSAGES =
      any(
          "'messages\\[\\d+]': " + OBJECT_NOT_ARRAY,
          OBJECT_NOT_ARRAY + " at [\"'`]messages\\[\\d+][\"'`]",
          // Behind the place only the names of message types may stand, no field.
          "\\bmessages(?:\\.[^\\d.: ][^.: ]*)*\\.\\d+(?:\\.(?-i:[A-Z])[^.: ]*)*:? " + NO_DICT,
          "'messages'(?:, '[^'\\d][^']*')*, \\d+(?:, '(?-i:[A-Z])[^']*')*[)\\]], 'msg': ['\"]"
              + NO_DICT,
          GO_VALUE,
          "cannot unmarshal array into go struct field \\S*\\bmessages of type (?!string\\b)",
          "(?:from array value|out of start_array).*\\[\"messages\"]->[\\w.]+\\[\\d+]\\)",
          "expected begin_object but was begin_array\\b.{0,40}\\bpath \\$\\.messages\\[\\d+](?![.\\[])",
          "could not be converted to .{1,300}?\\bpath: \\$\\.messages\\[\\d+](?![.\\[])",
          "\\bmessages\\[\\d+]: invalid type: (?:sequence, expected|map, expected a string)");

  private UnknownForm() {}

  private static Pattern any(String... patterns) {
    return Pattern.compile("(?:" + String.join(")|(?:", patterns) + ")", Pattern.CASE_INSENSITIVE);
  }

  /** Whether a failure is of a server that takes no list of requests. */
  static boolean isListOfRequests(Failure failure) {
    return is(failure, BODY);
  }

  /** Whether a failure is of a server that takes no list of conversations. */
  static boolean isListOfConversations(Failure failure) {
    return is(failure, MESSAGES);
  }

  private static boolean is(Failure failure, Pattern refusal) {
    Outcome.Failed error = failure.error();
    if (error.type() == ErrorType.INVALID_RESPONSE) {
      return NO_LIST.equals(error.code());
    }
    if (error.status() == null) {
      return false;
    }
    if (NO_PATH.contains(error.status())) {
      // An unknown model is a 404 as well, and fatal.
      return failure.reaction() != Reaction.FATAL;
    }
    return BROKEN.matcher(error.message()).find()
        || (REFUSED.contains(error.status()) && refusal.matcher(error.message()).find());
  }
}
