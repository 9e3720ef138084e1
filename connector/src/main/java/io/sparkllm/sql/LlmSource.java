package io.sparkllm.sql;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.sources.RelationProvider;
import scala.Tuple2;
import scala.collection.Iterator;

/**
 * The data source {@code llm}: a table or a query with the answer and error columns behind its own.
 *
 * <pre>{@code
 * CREATE TEMPORARY VIEW labelled USING llm OPTIONS (
 *   table 'tickets', model 'gpt-4o-mini', prompt 'Classify as bug, question or other: {text}');
 * }</pre>
 *
 * <p>Options are {@code table} or {@code query} and every option of the library, in any case; keys
 * are refused, as Spark keeps the statement. The table or query is looked up when the view is made.
 * Making the view, DESCRIBE and EXPLAIN run no job and make no call; neither does a query that
 * selects no answer column make calls. Each query over the view calls anew, unless there is a
 * checkpoint or the view is cached.
 */
public final class LlmSource implements RelationProvider, DataSourceRegister {
  /** Made by Spark, for the name {@code llm} and for the name of this class. */
  public LlmSource() {}

  @Override
  public String shortName() {
    return "llm";
  }

  /**
   * Checks all options and columns, without a job or a call.
   *
   * @throws IllegalArgumentException naming option or column, value and cure
   */
  @Override
  public BaseRelation createRelation(
      SQLContext context, scala.collection.immutable.Map<String, String> parameters) {
    Map<String, String> given = new TreeMap<>();
    Iterator<Tuple2<String, String>> entries = parameters.iterator();
    while (entries.hasNext()) {
      Tuple2<String, String> entry = entries.next();
      given.put(entry._1(), entry._2());
    }
    SourceOptions options = SourceOptions.of(given);
    return new LlmRelation(context, options.input().read(context.sparkSession()), options.llm());
  }
}
