"""Makes rows whose right answer is known, and checks that each answer is on its own row.

Run by spark-submit: ``rows.py make PATH ROWS PARTITIONS [CHARACTERS]``, where PARTITIONS may be
``unequal`` for five of unequal length and texts have at least so many CHARACTERS, ``rows.py check
PATH``, ``rows.py vectors PATH``, or ``rows.py copy FROM TO``. The local endpoint's model ``echo``
answers with a digest of the prompt, or with a vector made of that digest.
"""

import sys

from pyspark.sql import SparkSession

UNEQUAL = (50, 20, 15, 10, 5)


def make(spark: SparkSession, path: str, rows: int, partitions: str, characters: int = 0) -> None:
    """Writes ``rows`` rows (id, text) as Parquet, one file for each partition."""
    ids = unequal(spark, rows) if partitions == "unequal" else spark.range(0, rows, 1, int(partitions))
    ids.selectExpr(
        "id", f"rpad('row ' || id || ' of a test', greatest({characters}, 14 + length(id)), ' word') AS text"
    ).write.mode("overwrite").parquet(path)


def unequal(spark: SparkSession, rows: int):
    """Ids in partitions of these shares of all rows, in percent."""
    ends = [rows * sum(UNEQUAL[: n + 1]) // 100 for n in range(len(UNEQUAL))]
    starts = [0, *ends[:-1]]
    return spark.range(0, len(ends), 1, len(ends)).selectExpr(
        f"explode(sequence({array(starts)}[int(id)], {array(ends)}[int(id)] - 1)) AS id"
    )


def array(numbers: list[int]) -> str:
    return f"array({', '.join(f'{n}L' for n in numbers)})"


def copy(spark: SparkSession, path: str, to: str) -> None:
    """Reads, shuffles, sorts and writes rows: what Spark alone takes for the way of a checkpoint."""
    rows = spark.read.parquet(path)
    rows.repartition(6, "id").sortWithinPartitions("id").write.mode("overwrite").parquet(to)


def check(spark: SparkSession, path: str) -> int:
    """Prints how many answers are right; returns the number of rows that are not."""
    total, right, both = (
        spark.read.parquet(path)
        .selectExpr(
            "count(*)",
            "count_if(response = concat('sha256:', sha2(text, 256)))",
            "count_if((response IS NULL) = (error IS NULL))",
        )
        .first()
    )
    print(f"Spark {spark.version}: {total:,} rows, {right:,} with their own answer, {both:,} with both or neither column")
    return total - right


def vectors(spark: SparkSession, path: str) -> int:
    """As ``check``, of vectors: number j is byte j of the text's SHA-256, signed, over the length of all."""
    byte = "CAST(CAST(conv(substr(sha2(text, 256), 2 * j + 1, 2), 16, 10) AS INT) AS INT)"
    total, right, both = (
        spark.read.parquet(path)
        .selectExpr(
            "response",
            "error",
            f"transform(sequence(0, size(response) - 1), j -> IF({byte} > 127, {byte} - 256, {byte})) AS digest",
        )
        .selectExpr(
            "response",
            "error",
            "transform(digest, d -> d / sqrt(aggregate(digest, 0D, (sum, x) -> sum + x * x))) AS own",
        )
        .selectExpr(
            "count(*)",
            "count_if(forall(zip_with(response, own, (a, b) -> abs(a - b) < 1e-5D), same -> same))",
            "count_if((response IS NULL) = (error IS NULL))",
        )
        .first()
    )
    print(f"Spark {spark.version}: {total:,} rows, {right:,} with their own vector, {both:,} with both or neither column")
    return total - right


if __name__ == "__main__":
    session = SparkSession.builder.config("spark.ui.enabled", "false").getOrCreate()
    if sys.argv[1] == "make":
        make(session, sys.argv[2], int(sys.argv[3]), sys.argv[4], int((sys.argv + ["0"])[5]))
    elif sys.argv[1] == "copy":
        copy(session, sys.argv[2], sys.argv[3])
    else:
        wrong = (vectors if sys.argv[1] == "vectors" else check)(session, sys.argv[2])
        sys.exit(1 if wrong else 0)
