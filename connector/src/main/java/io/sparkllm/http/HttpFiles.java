package io.sparkllm.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.entity.mime.AbstractContentBody;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls that take a whole file one way or the other, in constant memory; the caller waits. It
 * retries nothing and follows no redirect. Proxy and trust store follow the JVM's system
 * properties. For one thread.
 */
public final class HttpFiles implements AutoCloseable {
  /** Without a single byte; a file as a whole takes as long as it takes. */
  private static final Timeout SILENCE = Timeout.ofMinutes(3);

  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);

  /** Replies that are no files are small; a list of 100 batches is below a megabyte. */
  private static final int MAX_REPLY = 16 << 20;

  /** Writes a file that is uploaded; called again when the connection broke. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param out where to
     * @throws IOException when it cannot be read or written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  private final Map<String, String> headers;
  private final CloseableHttpClient client;

  /**
   * Opens no connection yet.
   *
   * @param headers sent with each call; their values are never logged
   */
  public HttpFiles(Map<String, String> headers) {
    this.headers = headers;
    this.client =
        HttpClients.custom()
            .useSystemProperties()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .useSystemProperties()
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(CONNECT_TIMEOUT)
                            .setSocketTimeout(SILENCE)
                            .setValidateAfterInactivity(TimeValue.ofSeconds(4))
                            .build())
                    .build())
            .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(SILENCE).build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .setUserAgent("spark-llm-batch")
            .build();
  }

  /**
   * Sends a GET.
   *
   * @param url where to
   * @return the reply
   */
  public Reply get(URI url) {
    return send(new HttpGet(url), HttpFiles::whole);
  }

  /**
   * Sends a POST.
   *
   * @param url where to
   * @param json the body; empty for none
   * @return the reply
   */
  public Reply post(URI url, String json) {
    HttpPost post = new HttpPost(url);
    if (!json.isEmpty()) {
      post.setEntity(new StringEntity(json, ContentType.APPLICATION_JSON));
    }
    return send(post, HttpFiles::whole);
  }

  /**
   * Uploads a file as a form.
   *
   * @param url where to
   * @param fields names and values of the form's other fields
   * @param name the file's name
   * @param length its bytes
   * @param content writes it
   * @return the reply
   */
  public Reply upload(
      URI url, List<Map.Entry<String, String>> fields, String name, long length, Content content) {
    MultipartEntityBuilder form = MultipartEntityBuilder.create();
    fields.forEach(field -> form.addTextBody(field.getKey(), field.getValue()));
    form.addPart("file", new FilePart(name, length, content));
    HttpPost post = new HttpPost(url);
    post.setEntity(form.build());
    return send(post, HttpFiles::whole);
  }

  /**
   * Fetches a file.
   *
   * @param url where from
   * @param target the file that is written, whatever stood there before
   * @return the reply; without a body where the file was written
   */
  public Reply download(URI url, Path target) {
    return send(
        new HttpGet(url),
        response -> {
          if (response.getCode() != 200) {
            return whole(response);
          }
          try (OutputStream out = Files.newOutputStream(target)) {
            if (response.getEntity() != null) {
              response.getEntity().writeTo(out);
            }
          }
          return new Reply.Response(200, headersOf(response), new byte[0]);
        });
  }

  private Reply send(HttpUriRequestBase request, HttpClientResponseHandler<Reply> handler) {
    headers.forEach((name, value) -> request.setHeader(new HiddenHeader(name, value)));
    try {
      return client.execute(request, handler);
    } catch (IOException e) {
      return BrokenReplies.of(e);
    }
  }

  private static Reply whole(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    byte[] body = entity == null ? new byte[0] : entity.getContent().readNBytes(MAX_REPLY);
    return new Reply.Response(response.getCode(), headersOf(response), body);
  }

  private static Map<String, String> headersOf(ClassicHttpResponse response) {
    Map<String, String> all = new HashMap<>();
    for (Header header : response.getHeaders()) {
      all.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    return all;
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }

  /** A part of known length that can be sent again. */
  private static final class FilePart extends AbstractContentBody {
    private final String name;
    private final long length;
    private final Content content;

    FilePart(String name, long length, Content content) {
      super(ContentType.create("application/jsonl", StandardCharsets.UTF_8));
      this.name = name;
      this.length = length;
      this.content = content;
    }

    @Override
    public String getFilename() {
      return name;
    }

    @Override
    public long getContentLength() {
      return length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      content.writeTo(out);
    }
  }
}
