package io.sparkllm.batch.rows;

import io.sparkllm.batch.service.BatchClient;
import io.sparkllm.batch.service.ServiceException;
import io.sparkllm.config.Endpoint;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.RequestFingerprints;
import io.sparkllm.openai.ResultLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives what is known of the requests of batches, to be brought together by a shuffle: a row for
 * each request that was submitted, and one for each line of the results. Results are fetched to
 * local files, so a connection that breaks gives no line twice, and memory stays small.
 */
final class ReadResults implements MapPartitionsFunction<Long, Row> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReadResults.class);

  static final String BUCKET = "bucket";
  static final String ID = "id";

  /** The columns: bucket and fingerprint, the file's index, the line (null: was submitted). */
  static final StructType SCHEMA =
      new StructType()
          .add(BUCKET, DataTypes.IntegerType)
          .add(ID, DataTypes.StringType)
          .add("file", DataTypes.IntegerType)
          .add("line", DataTypes.BinaryType);

  /** In place of a fingerprint, for lines that name none. */
  static final String UNREADABLE = "";

  private final ArrayList<RequestFile> batches;
  private final Endpoint endpoint;
  private final Ledger ledger;

  ReadResults(List<RequestFile> batches, Endpoint endpoint, Ledger ledger) {
    this.batches = new ArrayList<>(batches);
    this.endpoint = endpoint;
    this.ledger = ledger;
  }

  @Override
  public Iterator<Row> call(Iterator<Long> indices) throws IOException {
    List<Source> sources = new ArrayList<>();
    while (indices.hasNext()) {
      int index = Math.toIntExact(indices.next());
      RequestFile batch = batches.get(index);
      ChunkFiles chunks = new ChunkFiles(ledger);
      batch
          .chunks()
          .forEach(chunk -> sources.add(new Source(index, true, () -> chunks.read(chunk))));
      for (String id : new String[] {batch.outputFileId(), batch.errorFileId()}) {
        if (id != null) {
          sources.add(new Source(index, false, () -> fetch(id)));
        }
      }
    }
    return new Lines(sources.iterator());
  }

  /** The lines of a result file; none where the service has lost it. */
  private LineReader fetch(String fileId) throws IOException {
    Path file = Files.createTempFile("spark-llm-results", ".jsonl");
    TaskCompletionListener whenDone = context -> delete(file);
    TaskContext.get().addTaskCompletionListener(whenDone);
    try (BatchClient client = new BatchClient(endpoint)) {
      client.download(fileId, file);
    } catch (ServiceException e) {
      if (!e.isNotFound()) {
        throw new IOException(e.getMessage(), e);
      }
      LOG.warn("{}; its requests count as missing", e.getMessage());
    }
    return new LineReader(Files.newInputStream(file));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Cannot delete {}: {}", file, e.getMessage());
    }
  }

  /** Opens lines. */
  private interface Opening {
    LineReader open() throws IOException;
  }

  /** Lines of one file: of requests, or of results. */
  private record Source(int index, boolean submitted, Opening opening) {}

  private final class Lines implements Iterator<Row> {
    private final Iterator<Source> sources;
    private Source source;
    private LineReader reader;
    private Row next;

    Lines(Iterator<Source> sources) {
      this.sources = sources;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && advance()) {
          Cancelled.check();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return next != null;
    }

    private boolean advance() throws IOException {
      if (reader == null) {
        if (!sources.hasNext()) {
          return false;
        }
        source = sources.next();
        reader = source.opening().open();
      }
      byte[] line = reader.next();
      if (line == null) {
        reader.close();
        reader = null;
      } else {
        next = source.submitted() ? submitted(line) : result(line);
      }
      return true;
    }

    private Row submitted(byte[] line) {
      String id = RequestLine.fingerprint(line);
      return RowFactory.create(ledger.bucketOf(id), id, source.index(), null);
    }

    private Row result(byte[] line) {
      String id = ResultLine.customId(line);
      if (id == null) {
        return RowFactory.create(0, UNREADABLE, source.index(), new byte[0]);
      }
      int bucket = RequestFingerprints.isOne(id) ? ledger.bucketOf(id) : 0;
      return RowFactory.create(bucket, id, source.index(), line);
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = next;
      next = null;
      return row;
    }
  }
}
