# Databricks notebook source
# MAGIC %md
# MAGIC # Embeddings: search, groups and a map
# MAGIC
# MAGIC An **embedding** is a text as a vector: what is said alike lies close together. This notebook makes vectors of a table of tickets, many rows in a call, finds the tickets that are nearest to a new one, groups all of them without knowing a label, and draws them as a map.
# MAGIC
# MAGIC With `endpoint = local` it starts its own small service beside the driver, **no LLM**: it hashes words, which is enough for a picture. With a real endpoint it runs from top to bottom as well; set `model` to one that makes embeddings, such as `text-embedding-3-small`. The widgets are those of [01_quickstart](01_quickstart.py), and what to search for.

# COMMAND ----------

dbutils.widgets.text("input", "../jobs/sample/tickets.parquet", "Input (Parquet)")
dbutils.widgets.text("folder", "", "Folder for output and checkpoint")
dbutils.widgets.text("endpoint", "local", "Endpoint")
dbutils.widgets.text("model", "local", "Model")
dbutils.widgets.text("secret_scope", "", "Secret scope")
dbutils.widgets.text("secret_key", "", "Secret key")
dbutils.widgets.text("query", "We would like to cancel our subscription", "Find tickets like this")
dbutils.widgets.text("groups", "3", "Number of groups")

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
# MAGIC ## A bad row
# MAGIC
# MAGIC Many texts share a call, and services refuse a call as a whole when they dislike one of them. So we add a ticket, to see what becomes of the others: a file that somebody pasted, which our local service is told to refuse. Another bad one is in the sample already, a ticket with pages of a log.

# COMMAND ----------

PASTED = "%PDF-1.4 1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj"

bad = spark.createDataFrame([(1, None, None, "email", 3, PASTED, None)], COLUMNS)
tickets = tickets.select(bad.columns).unionByName(bad)

# COMMAND ----------

import sparkllm

STRICT = {"faults": [{"contains": "%PDF", "status": 400, "message": "'$.input' is invalid."}]}

scope, name = dbutils.widgets.get("secret_scope"), dbutils.widgets.get("secret_key")
local = None
if dbutils.widgets.get("endpoint") == "local":
    # Where there are workers, they have to reach it.
    alone = spark.conf.get("spark.master", "local").startswith("local")
    host = "127.0.0.1" if alone else spark.conf.get("spark.driver.host")
    local = sparkllm.serve_local(host=host, script=STRICT)
    service = {"endpoint": local.url, "model": "local", "auth_header": "none"}
else:
    service = {"endpoint": dbutils.widgets.get("endpoint"), "model": dbutils.widgets.get("model")}
    if scope:
        service["api_key"] = dbutils.secrets.get(scope, name)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Embed
# MAGIC
# MAGIC `text_col` is the column that is sent. Calls start small and grow while they succeed, up to 2,048 rows: nothing to tune. `checkpoint` keeps each vector as it arrives.

# COMMAND ----------

from sparkllm import Llm

llm = Llm.embeddings(
    **service,
    text_col="text",
    response_col="vector",
    checkpoint=f"{folder}/vectors_checkpoint",
)
embedded = tickets.transform(llm)

embedded.write.mode("overwrite").parquet(f"{folder}/vectors")
result = spark.read.parquet(f"{folder}/vectors")
vectors = result.where("vector IS NOT NULL")

if local is not None:
    stats = local.stats()
    print(f"{stats['distinctPrompts']} texts were asked for, in {stats['requests']} calls.")
