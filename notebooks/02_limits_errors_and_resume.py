# Databricks notebook source
# MAGIC %md
# MAGIC # Limits, errors, and going on where it stopped
# MAGIC
# MAGIC Labelling a table is easy while all goes well. This notebook is about the other days: a rate limit, a service that fails now and then, and credit that runs out in the middle.
# MAGIC
# MAGIC With `endpoint = local` it starts its own small service beside the driver, **no LLM**, and tells it to misbehave. With a real endpoint it runs from top to bottom as well; it may just have fewer accidents to show. The widgets are those of [01_quickstart](01_quickstart.py).

# COMMAND ----------

dbutils.widgets.text("input", "../jobs/sample/tickets.parquet", "Input (Parquet)")
dbutils.widgets.text("folder", "", "Folder for output and checkpoint")
dbutils.widgets.text("endpoint", "local", "Endpoint")
dbutils.widgets.text("model", "local", "Model")
dbutils.widgets.text("secret_scope", "", "Secret scope")
dbutils.widgets.text("secret_key", "", "Secret key")
dbutils.widgets.text("requests_per_minute", "1800", "Requests per minute")

# COMMAND ----------

import tempfile

import pyarrow.parquet

COLUMNS = """ticket_id BIGINT, created_at TIMESTAMP, product STRING, channel STRING, priority INT,
    text STRING, gold STRING"""

path = dbutils.widgets.get("input")
if path.startswith("../"):
    # The sample lies beside this notebook, where the driver sees it but executors may not.
    rows = pyarrow.parquet.read_table(path).to_pylist()
    tickets = spark.createDataFrame(rows, COLUMNS)
else:
    tickets = spark.read.parquet(path)
