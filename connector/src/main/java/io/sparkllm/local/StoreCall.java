package io.sparkllm.local;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What clients may ask of files and batches; the script writes it in lower case. */
enum StoreCall {
  UPLOAD,
  LIST_FILES,
  RETRIEVE_FILE,
  DELETE_FILE,
  CONTENT,
  CREATE,
  LIST,
  RETRIEVE,
  CANCEL;

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(StoreCall::key).toList();
  }
}
