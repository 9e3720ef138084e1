package io.sparkllm.config;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options.Api;
import io.sparkllm.config.Options.AuthHeader;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where requests go and with which headers: the options' endpoint, resolved on the driver. The key
 * and the headers travel inside the task closure and print as hashes. Immutable.
 */
public final class Endpoint implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Pattern AZURE =
      Pattern.compile(
          ".*\\.(openai\\.azure\\.com|cognitiveservices\\.azure\\.com|services\\.ai\\.azure\\.com)");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");

  private static final Pattern CREDENTIALS = Pattern.compile("[A-Za-z][\\w-]* +(\\S+)");

  private static final int SHORTEST_SECRET = 8;
  private static final Pattern KEY_HEADER =
      Pattern.compile("(proxy-)?authorization|(x-)?(goog-)?api-?key", Pattern.CASE_INSENSITIVE);

  private final String baseUrl;
  private final String query;
  private final String model;
  private final AuthHeader authHeader;
  private final Secret key;
  private final TreeMap<String, Secret> headers;

  private Endpoint(
      String baseUrl,
      String query,
      String model,
      AuthHeader authHeader,
      Secret key,
      Map<String, Secret> headers) {
    this.baseUrl = baseUrl;
    this.query = query;
    this.model = model;
    this.authHeader = authHeader;
    this.key = key;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
  }

  /**
   * Resolves the endpoint of remote options: reads the key and builds the URL.
   *
   * @param options the options; their endpoint is not {@code local}
   * @param environment where {@code apiKeyEnv} is looked up, normally {@link System#getenv()}
   * @return the endpoint
   * @throws IllegalArgumentException naming option, value and cure: no key, a key over plain HTTP,
   *     no base URL
   */
  public static Endpoint resolve(LlmOptions options, Map<String, String> environment) {
    URI base = baseUri(options);
    boolean loopback = LOOPBACK.matcher(base.getHost()).matches();
    Secret key =
        options.get(Options.AUTH_HEADER) == AuthHeader.NONE ? null : key(options, environment);
    if (key == null && !loopback && options.get(Options.AUTH_HEADER) != AuthHeader.NONE) {
      throw new IllegalArgumentException(
          "No key for "
              + base.getHost()
              + ": the environment variable "
              + options.get(Options.API_KEY_ENV)
              + " is not set on the driver; set it, or apiKeyFile, or authHeader=none for a server"
              + " without keys");
    }
    if ((key != null || hasKeyHeader(options))
        && base.getScheme().equals("http")
        && !loopback
        && !options.get(Options.ALLOW_HTTP_KEY)) {
      throw new IllegalArgumentException(
          "Option endpoint is "
              + base
              + ", where the key would travel unencrypted; use https, or authHeader=none, or"
              + " allowHttpKey=true if the network is trusted");
    }
    return of(base, options, key);
  }

  /**
   * Whether a key travels in {@code headers}, where it needs the same care as any.
   *
   * @param options the options
   * @return true for a header such as {@code Authorization} or {@code x-api-key}
   */
  public static boolean hasKeyHeader(LlmOptions options) {
    return options.isSet(Options.HEADERS)
        && Json.textMap(options.get(Options.HEADERS)).keySet().stream()
            .anyMatch(name -> KEY_HEADER.matcher(name).matches());
  }

  /**
   * The endpoint of options that use the built-in one, which takes no key.
   *
   * @param options the options
   * @param url the running local endpoint's base URL
   * @return the endpoint
   */
  public static Endpoint local(LlmOptions options, String url) {
    return of(URI.create(url), options.with(Options.AUTH_HEADER, AuthHeader.NONE), null);
  }

  /**
   * The endpoint for looking at requests only: nothing is read from the environment.
   *
   * @param options the options
   * @return the endpoint, where {@code local} stands as itself
   * @throws IllegalArgumentException when the option endpoint is no base URL
   */
  public static Endpoint withoutKey(LlmOptions options) {
    return options.isLocal()
        ? local(options, "http://local/v1")
        : of(baseUri(options), options, null);
  }

  private static Endpoint of(URI base, LlmOptions options, Secret key) {
    Map<String, Secret> headers = new LinkedHashMap<>();
    if (options.isSet(Options.HEADERS)) {
      Json.textMap(options.get(Options.HEADERS))
          .forEach((name, value) -> headers.put(name, header(name, value)));
    }
    String version = options.get(Options.API_VERSION);
    return new Endpoint(
        base.toString(),
        version == null ? "" : "?api-version=" + URLEncoder.encode(version, StandardCharsets.UTF_8),
        options.model(),
        options.get(Options.AUTH_HEADER),
        key,
        headers);
  }

  private static URI baseUri(LlmOptions options) {
    String given = options.get(Options.ENDPOINT).trim().replaceAll("/+$", "");
    int colon = Math.max(0, given.indexOf("://"));
    String text = given.substring(0, colon).toLowerCase(Locale.ROOT) + given.substring(colon);
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // Not as the cause: its message repeats the text with whatever secret it holds.
      throw badEndpoint(text, "it is no URL");
    }
    if (uri.getHost() == null && text.matches("https?://[^/]*_.*")) {
      throw badEndpoint(text, "a host name with an underscore is not valid; give it another name");
    }
    if (uri.getPort() > 65_535) {
      throw badEndpoint(text, "ports end at 65535");
    }
    if (uri.getHost() == null
        || !List.of("http", "https").contains(String.valueOf(uri.getScheme()))) {
      throw badEndpoint(text, "it is no http or https URL");
    }
    if (uri.getUserInfo() != null) {
      throw badEndpoint(text, "it holds credentials");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw badEndpoint(text, "it has a query; give api-version as the option apiVersion");
    }
    if (text.endsWith("/chat/completions") || text.endsWith("/responses")) {
      throw badEndpoint(text, "give the base URL, without the path of the call");
    }
    return withAzurePath(uri, options);
  }

  /**
   * Azure resources are often given bare. With an api-version they take the deployment in the path,
   * else the {@code /openai/v1} form; the Responses API has no deployment path.
   */
  private static URI withAzurePath(URI uri, LlmOptions options) {
    boolean bare = uri.getPath() == null || uri.getPath().isEmpty();
    if (!bare || !AZURE.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches()) {
      return uri;
    }
    String version = options.get(Options.API_VERSION);
    if (version == null || version.equals("preview") || version.equals("latest")) {
      return URI.create(uri + "/openai/v1");
    }
    return URI.create(
        options.get(Options.API) == Api.RESPONSES
            ? uri + "/openai"
            : uri
                + "/openai/deployments/"
                + URLEncoder.encode(options.model(), StandardCharsets.UTF_8).replace("+", "%20"));
  }

  /** Users paste URLs with passwords and keys in them; those must not stand in a message. */
  private static IllegalArgumentException badEndpoint(String text, String why) {
    String shown =
        text.replaceAll("//.*@", "//<hidden>@").replaceAll("[?#].*", "").replaceAll("\\s+", " ");
    return new IllegalArgumentException(
        "Option endpoint is '"
            + shown
            + "': "
            + why
            + "; allowed: a base URL such as https://api.openai.com/v1, or local");
  }

  private static Secret key(LlmOptions options, Map<String, String> environment) {
    Secret literal = options.get(Options.API_KEY);
    if (literal != null) {
      return checked(literal, "apiKey");
    }
    String file = options.get(Options.API_KEY_FILE);
    if (file != null) {
      return checked(fromFile(file), "apiKeyFile");
    }
    String name = options.get(Options.API_KEY_ENV);
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : checked(Secret.of(value.trim()), name);
  }

  private static Secret fromFile(String file) {
    try {
      String first = Files.readString(Path.of(file)).lines().findFirst().orElse("").trim();
      if (!first.isEmpty()) {
        return Secret.of(first);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Option apiKeyFile is '" + file + "', which the driver cannot read; give a file it can",
          e);
    }
    throw new IllegalArgumentException(
        "Option apiKeyFile is '" + file + "', whose first line is empty; put the key there");
  }

  private static Secret header(String name, String value) {
    boolean valid =
        name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
            && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 127));
    if (!valid) {
      throw new IllegalArgumentException(
          "Option headers: the header "
              + name
              + " holds a character that headers cannot; allowed: printable ASCII");
    }
    return Secret.of(value);
  }

  /** A key with a line break or a character beyond ASCII cannot stand in a header. */
  private static Secret checked(Secret key, String source) {
    if (!key.reveal().chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "The key from "
              + source
              + " holds a character that cannot stand in a header (a space or line break?); give the"
              + " key alone");
    }
    return key;
  }

  /**
   * The URL of one call.
   *
   * @param path the API's path, such as {@code /chat/completions}
   * @return the absolute URL, with Azure's query where it is set
   */
  public URI url(String path) {
    return URI.create(baseUrl + path + query);
  }

  /**
   * The URL of what belongs to the account and not to a model: files and batches. On Azure these
   * lie beside the deployments.
   *
   * @param path for example {@code /files}
   * @param parameters a query such as {@code limit=100}; null for none
   * @return the absolute URL, with Azure's query where it is set
   */
  public URI serviceUrl(String path, String parameters) {
    String url = baseUrl.replaceFirst("/openai/deployments/[^/]+$", "/openai") + path + query;
    return URI.create(parameters == null ? url : url + (query.isEmpty() ? "?" : "&") + parameters);
  }

  /**
   * The base URL, for messages.
   *
   * @return for example {@code https://api.openai.com/v1}
   */
  public String baseUrl() {
    return baseUrl;
  }

  /**
   * Whether this is OpenAI's own service or Azure's, whose newer models know the length limit of a
   * chat by its new name only.
   *
   * @return false for other servers
   */
  public boolean isOpenAi() {
    String host = URI.create(baseUrl).getHost().toLowerCase(Locale.ROOT);
    return host.equals("openai.com")
        || host.endsWith(".openai.com")
        || AZURE.matcher(host).matches();
  }

  /**
   * Whether this is Azure's service.
   *
   * @return false for other servers
   */
  public boolean isAzure() {
    return AZURE.matcher(URI.create(baseUrl).getHost().toLowerCase(Locale.ROOT)).matches();
  }

  /**
   * The headers of a request, the key's among them unless the options' headers replace it. For the
   * HTTP client only.
   *
   * @return names and values
   */
  public Map<String, String> revealHeaders() {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (key != null && authHeader == AuthHeader.BEARER) {
      all.put("Authorization", "Bearer " + key.reveal());
    } else if (key != null) {
      all.put("api-key", key.reveal());
    }
    headers.forEach((name, value) -> all.put(name, value.reveal()));
    return all;
  }

  /**
   * The names of the headers of a request.
   *
   * @return names, the key's header first
   */
  public List<String> headerNames() {
    List<String> names = new ArrayList<>();
    switch (authHeader) {
      case BEARER -> names.add("Authorization");
      case API_KEY -> names.add("api-key");
      case NONE -> {}
    }
    names.addAll(headers.keySet());
    return names;
  }

  /**
   * Removes the key and the values of the headers from a text.
   *
   * @param text any text, such as a server's error message
   * @return the text without secrets
   */
  public String redact(String text) {
    List<String> secrets = new ArrayList<>();
    if (key != null) {
      secrets.add(key.reveal());
    }
    for (Map.Entry<String, Secret> e : headers.entrySet()) {
      Secret header = e.getValue();
      if (header.reveal().length() < SHORTEST_SECRET && !KEY_HEADER.matcher(e.getKey()).matches()) {
        // A word such as a team's name, which messages may hold for other reasons.
        continue;
      }
      secrets.add(header.reveal());
      // "Bearer abc": services repeat the credentials without their scheme.
      Matcher credentials = CREDENTIALS.matcher(header.reveal());
      if (credentials.matches()) {
        secrets.add(credentials.group(1));
      }
    }
    // The longest first, or the rest of one that begins as another would stay.
    secrets.sort(Comparator.comparingInt(String::length).reversed());
    String redacted = text;
    for (String secret : secrets) {
      redacted = Secret.of(secret).redact(redacted);
    }
    return redacted;
  }

  /**
   * What shares one budget: endpoint, key and model.
   *
   * @return a name that holds the key's hash only
   */
  public String budgetId() {
    List<String> parts = new ArrayList<>(List.of(baseUrl, model));
    if (key != null) {
      parts.add(key.fingerprint());
    }
    headers.forEach(
        (name, value) -> {
          if (KEY_HEADER.matcher(name).matches()) {
            parts.add(value.fingerprint());
          }
        });
    return String.join("|", parts);
  }

  @Override
  public String toString() {
    return budgetId();
  }
}
