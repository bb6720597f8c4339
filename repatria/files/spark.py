"""A Spark session on this machine, or the one that a cluster gave; and tables read on it. Needs the extra `scale`.

On this machine nothing is served and nothing is kept: no page of jobs, no log of events, errors without cells
(linkage/spark.py), and what does not fit into memory is written encrypted to a folder that is gone afterwards. Where
PYSPARK_SUBMIT_ARGS or spark-submit names a cluster, all is as that says: docs/scale.md tells which settings to make.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from repatria.files.bare import SEPARATORS

ROWS_AT_ONCE = 20_000
"""Rows, or pairs, that a worker is given together: what is the same in them is read or compared once."""


class NoTable(Exception):
    """There is no table at the path."""


class SparkFailed(Exception):
    """A job ended early. Only its kind is told: what Spark says of it may hold what stood in a cell."""


@contextmanager
def session(cores: str = "*", memory: str | None = None) -> Iterator[Any]:
    """A session, stopped at the end unless it is a cluster's.

    Args:
        cores: how many of this machine's, `*` for all.
        memory: how much of this machine's, as Java says it (`6g`); half of it, if it is not said.

    Raises:
        ImportError: pyspark is not installed.
        SparkFailed: Java is missing, or what is done in the session failed in Spark.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        with _begun(SparkSession, cores, memory) as spark:
            yield spark
    except (PySparkException, Py4JError) as error:
        ours = _ON_A_WORKER.search(str(error))
        condition = getattr(error, "getCondition", lambda: None)()
        raise SparkFailed(ours[0] if ours else condition or type(error).__name__) from None


_ON_A_WORKER = re.compile(r"\w+ on a worker")  # as linkage/spark.py names what went wrong there


@contextmanager
def _begun(sessions: Any, cores: str, memory: str | None) -> Iterator[Any]:
    if os.environ.keys() & {"PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT"}:  # the second is spark-submit's
        yield sessions.builder.getOrCreate()
        return
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with TemporaryDirectory(prefix="repatria-spark-") as folder:
        builder = sessions.builder.master(f"local[{cores}]").appName("repatria")
        for name, value in _settings(memory or _half_of_memory(), folder).items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("OFF")
        try:
            yield spark
        finally:
            spark.stop()


def _settings(memory: str, folder: str) -> Mapping[str, str]:
    return {
        "spark.driver.memory": memory,
        "spark.driver.maxResultSize": "0",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": f"{folder}/tables",
        "spark.io.encryption.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.log.level": "OFF",
        "spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1)),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS_AT_ONCE),
    }


def _half_of_memory() -> str:
    mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return f"{max(2048, mib // 2)}m"


def read_table(spark: Any, path: str) -> Any:
    """The table at a path that Spark can reach, all cells texts: CSV in UTF-8 with headings in each file, or Parquet.

    A file of CSV is read in parts, so that no cell may hold the end of a line.

    Raises:
        NoTable: there is nothing at the path.
    """
    from pyspark.errors import AnalysisException

    try:
        if not path.endswith(_CSV):
            return spark.read.parquet(path)
        first = spark.read.text(path).first()
        line = first[0] if first else ""
        separator = max(SEPARATORS, key=line.count)
        frame = spark.read.csv(path, header=True, sep=separator, quote='"', escape='"', mode="FAILFAST")
    except AnalysisException:
        raise NoTable(path) from None
    return frame.toDF(*(heading.strip().removeprefix("\ufeff").strip() for heading in frame.columns))


_CSV = tuple(f"{ending}{packed}" for ending in (".csv", ".tsv", ".txt") for packed in ("", ".gz", ".zst"))
