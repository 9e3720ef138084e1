package io.sparkllm.architecture;

import io.sparkllm.shaded.fixture.Relocated;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.RelationProvider;

/** Classes that break the rules, each in one way, and some that do not. */
public final class Fixtures {

  private Fixtures() {}

  public static final class Returns {
    public Relocated[] find() {
      return new Relocated[0];
    }
  }

  public static final class TakesInAList {
    public TakesInAList(List<Relocated> values) {
      values.clear();
    }
  }

  public static class Throws {
    protected void call() throws Relocated {
      throw new Relocated();
    }
  }

  public static final class HasField {
    public final Relocated value = new Relocated();
  }

  public static final class Extends extends Relocated {}

  public static final class KeepsToItself {
    private final Relocated value = new Relocated();

    Relocated value() {
      return value;
    }
  }

  static final class UsesUnrelocated {
    String text() {
      return new com.fasterxml.jackson.databind.ObjectMapper().createArrayNode().toString();
    }
  }

  static final class NotExported {
    public Relocated find() {
      return new Relocated();
    }
  }

  public static final class ReturnsScala {
    public scala.Option<String> find() {
      return scala.Option.empty();
    }
  }

  public static final class OverridesSpark implements RelationProvider {
    @Override
    public BaseRelation createRelation(
        SQLContext context, scala.collection.immutable.Map<String, String> parameters) {
      throw new UnsupportedOperationException();
    }
  }

  @SuppressWarnings("NonFinalStaticField")
  static final class Counts {
    static int count;

    private Counts() {}
  }

  static final class Caches {
    static final Map<String, String> CACHE = new ConcurrentHashMap<>();

    private Caches() {}
  }

  static final class Sums {
    static final AtomicLong SUM = new AtomicLong();

    private Sums() {}
  }

  static final class OnlyConstants {
    static final List<String> NAMES = List.of("a");
    static final Map<String, Integer> SIZES = Map.of("a", 1);
    static final String NAME = "a";

    private OnlyConstants() {}
  }
}
