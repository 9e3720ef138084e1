# Databricks notebook source
# MAGIC %md
# MAGIC # Label a table
# MAGIC
# MAGIC 314 support tickets, each sorted into *bug*, *question* or *other*, with one answer or one error for every row. Ten minutes to read, one to run.
# MAGIC
# MAGIC It runs as it stands: `endpoint = local` is a small stand-in on the driver that answers by rules. It is **no LLM**, needs no key, and costs nothing. For a real one set the widgets above:
# MAGIC
# MAGIC | widget | for OpenAI |
# MAGIC |---|---|
# MAGIC | `endpoint`, `model` | `https://api.openai.com/v1`, `gpt-4o-mini` |
# MAGIC | `secret_scope`, `secret_key` | where the key is (empty: the cluster's environment variable `OPENAI_API_KEY`) |
# MAGIC | `folder` | where output and checkpoint go, such as `/Volumes/main/default/llm/quickstart`. Empty is a temporary folder on this machine: enough on a single node, not with workers |
# MAGIC
# MAGIC The cluster needs the connector's jar and wheel as libraries ([docs/databricks.md](../docs/databricks.md)).

# COMMAND ----------

dbutils.widgets.text("input", "../jobs/sample/tickets.parquet", "Input (Parquet)")
dbutils.widgets.text("folder", "", "Folder for output and checkpoint")
dbutils.widgets.text("endpoint", "local", "Endpoint")
dbutils.widgets.text("model", "local", "Model")
dbutils.widgets.text("secret_scope", "", "Secret scope")
dbutils.widgets.text("secret_key", "", "Secret key")

# COMMAND ----------

# MAGIC %md
# MAGIC ## The tickets
# MAGIC
# MAGIC `gold` is the label that a person gave; we only use it at the end, to see how good the answers are.

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

display(tickets.select("ticket_id", "product", "text", "gold").limit(10))

# COMMAND ----------

# MAGIC %md
# MAGIC ## Ask
# MAGIC
# MAGIC `{text}` is the row's text. The limit is that of your account, and holds for the whole cluster: there is nothing to divide by executors. `checkpoint` keeps each answer as it arrives, so that Spark may run things twice and you pay once.
# MAGIC
# MAGIC This cell calls nothing yet. `transform` is lazy, like any transformation.

# COMMAND ----------

from sparkllm import Llm

LABELS = ["bug", "question", "other"]

service = {"endpoint": dbutils.widgets.get("endpoint"), "model": dbutils.widgets.get("model")}
scope, name = dbutils.widgets.get("secret_scope"), dbutils.widgets.get("secret_key")
if scope:
    service["api_key"] = dbutils.secrets.get(scope, name)

llm = Llm.chat(
    **service,
    system="You label support tickets. Answer with the label alone.",
    prompt="Classify as bug, question or other: {text}",
    requests_per_minute=5000,
    checkpoint=f"{folder}/checkpoint",
    metadata_col="metadata",
)
labelled = tickets.transform(llm)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Look before you pay
# MAGIC
# MAGIC A few rows cost a few calls. Is the prompt right? If not, change it above; nothing else was asked.

# COMMAND ----------

display(labelled.select("text", "response", "error.type").limit(5))

# COMMAND ----------

# MAGIC %md
# MAGIC ## Label them all

# COMMAND ----------

labelled.write.mode("overwrite").parquet(f"{folder}/labelled")
result = spark.read.parquet(f"{folder}/labelled")

# COMMAND ----------

counts = result.groupBy("product").pivot("response", LABELS).count().fillna(0).orderBy("product")
axes = counts.toPandas().set_index("product").plot.barh(stacked=True, figsize=(8, 3.5))
axes.set_title("What people write about", loc="left")
axes.set_xlabel("tickets")
axes.set_ylabel("")
axes.legend(frameon=False)
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What got no answer
# MAGIC
# MAGIC A row that cannot be asked, or whose call failed for good, has an `error` instead of a `response`; the others go on. Four of these tickets have no text. [docs/errors.md](../docs/errors.md) has every type with its cure.

# COMMAND ----------

display(result.where("error IS NOT NULL").select("ticket_id", "error.type", "error.message"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## How good is it?
# MAGIC
# MAGIC Each row is what a person said, each column what the model said: right answers are on the diagonal.

# COMMAND ----------

import matplotlib.pyplot as plt

pairs = {
    (row["gold"], row["response"]): row["count"]
    for row in result.groupBy("gold", "response").count().collect()
}
matrix = [[pairs.get((gold, said), 0) for said in LABELS] for gold in LABELS]
right = sum(matrix[i][i] for i in range(len(LABELS)))
answered = result.where("response IS NOT NULL").count()

figure, axes = plt.subplots(figsize=(4.5, 4))
axes.imshow(matrix, cmap="Blues")
for y, line in enumerate(matrix):
    for x, count in enumerate(line):
        axes.text(x, y, count, ha="center", va="center", color="white" if count > 70 else "black")
axes.set_xticks(range(len(LABELS)), LABELS)
axes.set_yticks(range(len(LABELS)), LABELS)
axes.set_xlabel("the model")
axes.set_ylabel("a person")
axes.set_title(f"{right} of {answered} answers are right ({right / answered:.0%})", loc="left")

# COMMAND ----------

# MAGIC %md
# MAGIC ## The same again costs nothing
# MAGIC
# MAGIC `labelled` is a DataFrame like any other, and each action runs it again. Without the checkpoint this count would call for all tickets once more. `metadata.source` tells where an answer came from: `checkpoint`, or `api` if it was asked for just now. (Rows that were not asked have none.)

# COMMAND ----------

display(labelled.groupBy("metadata.source").count().orderBy("source"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## Your own table
# MAGIC
# MAGIC Set `input` to your path, or replace `tickets` by `spark.table("…")`, and put your column into the prompt. Then:
# MAGIC
# MAGIC * [02_limits_errors_and_resume](02_limits_errors_and_resume.py): what happens when the service says no, and when a run dies half-way.
# MAGIC * [quickstart_sql](quickstart_sql.sql): the same in SQL.
# MAGIC * `help(Llm.chat)` lists every option.
