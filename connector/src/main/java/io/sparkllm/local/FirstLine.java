package io.sparkllm.local;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at the first line of an upload, whatever its length, without keeping it. */
final class FirstLine {
  private static final int BYTE_ORDER_MARK = 0xEF;

  private FirstLine() {}

  /** Whether it is one JSON object, without a byte order mark before it. */
  static boolean isRequest(Path file) throws IOException {
    try (InputStream in = new UpToLineEnd(Files.newInputStream(file))) {
      in.mark(1);
      if (in.read() == BYTE_ORDER_MARK) {
        return false;
      }
      in.reset();
      try (JsonParser parser = Json.MAPPER.getFactory().createParser(in)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          return false;
        }
        parser.skipChildren();
        return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      }
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return false;
    }
  }

  /** The model that it asks for; null when it cannot be told. */
  static String model(Path file) throws IOException {
    try (InputStream in = new UpToLineEnd(Files.newInputStream(file));
        JsonParser parser = Json.MAPPER.getFactory().createParser(in)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
          depth++;
        } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
          depth--;
        } else if (depth == 2
            && token == JsonToken.VALUE_STRING
            && "model".equals(parser.currentName())) {
          return parser.getText();
        }
      }
      return null;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return null;
    }
  }

  /** Ends where the line ends. */
  private static final class UpToLineEnd extends FilterInputStream {
    private boolean ended;

    UpToLineEnd(InputStream in) {
      super(new BufferedInputStream(in, 65_536));
    }

    @Override
    public int read() throws IOException {
      int next = ended ? -1 : in.read();
      ended |= next == '\n';
      return ended ? -1 : next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = 0;
      while (count < length) {
        int next = read();
        if (next < 0) {
          break;
        }
        bytes[offset + count] = (byte) next;
        count++;
      }
      return count == 0 && length > 0 ? -1 : count;
    }
  }
}
