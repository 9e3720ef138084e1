# Databricks notebook source
# MAGIC %md
# MAGIC # Typed answers, and what they cost
# MAGIC
# MAGIC Free text goes in, columns come out: this notebook takes the kind of request, the mood, the software version, the serial number and a mail address out of each ticket, as fields of a struct with types of their own. Before it asks it tells what the run will take, and afterwards it compares.
# MAGIC
# MAGIC With `endpoint = local` the answers come from rules beside the driver, **no LLM**, and cost nothing: we pretend that it had the prices of a small model. With a real endpoint the numbers are real. The widgets are those of [01_quickstart](01_quickstart.py).

# COMMAND ----------

dbutils.widgets.text("input", "../jobs/sample/tickets.parquet", "Input (Parquet)")
dbutils.widgets.text("folder", "", "Folder for output and checkpoint")
dbutils.widgets.text("endpoint", "local", "Endpoint")
dbutils.widgets.text("model", "local", "Model")
dbutils.widgets.text("secret_scope", "", "Secret scope")
dbutils.widgets.text("secret_key", "", "Secret key")

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

# MAGIC %md
# MAGIC ## What to take out
# MAGIC
# MAGIC `Llm.extract` needs no prompt: the instruction is its own, and the fields are stated once. Here they are a JSON Schema, as `enum` keeps `kind` and `mood` to what we can count; Spark's DDL (`version STRING, email STRING`) does as well. The same schema is the type of the column, what the model is sent, and what every answer is checked against.

# COMMAND ----------

import json
import os

from sparkllm import Llm

KINDS = ["bug", "question", "other"]
MOODS = ["positive", "neutral", "negative"]
OR_NONE = ["string", "null"]

FIELDS = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": KINDS},
        "mood": {"type": "string", "enum": MOODS},
        "version": {"type": OR_NONE, "description": "version of the software, such as 5.1.2"},
        "serial": {"type": OR_NONE, "description": "serial or invoice number, such as S2-004471"},
        "email": {"type": OR_NONE},
    },
    "required": ["kind", "mood", "version", "serial", "email"],
}

service = {"endpoint": dbutils.widgets.get("endpoint"), "model": dbutils.widgets.get("model")}
scope, name = dbutils.widgets.get("secret_scope"), dbutils.widgets.get("secret_key")
if scope:
    service["api_key"] = dbutils.secrets.get(scope, name)
if service["endpoint"] == "local":
    # Dollars for a million tokens. For a model of OpenAI leave `prices` out.
    prices = {"input": 0.15, "output": 0.60, "batchDiscount": 0.5}
    service["prices"] = os.path.join(tempfile.mkdtemp(), "prices.json")
    with open(service["prices"], "w") as file:
        json.dump({"updated": "2026-11-30", "models": {"local": prices}}, file)

llm = Llm.extract(
    **service,
    text_col="text",
    returns=FIELDS,
    max_tokens=100,
    metadata_col="metadata",
    checkpoint=f"{folder}/fields_checkpoint",
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What will it cost?
# MAGIC
# MAGIC `estimate` reads the table and calls nothing. Prompts are counted; how long answers get nobody knows, so they are taken at `max_tokens`, the most that they may be. (`max_cost` would stop the run where it has spent so many dollars.)

# COMMAND ----------

estimate = llm.estimate(tickets)
print(estimate)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Extract

# COMMAND ----------

tickets.transform(llm).write.mode("overwrite").parquet(f"{folder}/fields")
result = spark.read.parquet(f"{folder}/fields")
fields = result.where("response IS NOT NULL").select("ticket_id", "product", "gold", "response.*")

display(fields.where("version IS NOT NULL OR serial IS NOT NULL").orderBy("ticket_id").limit(10))

# COMMAND ----------

# MAGIC %md
# MAGIC The fields are columns like any others. Which releases do people report bugs about?

# COMMAND ----------

releases = (
    fields.where("kind = 'bug' AND version IS NOT NULL")
    .selectExpr("concat(product, ' ', version) AS release")
    .groupBy("release")
    .count()
    .orderBy("count", "release", ascending=[False, True])
    .limit(8)
    .toPandas()
)
axes = releases.set_index("release")["count"][::-1].plot.barh(figsize=(8, 3.5))
axes.set_title("Bugs by release", loc="left")
axes.set_xlabel("tickets")
axes.set_ylabel("")
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

moods = fields.groupBy("kind").pivot("mood", MOODS).count().fillna(0).orderBy("kind").toPandas()
axes = moods.set_index("kind").plot.barh(
    stacked=True, figsize=(8, 2.8), color=["tab:green", "lightgray", "tab:red"]
)
axes.set_title("How people sound", loc="left")
axes.set_xlabel("tickets")
axes.set_ylabel("")
axes.legend(frameon=False)
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What got no fields
# MAGIC
# MAGIC Each answer was checked before it became a row. One that does not fit is asked for again, with the reason; if it still does not fit, the row has the error `schema_mismatch`. Nothing is cut to fit, and no column is half filled.

# COMMAND ----------

display(result.where("error IS NOT NULL").groupBy("error.type", "error.code").count())

# COMMAND ----------

# MAGIC %md
# MAGIC ## What it cost
# MAGIC
# MAGIC `metadata` has the tokens of each row, as the service counted them. The prompts should be near the estimate; the answers are shorter than they might have been.

# COMMAND ----------

import matplotlib.pyplot as plt

spent = result.selectExpr(
    "sum(metadata.prompt_tokens) AS prompts", "sum(metadata.completion_tokens) AS answers"
).first()

figure, axes = plt.subplots(figsize=(8, 2.2))
prompts = [spent["prompts"], estimate.prompt_tokens]
answers = [spent["answers"], estimate.completion_tokens]
axes.barh(["paid", "estimated"], prompts, label="prompts")
axes.barh(["paid", "estimated"], answers, left=prompts, label="answers")
axes.set_title("Tokens, estimated and paid", loc="left")
axes.legend(frameon=False)
axes.spines[["top", "right"]].set_visible(False)

print(f"Prompts: {spent['prompts']:,} tokens paid, {estimate.prompt_tokens:,} estimated")
print(f"Answers: {spent['answers']:,} tokens paid, {estimate.completion_tokens:,} at most")

# COMMAND ----------

# MAGIC %md
# MAGIC ## The same again
# MAGIC
# MAGIC The checkpoint holds the answers, and the estimate knows: a second run over the table costs nothing.

# COMMAND ----------

print(llm.estimate(tickets))

# COMMAND ----------

# MAGIC %md
# MAGIC ## On your own data
# MAGIC
# MAGIC * Set `input` to your path, `text_col` to your column, and write your own fields: [docs/typed-answers.md](../docs/typed-answers.md) has every type.
# MAGIC * `Llm.classify(labels=[...])`, `Llm.sentiment()` and others are shorter where one field is enough: [docs/tasks.md](../docs/tasks.md).
# MAGIC * The same rows cost half in batches ([03_batch_api](03_batch_api.py)), or with `service_tier="flex"` where the model has it. Prices, caps and how far estimates are off are in [docs/cost.md](../docs/cost.md).
