"""Makes rows whose right answer is known, and checks that each answer is on its own row.

Run by spark-submit: ``rows.py make PATH ROWS PARTITIONS`` or ``rows.py check PATH``. The local
endpoint's model ``echo`` answers with a digest of the prompt.
"""

import sys

from pyspark.sql import SparkSession


def make(spark: SparkSession, path: str, rows: int, partitions: int) -> None:
    """Writes ``rows`` rows (id, text) as Parquet, one file for each partition."""
    spark.range(0, rows, 1, partitions).selectExpr(
        "id", "concat('row ', id, ' of a test') AS text"
    ).write.mode("overwrite").parquet(path)


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
        make(session, sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(1 if check(session, sys.argv[2]) else 0)
