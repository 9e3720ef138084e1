# Databricks notebook source
# MAGIC %md
# MAGIC # In batches, at half the price
# MAGIC
# MAGIC Who can wait for some hours asks through the **Batch API**: files of requests go to the service, which answers them within a day, outside the limits of single calls and for half of their price. This notebook submits a table, looks how it stands, collects the answers, and draws what that saved.
# MAGIC
# MAGIC With `endpoint = local` it starts its own small service beside the driver, **no LLM**, and holds the batch until we have looked at it. With a real endpoint it runs from top to bottom as well, and then the wait is the service's. The widgets are those of [01_quickstart](01_quickstart.py), and two prices: those of your service's price list, in dollars for a million tokens.

# COMMAND ----------

dbutils.widgets.text("input", "../jobs/sample/tickets.parquet", "Input (Parquet)")
dbutils.widgets.text("folder", "", "Folder for output and checkpoint")
dbutils.widgets.text("endpoint", "local", "Endpoint")
dbutils.widgets.text("model", "local", "Model")
dbutils.widgets.text("secret_scope", "", "Secret scope")
dbutils.widgets.text("secret_key", "", "Secret key")
dbutils.widgets.text("input_price", "0.15", "Dollars per million prompt tokens")
dbutils.widgets.text("output_price", "0.60", "Dollars per million answer tokens")

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

# COMMAND ----------

import sparkllm

# The batch stops after 120 requests until we say otherwise: something to look at.
SLOW_DAY = {"batch": {"hold": ["in_progress"], "holdAfterLines": 120}}

scope, name = dbutils.widgets.get("secret_scope"), dbutils.widgets.get("secret_key")
local = None
if dbutils.widgets.get("endpoint") == "local":
    # Where there are workers, they have to reach it.
    alone = spark.conf.get("spark.master", "local").startswith("local")
    host = "127.0.0.1" if alone else spark.conf.get("spark.driver.host")
    local = sparkllm.serve_local(host=host, script=SLOW_DAY)
    service = {"endpoint": local.url, "model": "local", "auth_header": "none"}
else:
    service = {"endpoint": dbutils.widgets.get("endpoint"), "model": dbutils.widgets.get("model")}
    if scope:
        service["api_key"] = dbutils.secrets.get(scope, name)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Submit
# MAGIC
# MAGIC The options are those of single calls, and a `checkpoint` is a must: it remembers which batch holds which row, and later the answers. Rows with the same prompt are one request. Submitting ends when the service has the files; nobody has to wait for it.

# COMMAND ----------

from sparkllm import Llm

llm = Llm.chat(
    **service,
    mode="batch",
    system="You label support tickets. Answer with the label alone.",
    prompt="Classify as bug, question or other: {text}",
    checkpoint=f"{folder}/batch_checkpoint",
    metadata_col="metadata",
)

print(llm.submit(tickets))

# COMMAND ----------

# MAGIC %md
# MAGIC ## Look
# MAGIC
# MAGIC From here on any notebook or job goes on, today or tomorrow: it needs the checkpoint and the key. `status` asks the service and changes nothing.

# COMMAND ----------

import time

later = Llm.chat(
    checkpoint=f"{folder}/batch_checkpoint",
    **{name: value for name, value in service.items() if name in ("api_key", "auth_header")},
)

report = later.status()
while local is not None and report.answered < 120:
    time.sleep(0.2)
    report = later.status()
print(report)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Collect
# MAGIC
# MAGIC `collect` keeps the results of what has ended, sends again what failed for a reason that may pass, and returns; `wait` does so until nothing is left. Both may be interrupted: the batches go on, and the same call takes up where it was.

# COMMAND ----------

if local is not None:
    local.script({})

print(later.wait())

# COMMAND ----------

# MAGIC %md
# MAGIC ## The answers
# MAGIC
# MAGIC With `mode="batch"` a transformation reads the checkpoint and calls nothing. Each row has an answer or an error, whatever became of its batch.

# COMMAND ----------

from pyspark.sql import functions as F

tickets.transform(llm).write.mode("overwrite").parquet(f"{folder}/batch_labelled")
result = spark.read.parquet(f"{folder}/batch_labelled")

display(
    result.groupBy("response", "error.type")
    .agg(F.count("*").alias("rows"))
    .orderBy(F.desc("rows"), "response", "type")
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What it saved
# MAGIC
# MAGIC The same tokens, at the price of single calls and at that of batches, which OpenAI and Azure set to one half. Rows that share an answer with an equal row cost nothing either way.

# COMMAND ----------

import matplotlib.pyplot as plt

tokens = (
    result.where("metadata IS NOT NULL")
    .agg(
        F.coalesce(F.sum("metadata.prompt_tokens"), F.lit(0)).alias("prompt"),
        F.coalesce(F.sum("metadata.completion_tokens"), F.lit(0)).alias("answer"),
    )
    .first()
)
dollars = (
    tokens["prompt"] * float(dbutils.widgets.get("input_price"))
    + tokens["answer"] * float(dbutils.widgets.get("output_price"))
) / 1e6
prices = {"single calls": dollars, "batches": dollars / 2}

figure, axes = plt.subplots(figsize=(8, 2))
drawn = axes.barh(list(prices), list(prices.values()), color=["tab:gray", "tab:green"])
axes.bar_label(drawn, [f"${price:.4f}" for price in prices.values()], padding=3)
axes.set_title(f"Price of {tokens['prompt'] + tokens['answer']:,} tokens", loc="left")
axes.set_xlabel("dollars")
axes.set_xlim(right=dollars * 1.2 or 1)
axes.invert_yaxis()
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

# MAGIC %md
# MAGIC ## The same table again
# MAGIC
# MAGIC What the checkpoint holds is not submitted twice. When tickets were added, only they would go.

# COMMAND ----------

again = llm.submit(tickets)
print(f"Submitted again: {again.waiting} requests")

# COMMAND ----------

# MAGIC %md
# MAGIC ## On your own data
# MAGIC
# MAGIC * `llm.run(tickets)` submits, waits and gives the answers in one call, for a job that may take as long as it takes.
# MAGIC * `llm.cancel()` gives the batches up. What they had answered is kept, and is charged.
# MAGIC * What expired or failed goes again, up to `max_attempts`; with `batch_fallback="realtime"` the rest is asked by single calls instead.
# MAGIC * All states, limits and files are in [docs/batch.md](../docs/batch.md).

# COMMAND ----------

if local is not None:
    local.close()
