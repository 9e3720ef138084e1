package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Renders faults that stand in place of an answer. */
final class FaultReplies {
  private static final long LIMIT = 30_000;
  private static final long REQUESTED = 1_500;
  private static final long TOO_MANY = 34_307;

  private FaultReplies() {}

  static Reply of(Fault fault, String model) {
    Reply reply =
        switch (fault.kind()) {
          case DROP -> Reply.none(new Delivery(Delivery.Kind.DROP, 0, 0, 0));
          case STALL ->
              Reply.none(new Delivery(Delivery.Kind.STALL, fault.timing().stallMs(), 0, 0));
          case HTML ->
              text(
                  status(fault),
                  "text/html; charset=UTF-8",
                  "<html><head><title>Bad Gateway</title></head><body><center><h1>"
                      + status(fault)
                      + " Bad Gateway</h1></center><hr><center>nginx</center></body></html>");
          case MALFORMED ->
              text(status(fault), Reply.JSON, "{\"id\":\"chatcmpl-local\",\"object\":\"chat.comp");
          case EMPTY_BODY -> text(status(fault), Reply.JSON, "");
          case JSON -> literal(fault);
          default -> fault.body() != null ? literal(fault) : error(fault, model).reply();
        };
    return reply.with(headers(fault));
  }

  /** How a proper answer travels under this fault. */
  static Delivery delivery(Fault fault) {
    return switch (fault.kind()) {
      case TRUNCATED -> new Delivery(Delivery.Kind.CUT, 0, 0, 0);
      case LOST -> new Delivery(Delivery.Kind.DROP, 0, 0, 0);
      case SLOW_BODY ->
          new Delivery(
              Delivery.Kind.DRIP, 0, fault.timing().chunkBytes(), fault.timing().chunkDelayMs());
      default -> Delivery.AT_ONCE;
    };
  }

  static Map<String, String> headers(Fault fault) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (fault.hint().seconds() >= 0) {
      headers.putAll(fault.hint().form().headers(fault.hint().seconds()));
    }
    headers.putAll(fault.headers());
    return headers;
  }

  private static Reply literal(Fault fault) {
    JsonNode body = fault.body();
    return body.isTextual()
        ? text(status(fault), "text/plain; charset=UTF-8", body.textValue())
        : Reply.json(status(fault), Json.bytes(body));
  }

  /** The error of a fault that stands in place of an answer. */
  static ApiError error(Fault fault, String model) {
    FaultKind kind = fault.kind();
    ApiError base =
        switch (kind) {
          case THROTTLE ->
              LimitErrors.throttled(
                  or(fault.type(), kind.type()),
                  model,
                  LIMIT,
                  REQUESTED,
                  (long) (Math.max(0.001, fault.hint().seconds()) * 1e9));
          case TOO_LARGE -> LimitErrors.tooLarge(model, LIMIT, TOO_MANY);
          case MODEL_NOT_FOUND -> ApiError.unknownModel(model);
          default -> new ApiError(kind.status(), kind.type(), kind.code(), null, kind.message());
        };
    return new ApiError(
        status(fault),
        or(fault.type(), base.type()),
        or(fault.code(), base.code()),
        or(fault.param(), base.param()),
        or(fault.message(), base.message()));
  }

  private static int status(Fault fault) {
    return fault.status() == 0 ? fault.kind().status() : fault.status();
  }

  private static String or(String given, String otherwise) {
    return given == null ? otherwise : given;
  }

  private static Reply text(int status, String type, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return Reply.bytes(status, type, body);
  }
}
