package io.sparkllm.engine;

import static org.apache.spark.sql.functions.col;

import io.sparkllm.ledger.RequestFingerprints;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.RowMessages;
import java.time.temporal.Temporal;
import java.util.Date;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Appends two columns, by which equal requests come together and find what the checkpoint holds:
 * the request's fingerprint (null for a row that cannot be asked) and its bucket. Makes no call.
 */
public final class FingerprintRows implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** Buckets where no ledger says how many. */
  public static final int BUCKETS = 256;

  /** Name of the column with the bucket. */
  public static final String BUCKET = "__sparkllm_bucket";

  /** Name of the column with the fingerprint. */
  public static final String FINGERPRINT = "__sparkllm_fingerprint";

  private final RowRequests requests;
  private final int buckets;

  /**
   * Takes how rows become requests.
   *
   * @param requests the requests
   * @param buckets the ledger's number of buckets
   */
  public FingerprintRows(RowRequests requests, int buckets) {
    this.requests = requests;
    this.buckets = buckets;
  }

  /**
   * Brings equal requests together, bucket by bucket: each bucket is whole in one partition, and
   * sorted. Lazy.
   *
   * @param input the DataFrame that the requests are for
   * @param partitions how many partitions there will be
   * @return the input's columns, then fingerprint and bucket
   */
  public Dataset<Row> arrange(Dataset<Row> input, int partitions) {
    return input
        .mapPartitions(this, Encoders.row(schema()))
        .repartition(partitions, col(BUCKET))
        .sortWithinPartitions(BUCKET, FINGERPRINT);
  }

  /**
   * The output's schema: the input's columns, then fingerprint and bucket.
   *
   * @return the schema
   */
  public StructType schema() {
    return requests
        .schema()
        .add(FINGERPRINT, DataTypes.StringType)
        .add(BUCKET, DataTypes.IntegerType);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    RowMessages messages = requests.messages();
    ApiCodec codec = requests.codec();
    RequestFingerprints fingerprints = requests.fingerprints();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        Row row = rows.next();
        String fingerprint = fingerprint(row, messages, codec, fingerprints);
        return with(
            row,
            fingerprint,
            fingerprint == null ? spread(row) : RequestFingerprints.bucket(fingerprint, buckets));
      }
    };
  }

  private static String fingerprint(
      Row row, RowMessages messages, ApiCodec codec, RequestFingerprints fingerprints) {
    try {
      return fingerprints.of(codec.encode(messages.of(row)));
    } catch (InvalidInputException e) {
      return null;
    } catch (RuntimeException e) {
      // As when it is asked: a bad row must not fail the job. It gets its error there.
      return null;
    }
  }

  /**
   * A table may be full of blank rows, which no task should have to take alone. The same for equal
   * rows: a shuffle must not change when its tasks run again.
   */
  private int spread(Row row) {
    int hash = 0;
    for (int i = 0; i < requests.schema().length(); i++) {
      Object value = row.get(i);
      if (value instanceof String
          || value instanceof Number
          || value instanceof Temporal
          || value instanceof Date) {
        hash = 31 * hash + value.hashCode();
      }
    }
    return Math.floorMod(hash, buckets);
  }

  private static Row with(Row row, String fingerprint, int bucket) {
    Object[] values = new Object[row.length() + 2];
    for (int i = 0; i < row.length(); i++) {
      values[i] = row.get(i);
    }
    values[row.length()] = fingerprint;
    values[row.length() + 1] = bucket;
    return RowFactory.create(values);
  }
}
