"""Every option, as Java declares it. Written by PythonOptionsTest; change nothing here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Mapping, Sequence, Tuple, TypedDict, Union

from sparkllm._option import Option

if TYPE_CHECKING:
    from typing import Literal


class OptionValues(TypedDict, total=False):
    """The keyword arguments of every constructor."""

    endpoint: str
    api_key_env: str
    api_key_file: str
    api_key: str
    auth_header: Literal["bearer", "api-key", "none"]
    headers: Union[str, Mapping[str, Any]]
    api_version: str
    allow_http_key: bool
    api: Literal["chat", "responses", "embeddings", "moderations"]
    model: str
    prompt: str
    text_col: str
    system: str
    messages_col: str
    task: Literal["classify", "sentiment", "summarize", "translate", "extract", "embed", "moderate"]
    labels: Union[str, Sequence[str], Mapping[str, str]]
    multi_label: bool
    max_words: int
    language: str
    temperature: float
    max_tokens: int
    params: Union[str, Mapping[str, Any]]
    returns: Union[str, Mapping[str, Any]]
    schema_retries: int
    service_tier: str
    flex_fallback: Literal["none", "default"]
    mode: Literal["realtime", "array", "packed", "batch"]
    batch_size: int
    dimensions: int
    max_input_tokens: int
    truncate: Literal["none", "head", "tail"]
    dialect: Literal["openai", "vllm"]
    array_path: str
    array_fallback: Literal["none", "realtime"]
    batch_fallback: Literal["none", "realtime"]
    batch_file_requests: int
    batch_enqueued_tokens: int
    batch_files_expire: Union[str, float, timedelta]
    concurrency: int
    requests_per_minute: int
    tokens_per_minute: int
    max_attempts: int
    request_timeout: Union[str, float, timedelta]
    row_timeout: Union[str, float, timedelta]
    ordered: bool
    dedupe: bool
    checkpoint: str
    retry_errors: str
    on_fatal: Literal["fail", "column"]
    max_error_ratio: float
    prices: str
    max_cost: float
    max_total_tokens: int
    response_col: str
    error_col: str
    metadata_col: str


OPTIONS: Tuple[Option, ...] = (
    Option(
        java_name="endpoint",
        name="endpoint",
        kind="text",
        default="https://api.openai.com/v1",
        allowed="a text",
        sensitive=False,
        doc="Base URL of an OpenAI-compatible service, or `local` for the built-in endpoint",
    ),
    Option(
        java_name="apiKeyEnv",
        name="api_key_env",
        kind="text",
        default="OPENAI_API_KEY",
        allowed="a text",
        sensitive=False,
        doc="Environment variable, on the driver, that holds the key",
    ),
    Option(
        java_name="apiKeyFile",
        name="api_key_file",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="File, on the driver, whose first line is the key; wins over api_key_env",
    ),
    Option(
        java_name="apiKey",
        name="api_key",
        kind="text",
        default=None,
        allowed="a key",
        sensitive=True,
        doc="The key itself, in Java and Python code only (from a secret store, say)",
    ),
    Option(
        java_name="authHeader",
        name="auth_header",
        kind="choice",
        default="bearer",
        allowed="bearer, api-key, none",
        sensitive=False,
        doc="How the key travels; `api-key` for Azure, `none` for servers without keys",
    ),
    Option(
        java_name="headers",
        name="headers",
        kind="json",
        default=None,
        allowed="a JSON object of texts such as {\"X-Team\": \"data\"}",
        sensitive=True,
        doc="More request headers, as a JSON object of texts",
    ),
    Option(
        java_name="apiVersion",
        name="api_version",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Azure's api-version, sent as query parameter",
    ),
    Option(
        java_name="allowHttpKey",
        name="allow_http_key",
        kind="boolean",
        default="false",
        allowed="true or false",
        sensitive=False,
        doc="Lets a key go over plain HTTP to a host other than this machine",
    ),
    Option(
        java_name="api",
        name="api",
        kind="choice",
        default="chat",
        allowed="chat, responses, embeddings, moderations",
        sensitive=False,
        doc="The endpoint's API that is called",
    ),
    Option(
        java_name="model",
        name="model",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Model (on Azure: deployment); required, but `local` with the local endpoint",
    ),
    Option(
        java_name="prompt",
        name="prompt",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Template of the user message; {column} stands for the row's value. This, text_col or messages_col",
    ),
    Option(
        java_name="textCol",
        name="text_col",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Column whose value is sent as it is: the same as prompt={column}",
    ),
    Option(
        java_name="system",
        name="system",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Template of the system message (instructions), {column} as in prompt",
    ),
    Option(
        java_name="messagesCol",
        name="messages_col",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Column with whole conversations: an array of (role, content) structs, or its JSON",
    ),
    Option(
        java_name="task",
        name="task",
        kind="choice",
        default=None,
        allowed="classify, sentiment, summarize, translate, extract, embed, moderate",
        sensitive=False,
        doc="What is done with each text of text_col, instead of a prompt: sets system, returns or api, unless they are set",
    ),
    Option(
        java_name="labels",
        name="labels",
        kind="labels",
        default=None,
        allowed="labels separated by commas, or a JSON object from label to description",
        sensitive=False,
        doc="Labels of task=classify: `bug,question,other`, or a JSON object that describes each",
    ),
    Option(
        java_name="multiLabel",
        name="multi_label",
        kind="boolean",
        default="false",
        allowed="true or false",
        sensitive=False,
        doc="Whether task=classify gives every label that fits, in `labels`, instead of one in `label`",
    ),
    Option(
        java_name="maxWords",
        name="max_words",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 10000",
        sensitive=False,
        doc="Words of a summary at most (task=summarize); unless set, one to three sentences",
    ),
    Option(
        java_name="language",
        name="language",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Language that task=translate translates into, such as `French`",
    ),
    Option(
        java_name="temperature",
        name="temperature",
        kind="decimal",
        default=None,
        allowed="a number from 0.0 to 2.0",
        sensitive=False,
        doc="Sampling temperature; not sent unless set, as some models refuse it",
    ),
    Option(
        java_name="maxTokens",
        name="max_tokens",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 1000000",
        sensitive=False,
        doc="Upper bound of an answer's length, in tokens",
    ),
    Option(
        java_name="params",
        name="params",
        kind="json",
        default=None,
        allowed="a JSON object such as {\"top_p\": 0.9}",
        sensitive=False,
        doc="Further fields of the request body, as a JSON object; wins over the shorthands",
    ),
    Option(
        java_name="returns",
        name="returns",
        kind="json",
        default=None,
        allowed="a schema such as label STRING, score DOUBLE",
        sensitive=False,
        doc="Schema of the answer, which then is a struct: Spark's DDL such as `label STRING, score DOUBLE`, a StructType as JSON, or a JSON Schema",
    ),
    Option(
        java_name="schemaRetries",
        name="schema_retries",
        kind="whole",
        default="2",
        allowed="a whole number from 0 to 10",
        sensitive=False,
        doc="How often a row is asked again, with the reason, whose answer does not fit returns",
    ),
    Option(
        java_name="serviceTier",
        name="service_tier",
        kind="text",
        default=None,
        allowed="a word such as auto, default, flex, priority or scale",
        sensitive=False,
        doc="Tier of the service (chat, responses); `flex` is as cheap as batches and answers at once, when there is room. With it request_timeout is 15min and row_timeout 1h unless set",
    ),
    Option(
        java_name="flexFallback",
        name="flex_fallback",
        kind="choice",
        default="none",
        allowed="none, default",
        sensitive=False,
        doc="What asks a row that the flex tier had no room for three times: the same tier further on, or the `default` one, at its price",
    ),
    Option(
        java_name="mode",
        name="mode",
        kind="choice",
        default="realtime",
        allowed="realtime, array, packed, batch",
        sensitive=False,
        doc="`realtime` asks row by row (embeddings, moderations: many inputs a call); `array` posts many requests as one JSON array; `packed` puts many rows into one prompt; `batch` takes the answers of the Batch API (half price, within 24 h) from the checkpoint",
    ),
    Option(
        java_name="batchSize",
        name="batch_size",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 2048",
        sensitive=False,
        doc="Rows in one call at most, where calls carry many; unless set 2048 for embeddings, else 32. Sizes start small and grow",
    ),
    Option(
        java_name="dimensions",
        name="dimensions",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 100000",
        sensitive=False,
        doc="Length of the vectors (embeddings); unless set, the model's own",
    ),
    Option(
        java_name="maxInputTokens",
        name="max_input_tokens",
        kind="whole",
        default="8192",
        allowed="a whole number from 1 to 10000000",
        sensitive=False,
        doc="Longest input of embeddings, in tokens, estimated as a token for four bytes of UTF-8",
    ),
    Option(
        java_name="truncate",
        name="truncate",
        kind="choice",
        default="none",
        allowed="none, head, tail",
        sensitive=False,
        doc="An input of embeddings that is too long: `none` makes the row an error, `head` sends its beginning, `tail` its end",
    ),
    Option(
        java_name="dialect",
        name="dialect",
        kind="choice",
        default="openai",
        allowed="openai, vllm",
        sensitive=False,
        doc="Form of mode=array: request objects, or the conversations of vLLM's `/chat/completions/batch`",
    ),
    Option(
        java_name="arrayPath",
        name="array_path",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Path below endpoint that takes the arrays of mode=array, such as `/many`; unless set, the API's own",
    ),
    Option(
        java_name="arrayFallback",
        name="array_fallback",
        kind="choice",
        default="none",
        allowed="none, realtime",
        sensitive=False,
        doc="Where the server takes no arrays: `none` fails the job, `realtime` asks row by row",
    ),
    Option(
        java_name="batchFallback",
        name="batch_fallback",
        kind="choice",
        default="none",
        allowed="none, realtime",
        sensitive=False,
        doc="What asks the rows that batches did not answer: further batches, or `realtime` calls",
    ),
    Option(
        java_name="batchFileRequests",
        name="batch_file_requests",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 1000000",
        sensitive=False,
        doc="Requests in one file of the Batch API at most; unless set 50000, on Azure 100000",
    ),
    Option(
        java_name="batchEnqueuedTokens",
        name="batch_enqueued_tokens",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 1000000000000",
        sensitive=False,
        doc="Prompt tokens in live batches at most; unless set, learned when the service refuses",
    ),
    Option(
        java_name="batchFilesExpire",
        name="batch_files_expire",
        kind="duration",
        default=None,
        allowed="a time from 1h to 720h, such as 500ms, 180s or 15min",
        sensitive=False,
        doc="After how long the service deletes the files of batches; unless set, after its default",
    ),
    Option(
        java_name="concurrency",
        name="concurrency",
        kind="whole",
        default="64",
        allowed="a whole number from 1 to 4096",
        sensitive=False,
        doc="Calls in flight at most, per executor; fewer while the service refuses",
    ),
    Option(
        java_name="requestsPerMinute",
        name="requests_per_minute",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 100000000",
        sensitive=False,
        doc="Requests per minute at most, evenly paced, of the whole Spark application",
    ),
    Option(
        java_name="tokensPerMinute",
        name="tokens_per_minute",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 1000000000000",
        sensitive=False,
        doc="Tokens (prompt and answer) per minute at most, evenly paced, of the whole application",
    ),
    Option(
        java_name="maxAttempts",
        name="max_attempts",
        kind="whole",
        default="8",
        allowed="a whole number from 1 to 100",
        sensitive=False,
        doc="Attempts per row; waits for a rate limit do not count",
    ),
    Option(
        java_name="requestTimeout",
        name="request_timeout",
        kind="duration",
        default="3min",
        allowed="a time from 10ms to 2h, such as 500ms, 180s or 15min",
        sensitive=False,
        doc="Time for one attempt, from sending to the last byte of the answer",
    ),
    Option(
        java_name="rowTimeout",
        name="row_timeout",
        kind="duration",
        default="15min",
        allowed="a time from 10ms to 48h, such as 500ms, 180s or 15min",
        sensitive=False,
        doc="Time for one row, from its first call through all retries and rate-limit waits",
    ),
    Option(
        java_name="ordered",
        name="ordered",
        kind="boolean",
        default="true",
        allowed="true or false",
        sensitive=False,
        doc="Rows keep the order of their partition; false gives them as they finish",
    ),
    Option(
        java_name="dedupe",
        name="dedupe",
        kind="boolean",
        default="false",
        allowed="true or false",
        sensitive=False,
        doc="Equal requests are asked once and share the answer; a checkpoint always does so",
    ),
    Option(
        java_name="checkpoint",
        name="checkpoint",
        kind="text",
        default="none",
        allowed="a text",
        sensitive=False,
        doc="Directory that keeps every answer, so that none is paid twice, or `none` (the job: `<output>_checkpoint`)",
    ),
    Option(
        java_name="retryErrors",
        name="retry_errors",
        kind="text",
        default="retryable",
        allowed="a text",
        sensitive=False,
        doc="Failed rows in the checkpoint that are asked again: `retryable`, `all`, `none`, or error types such as `timeout,server`",
    ),
    Option(
        java_name="onFatal",
        name="on_fatal",
        kind="choice",
        default="fail",
        allowed="fail, column",
        sensitive=False,
        doc="On a wrong key, unknown model or empty quota: fail the job, or fill the error column",
    ),
    Option(
        java_name="maxErrorRatio",
        name="max_error_ratio",
        kind="decimal",
        default="1.0",
        allowed="a number from 0.0 to 1.0",
        sensitive=False,
        doc="Failed rows tolerated, as a ratio, per task (the job: of its output, default 0.1)",
    ),
    Option(
        java_name="prices",
        name="prices",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="JSON file, on the driver, with the prices of models per million tokens; unless set, those that came with the connector",
    ),
    Option(
        java_name="maxCost",
        name="max_cost",
        kind="decimal",
        default=None,
        allowed="a number of US dollars above 0",
        sensitive=False,
        doc="US dollars that a run may spend; then its calls stop, and answers so far are kept",
    ),
    Option(
        java_name="maxTotalTokens",
        name="max_total_tokens",
        kind="whole",
        default=None,
        allowed="a whole number from 1 to 1000000000000000",
        sensitive=False,
        doc="Tokens (prompt and answer) that a run may spend; then its calls stop, as with max_cost",
    ),
    Option(
        java_name="responseCol",
        name="response_col",
        kind="text",
        default="response",
        allowed="a text",
        sensitive=False,
        doc="Name of the answer column",
    ),
    Option(
        java_name="errorCol",
        name="error_col",
        kind="text",
        default="error",
        allowed="a text",
        sensitive=False,
        doc="Name of the error column",
    ),
    Option(
        java_name="metadataCol",
        name="metadata_col",
        kind="text",
        default=None,
        allowed="a text",
        sensitive=False,
        doc="Name of a column with model, tokens, latency and source; none unless named",
    ),
)
