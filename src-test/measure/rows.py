"""Makes rows whose right answer is known, and checks that each answer is on its own row.

Run by spark-submit: ``rows.py make PATH ROWS PARTITIONS``, where PARTITIONS may be ``unequal`` for
five of unequal length, ``rows.py check PATH``, or ``rows.py copy FROM TO``. The local endpoint's model ``echo`` answers with a
digest of the prompt.
"""

import sys

from pyspark.sql import SparkSession

UNEQUAL = (50, 20, 15, 10, 5)


def make(spark: SparkSession, path: str, rows: int, partitions: str) -> None:
    """Writes ``rows`` rows (id, text) as Parquet, one file for each partition."""
    ids = unequal(spark, rows) if partitions == "unequal" else spark.range(0, rows, 1, int(partitions))
    ids.selectExpr(
        "id", "concat('row ', id, ' of a test') AS text"
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


if __name__ == "__main__":
    session = SparkSession.builder.config("spark.ui.enabled", "false").getOrCreate()
    if sys.argv[1] == "make":
        make(session, sys.argv[2], int(sys.argv[3]), sys.argv[4])
    elif sys.argv[1] == "copy":
        copy(session, sys.argv[2], sys.argv[3])
    else:
        sys.exit(1 if check(session, sys.argv[2]) else 0)