folder = dbutils.widgets.get("folder") or "file:" + tempfile.mkdtemp()
limit = int(dbutils.widgets.get("requests_per_minute"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## A service with bad days
# MAGIC
# MAGIC What we ask of the local service, in the order in which it looks at a call ([docs/local-endpoint.md](../docs/local-endpoint.md) has the whole list):
# MAGIC
# MAGIC 1. after 160 calls the **credit is used up**;
# MAGIC 2. tickets about a password are held back by a **content filter**;
# MAGIC 3. tickets about an invoice meet a **broken server**;
# MAGIC 4. one call in twenty **loses its connection**.
# MAGIC
# MAGIC It also has a rate limit, tells nobody about it, and refuses what is over it. We know it, and keep it.

# COMMAND ----------

import sparkllm

FILTERED = {"contains": "password", "kind": "content_filter"}
BROKEN = {"contains": "invoice", "kind": "server_error"}
HICCUP = {"ratio": 0.05, "times": 2, "kind": "drop"}
BAD_DAY = {
    "latencyMs": 100,
    "rateLimit": {"requestsPerMinute": limit, "headers": False},
    "faults": [{"after": 161, "kind": "quota"}, FILTERED, BROKEN, HICCUP],
}

scope, name = dbutils.widgets.get("secret_scope"), dbutils.widgets.get("secret_key")
local = None
if dbutils.widgets.get("endpoint") == "local":
    # Where there are workers, they have to reach it.
    alone = spark.conf.get("spark.master", "local").startswith("local")
    host = "127.0.0.1" if alone else spark.conf.get("spark.driver.host")
    local = sparkllm.serve_local(host=host, script=BAD_DAY)
    service = {"endpoint": local.url, "model": "local", "auth_header": "none"}
else:
    service = {"endpoint": dbutils.widgets.get("endpoint"), "model": dbutils.widgets.get("model")}
    if scope:
        service["api_key"] = dbutils.secrets.get(scope, name)

# COMMAND ----------

# MAGIC %md
# MAGIC ## The first run
# MAGIC
# MAGIC `requests_per_minute` is what the account allows; it holds for the whole cluster. `max_attempts` is how often a row is tried before it counts as failed; waiting for a limit does not use it up.
# MAGIC
# MAGIC Empty credit would fail each further row, so it **stops the run**: within a second, on all executors, with one line that says why.

# COMMAND ----------

from sparkllm import Llm

llm = Llm.chat(
    **service,
    system="You label support tickets. Answer with the label alone.",
    prompt="Classify as bug, question or other: {text}",
    requests_per_minute=limit,
    max_attempts=3,
    checkpoint=f"{folder}/checkpoint",
    metadata_col="metadata",
)
labelled = tickets.transform(llm)

try:
    labelled.write.mode("overwrite").parquet(f"{folder}/labelled")
    print("The first run went through.")
except Exception as error:
    print(sparkllm.reason(error))

# COMMAND ----------

# MAGIC %md
# MAGIC ## What is left of it
# MAGIC
# MAGIC No output was written. But each answer was put into the checkpoint when it arrived: lines of JSON, which any tool reads. `attempts` is how many calls an answer took.

# COMMAND ----------

from pyspark.sql import functions as F

kept = spark.read.json(f"{folder}/checkpoint/answers/*/*.jsonl")
display(kept.groupBy("outcome", "attempts").count().orderBy("outcome", "attempts"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## The second run
# MAGIC
# MAGIC Somebody pays the bill. Then the same code again: what is in the checkpoint is not asked again.

# COMMAND ----------

if local is not None:
    local.script({**BAD_DAY, "faults": [FILTERED, BROKEN, HICCUP]})
    refused = local.stats()["byStatus"].get("429", 0)

labelled.write.mode("overwrite").parquet(f"{folder}/labelled")
result = spark.read.parquet(f"{folder}/labelled")

# COMMAND ----------

costs = (
    result.where("metadata IS NOT NULL")
    .groupBy("metadata.source")
    .agg(F.count("*").alias("answers"), F.sum("metadata.total_tokens").alias("tokens"))
    .orderBy("source")
    .toPandas()
)
paid = costs[costs.source == "api"].tokens.sum()

axes = costs.plot.barh(x="source", y="answers", legend=False, figsize=(8, 2))
axes.bar_label(axes.containers[0], padding=3)
axes.set_title(f"The second run paid for {paid:,.0f} of {costs.tokens.sum():,.0f} tokens", loc="left")
axes.set_xlabel("rows, by where their answer came from")
axes.set_ylabel("")
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Was the limit kept?
# MAGIC
# MAGIC The checkpoint knows when each answer came. Both runs, second by second: calls go out evenly, rather than all at the start of a minute. Answers stay a little below the limit, as some rows took more than one call.

# COMMAND ----------

import matplotlib.pyplot as plt

kept = spark.read.json(f"{folder}/checkpoint/answers/*/*.jsonl")
seconds = kept.groupBy((F.col("at") / 1000).cast("long").alias("second")).count().toPandas()
seconds["second"] -= seconds["second"].min()

figure, axes = plt.subplots(figsize=(8, 3))
axes.bar(seconds["second"], seconds["count"])
axes.axhline(limit / 60, color="tab:red", label=f"limit: {limit:,} a minute")
axes.set_title("Answers per second", loc="left")
axes.set_xlabel("seconds since the first answer")
axes.set_ylim(top=limit / 60 * 1.4)
axes.legend(frameon=False, loc="upper center")
axes.spines[["top", "right"]].set_visible(False)

if local is not None:
    stats = local.stats()
    busiest = max(second["requests"] for second in stats["seconds"])
    refused = stats["byStatus"].get("429", 0) - refused
    print(f"The service saw {busiest} calls in its busiest second, and refused {refused} as too many.")

# COMMAND ----------

# MAGIC %md
# MAGIC ## What failed, and what to do about it
# MAGIC
# MAGIC Lost connections are not in this picture: those rows were tried again. What remains has a type from a fixed list ([docs/errors.md](../docs/errors.md)), so that a query can rely on it, and says whether a later run may succeed.

# COMMAND ----------

errors = (
    result.where("error IS NOT NULL")
    .groupBy("error.type", "error.retryable")
    .agg(F.count("*").alias("rows"), F.first("error.message").alias("example"))
    .orderBy(F.desc("rows"), "type")
)
display(errors)

shown = errors.toPandas().iloc[::-1]
figure, axes = plt.subplots(figsize=(8, 2.5))
colors = ["tab:orange" if again else "tab:gray" for again in shown["retryable"]]
axes.bar_label(axes.barh(shown["type"], shown["rows"], color=colors), padding=3)
axes.set_title("Rows without an answer (orange: worth another try)", loc="left")
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

# MAGIC %md
# MAGIC ## The third run
# MAGIC
# MAGIC The server is mended. A run asks again what failed for a reason that may go away, and nothing else (`retry_errors` changes that). The content filter's rows stay as they are: asking again would cost and change nothing.

# COMMAND ----------

if local is not None:
    local.script({**BAD_DAY, "faults": [FILTERED]})
    before = local.stats()["requests"]

labelled.write.mode("overwrite").parquet(f"{folder}/labelled")
result = spark.read.parquet(f"{folder}/labelled")

if local is not None:
    print(f"Calls of the third run: {local.stats()['requests'] - before}")
display(result.groupBy("error.type").count().orderBy(F.desc("count")))

# COMMAND ----------

# MAGIC %md
# MAGIC ## On your own data
# MAGIC
# MAGIC * Set `requests_per_minute` and `tokens_per_minute` to what your account allows; if you know neither, leave both away, and the limit is learned ([docs/throttling.md](../docs/throttling.md)).
# MAGIC * Who can wait for some hours pays half: [03_batch_api](03_batch_api.py).
# MAGIC * Always name a `checkpoint`. What a kill loses on which file system is in [docs/checkpoint.md](../docs/checkpoint.md).
# MAGIC * `now()`, `rand()` or a row number in the prompt make each request a new one, and each run pays anew.

# COMMAND ----------

if local is not None:
    local.close()
