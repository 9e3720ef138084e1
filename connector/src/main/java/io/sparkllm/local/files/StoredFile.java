package io.sparkllm.local.files;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A file that the endpoint keeps. Its content never changes. Thread-safe. */
public final class StoredFile {
  private final String id;
  private final Path path;
  private final long bytes;
  private final Description description;
  private final long createdAt;
  private final AtomicInteger looks = new AtomicInteger();

  /** Where a file comes from. */
  public enum Role {
    /** A client uploaded it. */
    UPLOADED,
    /** The answers of a batch. */
    OUTPUT,
    /** The failures of a batch. */
    ERRORS
  }

  /**
   * What a file is.
   *
   * @param filename as its maker named it
   * @param purpose e.g. {@code batch}, {@code batch_output}
   * @param role where it comes from
   * @param lifeSeconds seconds from its creation until it expires; 0 = never
   */
  public record Description(String filename, String purpose, Role role, long lifeSeconds) {}

  StoredFile(String id, Path path, long bytes, Description description, long createdAt) {
    this.id = id;
    this.path = path;
    this.bytes = bytes;
    this.description = description;
    this.createdAt = createdAt;
  }

  /**
   * Its id.
   *
   * @return {@code file-} and 24 characters
   */
  public String id() {
    return id;
  }

  /**
   * Where its content lies.
   *
   * @return the path; gone once the file is deleted
   */
  public Path path() {
    return path;
  }

  /**
   * Its size.
   *
   * @return bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * What it is.
   *
   * @return name, purpose, role, life
   */
  public Description description() {
    return description;
  }

  /**
   * When it was stored.
   *
   * @return seconds since 1970, by the store's clock
   */
  public long createdAt() {
    return createdAt;
  }

  /**
   * When it expires.
   *
   * @return seconds since 1970; 0 = never
   */
  public long expiresAt() {
    return description.lifeSeconds() == 0 ? 0 : createdAt + description.lifeSeconds();
  }

  /**
   * Counts one look at the file.
   *
   * @return how many there have been now: 1 the first time
   */
  public int look() {
    return looks.incrementAndGet();
  }

  /**
   * How often it was looked at.
   *
   * @return 0 before the first time
   */
  public int looks() {
    return looks.get();
  }
}
