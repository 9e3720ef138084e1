-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Label a table in SQL
-- MAGIC
-- MAGIC The data source `llm` asks a model about every row of a table or a query. The cluster needs the connector's jar, and nothing else.
-- MAGIC
-- MAGIC `endpoint = local` is a stand-in on the driver that answers by rules: **no LLM**, no key, no cost. For a real one set `endpoint` and `model` above, and give the cluster the environment variable `OPENAI_API_KEY`: keys are refused in SQL, because Spark records statements ([docs/databricks.md](../docs/databricks.md)).
-- MAGIC
-- MAGIC `folder` is for the checkpoint: on a cluster with workers, name a folder in a volume, such as `/Volumes/main/default/llm/quickstart`.

-- COMMAND ----------

CREATE WIDGET TEXT input DEFAULT '../jobs/sample/tickets.parquet';
CREATE WIDGET TEXT folder DEFAULT 'file:/tmp/spark-llm-quickstart';
CREATE WIDGET TEXT endpoint DEFAULT 'local';
CREATE WIDGET TEXT model DEFAULT 'local';

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## The tickets
-- MAGIC
-- MAGIC The sample lies beside this notebook, where SQL does not see it: hence a few lines of Python. A table of your own needs none of this; put its name into the next view.

-- COMMAND ----------

-- MAGIC %python
-- MAGIC import pyarrow.parquet
-- MAGIC
-- MAGIC COLUMNS = """ticket_id BIGINT, created_at TIMESTAMP, product STRING, channel STRING, priority INT,
-- MAGIC     text STRING, gold STRING"""
-- MAGIC
-- MAGIC path = dbutils.widgets.get("input")
-- MAGIC if path.startswith("../"):
-- MAGIC     rows = pyarrow.parquet.read_table(path).to_pylist()
-- MAGIC     tickets = spark.createDataFrame(rows, COLUMNS)
-- MAGIC else:
-- MAGIC     tickets = spark.read.parquet(path)
-- MAGIC tickets.createOrReplaceTempView("tickets")

-- COMMAND ----------

SELECT ticket_id, product, text, gold FROM tickets LIMIT 10;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Ask
-- MAGIC
-- MAGIC `{text}` is the row's text. The limit is that of your account, and holds for the whole cluster. `checkpoint` keeps each answer as it arrives: every query over the view runs the calls again, and with it they are found instead of paid for.
-- MAGIC
-- MAGIC Making the view calls nothing.

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW labelled USING llm OPTIONS (
  table 'tickets',
  endpoint '${endpoint}',
  model '${model}',
  system 'You label support tickets. Answer with the label alone.',
  prompt 'Classify as bug, question or other: {text}',
  requestsPerMinute 5000,
  checkpoint '${folder}/checkpoint',
  metadataCol 'metadata'
);

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Look before you pay
-- MAGIC
-- MAGIC Filters on the table's own columns are applied first, so that only these rows are asked.

-- COMMAND ----------

SELECT ticket_id, text, response
FROM labelled
WHERE product = 'Doorlet' AND priority = 1
ORDER BY ticket_id;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Label them all
-- MAGIC
-- MAGIC Use **+ › Visualization** under the result for a bar chart.

-- COMMAND ----------

SELECT product,
       count_if(response = 'bug') AS bug,
       count_if(response = 'question') AS question,
       count_if(response = 'other') AS other
FROM labelled
GROUP BY product
ORDER BY product;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## What got no answer
-- MAGIC
-- MAGIC Every row has either a `response` or an `error`. Four tickets have no text; [docs/errors.md](../docs/errors.md) has every type with its cure.

-- COMMAND ----------

SELECT error.type, error.retryable, count(*) AS tickets, any_value(error.message) AS example
FROM labelled
WHERE error IS NOT NULL
GROUP BY 1, 2;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## How good is it?
-- MAGIC
-- MAGIC `gold` is the label that a person gave.

-- COMMAND ----------

SELECT gold, count(*) AS answered, round(100 * avg(int(gold = response)), 1) AS percent_right
FROM labelled
WHERE response IS NOT NULL
GROUP BY gold
ORDER BY gold;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## What it cost
-- MAGIC
-- MAGIC By now three queries went over all tickets. All answers of this one come from the checkpoint, so its `tokens_paid_now` is 0. (Tickets that were not asked have no source.)

-- COMMAND ----------

SELECT metadata.source,
       count(*) AS tickets,
       sum(metadata.total_tokens) AS tokens,
       sum(if(metadata.source = 'api', metadata.total_tokens, 0)) AS tokens_paid_now
FROM labelled
GROUP BY 1
ORDER BY 1 NULLS LAST;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Keep them
-- MAGIC
-- MAGIC To go on with the labels, make a table of them, in your own catalog and schema:
-- MAGIC
-- MAGIC ```sql
-- MAGIC CREATE TABLE main.support.tickets_labelled AS SELECT * EXCEPT (metadata) FROM labelled
-- MAGIC ```
-- MAGIC
-- MAGIC The same story in Python, with pictures: [01_quickstart](01_quickstart.py).
