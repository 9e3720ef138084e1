package io.sparkllm.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What the connector logs in the tests' JVM at WARN and above, while this is open. */
public final class LogWatch implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private final AbstractAppender appender =
      new AbstractAppender("log-watch", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          if (event.getLoggerName().startsWith("io.sparkllm.")
              && event.getLevel().isMoreSpecificThan(Level.WARN)) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
          }
        }
      };

  /** Starts to watch. */
  public LogWatch() {
    appender.start();
    root().addAppender(appender);
  }

  private static Logger root() {
    return (Logger) LogManager.getRootLogger();
  }

  /** Level and message of what was logged, in its order. */
  public List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    root().removeAppender(appender);
  }
}