display(
    vectors.selectExpr("text", "size(vector) AS length", "slice(vector, 1, 4) AS beginning").limit(5)
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What got no vector
# MAGIC
# MAGIC Empty texts and the log were in no call at all: the log is longer than `max_input_tokens`. The pasted file was refused with all rows around it, so the call was asked again in halves until the file stood alone. It has the error, the others have their vectors.

# COMMAND ----------

display(
    result.where("error IS NOT NULL")
    .select("ticket_id", "error.type", "error.code", "error.message")
    .orderBy("ticket_id")
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Search
# MAGIC
# MAGIC A new ticket comes in: which ones are like it? Its vector is one more call, and the nearest are those whose vectors point the same way (the cosine is 1 for the same direction). Spark's own functions do that; for some millions of rows that is fine, for more take a vector index.

# COMMAND ----------

from pyspark.sql import functions as F


def dot(a, b):
    return F.aggregate(F.zip_with(a, b, lambda x, y: x * y), F.lit(0.0), lambda sum, x: sum + x)


def cosine(a, b):
    return dot(a, b) / F.sqrt(dot(a, a) * dot(b, b))


query = spark.createDataFrame([(dbutils.widgets.get("query"),)], "text STRING")
wanted = query.transform(llm).select(F.col("vector").alias("wanted"))

nearest = (
    vectors.crossJoin(wanted)
    .withColumn("similarity", F.round(cosine("vector", "wanted"), 3))
    .select("ticket_id", "similarity", "text")
    .orderBy(F.desc("similarity"), "ticket_id")
)
display(nearest.limit(5))

# COMMAND ----------

# MAGIC %md
# MAGIC ## Groups
# MAGIC
# MAGIC K-means puts vectors that are close into one group. It has seen no label. `gold` is what a person said later: if the groups mean something, each of them is mostly of one kind. (It begins at random: another `seed` gives other groups.)

# COMMAND ----------

from pyspark.ml.clustering import KMeans
from pyspark.ml.functions import array_to_vector, vector_to_array

LABELS = ["bug", "question", "other"]

features = vectors.withColumn("features", array_to_vector("vector")).orderBy("ticket_id").coalesce(1)
kmeans = KMeans(k=int(dbutils.widgets.get("groups")), seed=5, predictionCol="cluster")
grouped = kmeans.fit(features).transform(features)

display(grouped.groupBy("cluster").pivot("gold", LABELS).count().fillna(0).orderBy("cluster"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## A map
# MAGIC
# MAGIC A vector has hundreds of numbers, a picture has two. Principal components keep the two directions in which the tickets differ most. The colours are the person's labels, which took no part in where a point lies.

# COMMAND ----------

import matplotlib.pyplot as plt
from pyspark.ml.feature import PCA

pca = PCA(k=2, inputCol="features", outputCol="point").fit(features)
points = (
    pca.transform(features)
    .withColumn("point", vector_to_array("point"))
    .selectExpr("coalesce(gold, 'none') AS gold", "point[0] AS x", "point[1] AS y")
    .toPandas()
)

figure, axes = plt.subplots(figsize=(7, 5))
for label, some in points.groupby("gold"):
    axes.scatter(some["x"], some["y"], s=18, alpha=0.8, label=label)
axes.set_title(f"{len(points)} tickets by what they say", loc="left")
axes.set_xticks([])
axes.set_yticks([])
axes.legend(frameon=False)
axes.spines[["top", "right"]].set_visible(False)

# COMMAND ----------

# MAGIC %md
# MAGIC ## The same again costs nothing
# MAGIC
# MAGIC Each action over `embedded` runs it again, and so does tomorrow's run over the same table with some new rows. What the checkpoint holds is not asked for: neither the vectors, nor the row that was refused for good.

# COMMAND ----------

if local is not None:
    before = local.stats()["requests"]

embedded.write.mode("overwrite").parquet(f"{folder}/vectors_again")
again = spark.read.parquet(f"{folder}/vectors_again")

if local is not None:
    print(f"Calls of the second run: {local.stats()['requests'] - before}")
print(f"Vectors: {again.where('vector IS NOT NULL').count()} of {again.count()} rows")

# COMMAND ----------

# MAGIC %md
# MAGIC ## The long ticket, after all
# MAGIC
# MAGIC `truncate="head"` sends the beginning of what is too long. All other requests are what they were, so their vectors are found, and only the long one is asked for.

# COMMAND ----------

if local is not None:
    before = local.stats()["requests"]

embedded = tickets.transform(llm.with_options(truncate="head"))
embedded.write.mode("overwrite").parquet(f"{folder}/vectors_of_all")
complete = spark.read.parquet(f"{folder}/vectors_of_all")

if local is not None:
    print(f"Calls of the third run: {local.stats()['requests'] - before}")
print(f"Vectors: {complete.where('vector IS NOT NULL').count()} of {complete.count()} rows")

# COMMAND ----------

# MAGIC %md
# MAGIC ## On your own data
# MAGIC
# MAGIC * Set `input` to your path, and `text_col` to your column; `prompt="{title}\n{text}"` puts several together.
# MAGIC * `dimensions` asks for shorter vectors, where the model has them: less to store and to compare.
# MAGIC * For moderations it is `Llm.moderations(...)`: `response.flagged`, `response.categories`, `response.scores`.
# MAGIC * Sizes, over-long texts, and many rows in one chat request are in [docs/many-rows.md](../docs/many-rows.md).

# COMMAND ----------

if local is not None:
    local.close()
