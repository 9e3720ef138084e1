package io.sparkllm.local.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An upload on its way: the part {@code file} goes to disk as it comes, up to a limit; the other
 * parts are kept as texts. Thread-safe, as a client may hang up while the upload is taken.
 */
public final class Upload {
  // Form fields are an id, a purpose, a number.
  private static final int MAX_FIELD = 65_536;
  private static final Pattern BOUNDARY =
      Pattern.compile(
          "multipart/form-data\\s*;.*?boundary=(?:\"([^\"]+)\"|([^;\\s]+)).*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("[;\\s]name=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern FILENAME =
      Pattern.compile("[;\\s]filename=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final FileStore store;
  private final long maxBytes;
  private final MultipartReader reader;
  private final Map<String, String> fields = new HashMap<>();
  private Path path;
  private FileChannel out;
  private String filename;
  private long bytes;
  private IOException failure;
  private boolean over;

  /**
   * A whole upload.
   *
   * @param fields the text parts by name
   * @param path of the content, now the taker's; null when no file was sent
   * @param filename as the client named it; null when it gave none
   * @param bytes of the file as it was sent
   * @param tooLarge whether it is over the limit; then the content is cut
   */
  public record Form(
      Map<String, String> fields, Path path, String filename, long bytes, boolean tooLarge) {
    /** Copies the fields. */
    public Form {
      fields = Map.copyOf(fields);
    }
  }

  private Upload(FileStore store, String boundary, long maxBytes) {
    this.store = store;
    this.maxBytes = maxBytes;
    this.reader = new MultipartReader(boundary, new Taker());
  }

  /**
   * Begins to take an upload.
   *
   * @param store where the file goes
   * @param contentType of the request
   * @param maxBytes most bytes of the file that are kept
   * @return null when the content type is not {@code multipart/form-data} with a boundary
   */
  public static Upload begin(FileStore store, String contentType, long maxBytes) {
    Matcher boundary = BOUNDARY.matcher(contentType == null ? "" : contentType);
    if (!boundary.matches()) {
      return null;
    }
    String given = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
    return new Upload(store, given, maxBytes);
  }

  /**
   * Takes more of the body. A failure (no room on the disk) is kept for {@link #form}.
   *
   * @param piece read whole
   */
  public synchronized void write(ByteBuffer piece) {
    if (over || failure != null) {
      piece.position(piece.limit());
      return;
    }
    try {
      reader.read(piece);
    } catch (IOException e) {
      failure = e;
      piece.position(piece.limit());
    }
  }

  /**
   * Hands over the upload once its body has ended.
   *
   * @return the parts
   * @throws IOException when the body was no whole form, or could not be kept; nothing is left then
   */
  public synchronized Form form() throws IOException {
    if (failure == null && !over && !reader.complete()) {
      failure = new IOException("The body ends before its closing boundary");
    }
    if (failure != null || over) {
      IOException told = failure == null ? new IOException("The client is gone") : failure;
      discard();
      throw told;
    }
    over = true;
    close();
    return new Form(fields, path, filename, bytes, bytes > maxBytes);
  }

  /** Gives the upload up, unless it was handed over. May be called at any time. */
  public synchronized void discard() {
    if (over) {
      return;
    }
    over = true;
    try {
      close();
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // The store removes its folder in the end.
    }
  }

  private void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }

  private static String unquoted(Pattern pattern, String head) {
    Matcher matcher = pattern.matcher(head);
    return matcher.find() ? matcher.group(1).replaceAll("\\\\(.)", "$1") : null;
  }

  /** Sorts the parts. */
  private final class Taker implements MultipartReader.Parts {
    private String field;
    private ByteArrayOutputStream text;
    private FileChannel file;

    @Override
    public void begin(String head) throws IOException {
      field = unquoted(NAME, head);
      text = new ByteArrayOutputStream();
      file = null;
      if ("file".equals(field) && path == null) {
        filename = unquoted(FILENAME, head);
        path = store.scratch();
        out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        file = out;
      }
    }

    @Override
    public void content(ByteBuffer piece) throws IOException {
      if (file != null) {
        bytes += piece.remaining();
        while (bytes <= maxBytes && piece.hasRemaining()) {
          file.write(piece);
        }
      } else if (text.size() + piece.remaining() > MAX_FIELD) {
        throw new IOException("The field " + field + " is longer than " + MAX_FIELD + " bytes");
      } else {
        byte[] copy = new byte[piece.remaining()];
        piece.get(copy);
        text.write(copy, 0, copy.length);
      }
    }

    @Override
    public void end() {
      if (file == null && field != null) {
        fields.put(field, text.toString(StandardCharsets.UTF_8));
      }
    }
  }
}
