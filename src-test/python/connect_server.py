"""A Spark Connect server on free ports, until standard input ends. Run by the tests.

Arguments: the connector's jar, or nothing for a server without it, and settings as name=value.
Prints the server's URL and its UI's, on one line.
"""

import sys

from pyspark.sql import SparkSession

jar, *settings = sys.argv[1:]
builder = (
    SparkSession.builder.master("local[2]")
    .config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
    .config("spark.connect.grpc.binding.address", "127.0.0.1")
    .config("spark.connect.grpc.binding.port", "0")
)
if jar:
    builder = builder.config("spark.jars", jar)
for setting in settings:
    builder = builder.config(*setting.split("=", 1))
spark = builder.getOrCreate()
service = getattr(spark._jvm, "org.apache.spark.sql.connect.service.SparkConnectService$")
port = getattr(service, "MODULE$").localPort()
print(f"sc://127.0.0.1:{port}", spark.sparkContext.uiWebUrl, flush=True)
sys.stdin.read()
spark.stop()
