package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.local.batch.BatchScript.Gone;
import io.sparkllm.local.files.Catalog;
import io.sparkllm.local.files.FileStore;
import io.sparkllm.local.files.StoredFile;
import io.sparkllm.local.files.Upload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * {@code /v1/files}: bodies as in OpenAI's OpenAPI 2.3.0, refusals as services were seen to send.
 */
final class FilesApi {
  private static final String BATCH = "batch";
  private static final Set<String> PURPOSES =
      Set.of("assistants", BATCH, "fine-tune", "vision", "user_data", "evals");
  private static final long DEFAULT_LIFE_SECONDS = 2_592_000;

  private final FileStore files;
  private final Supplier<StoreScript> script;
  private final RecentCount recent = new RecentCount();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  FilesApi(FileStore files, Supplier<StoreScript> script) {
    this.files = files;
    this.script = script;
  }

  /** Begins an upload; null when the request is no form. */
  Upload begin(String contentType) {
    return Upload.begin(files, contentType, script.get().files().maxBytes());
  }

  Reply upload(Call call) {
    StoreScript now = script.get();
    if (!recent.admit(
        now.uploads().limit(), now.uploads().perSeconds() * 1000, System.currentTimeMillis())) {
      refused.incrementAndGet();
      throw StoreErrors.tooMany("file uploads", now.uploads()).exception();
    }
    if (call.upload() == null) {
      throw ApiError.missing("file").exception();
    }
    Upload.Form form;
    try {
      form = call.upload().form();
    } catch (IOException e) {
      throw StoreErrors.unreadable(e).exception();
    }
    try {
      StoredFile.Description description = checked(form, now);
      StoredFile file = files.add(form.path(), description);
      taken.incrementAndGet();
      return Reply.json(200, Json.bytes(described(file, now.lag().uploaded() > 0)));
    } catch (IOException e) {
      remove(form.path());
      throw new UncheckedIOException(e);
    } catch (ApiException e) {
      remove(form.path());
      throw e;
    }
  }

  private static StoredFile.Description checked(Upload.Form form, StoreScript now)
      throws IOException {
    String purpose = form.fields().get("purpose");
    if (purpose == null) {
      throw ApiError.missing("purpose").exception();
    }
    if (!PURPOSES.contains(purpose)) {
      throw StoreErrors.unknownValue("purpose", purpose, PURPOSES.stream().sorted().toList())
          .exception();
    }
    if (form.path() == null) {
      throw ApiError.missing("file").exception();
    }
    String name = form.filename() == null ? "" : form.filename();
    if (purpose.equals(BATCH)) {
      if (!name.toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
        throw StoreErrors.notJsonl().exception();
      }
      if (form.tooLarge()) {
        throw StoreErrors.tooLarge(now.files().maxBytes(), FirstLine.model(form.path()))
            .exception();
      }
      if (!FirstLine.isRequest(form.path())) {
        throw StoreErrors.notJsonl().exception();
      }
    } else if (form.tooLarge()) {
      throw StoreErrors.tooLarge(now.files().maxBytes(), null).exception();
    }
    return new StoredFile.Description(
        name, purpose, StoredFile.Role.UPLOADED, lifeSeconds(form, purpose, now));
  }

  /** {@code expires_after} in OpenAI's spelling or Azure's. */
  private static long lifeSeconds(Upload.Form form, String purpose, StoreScript now) {
    String anchor = field(form, "anchor");
    String seconds = field(form, "seconds");
    if (anchor == null && seconds == null) {
      return purpose.equals(BATCH) ? DEFAULT_LIFE_SECONDS : 0;
    }
    return Expiry.seconds("expires_after", anchor, seconds, now.files());
  }

  private static String field(Upload.Form form, String name) {
    String bracketed = form.fields().get("expires_after[" + name + "]");
    return bracketed == null ? form.fields().get("expires_after." + name) : bracketed;
  }

  Reply list(Call call) {
    Query query = new Query(call);
    String order = query.text("order") == null ? "desc" : query.text("order");
    if (!Set.of("asc", "desc").contains(order)) {
      throw StoreErrors.unknownValue("order", order, java.util.List.of("asc", "desc")).exception();
    }
    Catalog.Page<StoredFile> page =
        files.page(
            query.text("after"),
            query.whole("limit", 10_000, 1, 10_000),
            Catalog.Order.valueOf(order.toUpperCase(Locale.ROOT)),
            query.text("purpose"));
    if (page == null) {
      throw StoreErrors.noFile(query.text("after")).exception();
    }
    return Reply.json(
        200, Json.bytes(ListBody.of(page, StoredFile::id, file -> described(file, false))));
  }

  Reply retrieve(Call call) {
    StoredFile file = seen(call.pathVariable("id"));
    StoreScript.Lag lag = script.get().lag();
    boolean early =
        file.description().role() == StoredFile.Role.UPLOADED
            && file.looks() <= lag.reads() + lag.uploaded();
    return Reply.json(200, Json.bytes(described(file, early)));
  }

  Reply content(Call call) {
    StoredFile file = seen(call.pathVariable("id"));
    return Reply.file(file.path(), file.bytes());
  }

  Reply delete(Call call) {
    StoredFile file = seen(call.pathVariable("id"));
    files.delete(file.id());
    return Reply.json(
        200,
        Json.bytes(Json.object().put("id", file.id()).put("object", "file").put("deleted", true)));
  }

  /**
   * A file, unless the script hides it.
   *
   * @throws ApiException 404, or what the script's {@code lag} says
   */
  private StoredFile seen(String id) {
    StoreScript now = script.get();
    StoredFile file = files.find(id);
    if (file == null || now.batch().gone().contains(hiddenBy(file))) {
      throw StoreErrors.noFile(id).exception();
    }
    if (lags(file, now.lag())) {
      throw StoreErrors.notSeen(id, now.lag().status()).exception();
    }
    return file;
  }

  /** Whether an upload is not seen yet; counts as a look at it. */
  static boolean lags(StoredFile file, StoreScript.Lag lag) {
    return file.look() <= lag.reads() && file.description().role() == StoredFile.Role.UPLOADED;
  }

  private static Gone hiddenBy(StoredFile file) {
    return switch (file.description().role()) {
      case UPLOADED -> Gone.INPUT_FILES;
      case OUTPUT -> Gone.OUTPUT_FILES;
      case ERRORS -> Gone.ERROR_FILES;
    };
  }

  private static ObjectNode described(StoredFile file, boolean early) {
    ObjectNode body =
        Json.object()
            .put("id", file.id())
            .put("object", "file")
            .put("bytes", file.bytes())
            .put("created_at", file.createdAt());
    if (file.expiresAt() > 0) {
      body.put("expires_at", file.expiresAt());
    }
    return body.put("filename", file.description().filename())
        .put("purpose", file.description().purpose())
        .put("status", early ? "uploaded" : "processed")
        .putNull("status_details");
  }

  private static void remove(Path path) {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // The store removes its folder in the end.
      }
    }
  }

  long taken() {
    return taken.get();
  }

  long refused() {
    return refused.get();
  }

  void reset() {
    taken.set(0);
    refused.set(0);
  }
}
