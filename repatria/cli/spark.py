"""Linking on Spark by the command line: a session, the two tables on it, and what went wrong in words of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from repatria.files.spark import NoTable, SparkFailed, read_table, session
from repatria.linkage.learned import NoWeights, parse_learned
from repatria.linkage.spark import NoSpark, link_on_spark, needed
from repatria.linkage.tables import Step
from repatria.problem import Problem, Problems

if TYPE_CHECKING:
    from repatria.linkage.again import Learned
    from repatria.linkage.spark import SparkLinks


def link_there(
    paths: tuple[str, str], meant: Callable[[Sequence[Sequence[str]]], dict[str, str]], one_to_one: bool, least: float,
    weights: Learned | None, step: Step,
) -> SparkLinks:  # fmt: skip
    """Who stands in both tables.

    Args:
        meant: of the headings of both, what the columns are.

    Raises:
        Problems: the extra or Java is missing, a table cannot be read, or Spark gave up.
        BadTable: as `link`.
    """
    try:
        needed()
        step("starting Spark")
        with session() as spark:
            frames = [read_table(spark, path) for path in paths]
            columns = meant([frame.columns for frame in frames])
            return link_on_spark(
                spark, *frames, columns=columns, one_to_one=one_to_one, least=least, weights=weights, step=step
            )
    except NoSpark as error:
        do = "pip install 'repatria[scale]', and Java 17 or newer; up to a million people need neither: link tables"
        raise Problems([Problem("link.spark.absent", "link spark", f"no {error.missing} here", do)]) from None
    except NoTable as error:
        do = "give the path of a CSV, or of a file or folder of Parquet, as Spark reaches it"
        raise Problems([Problem("file.unreadable", Path(str(error)).name, "no table there", do)]) from None
    except SparkFailed as error:
        do = "see that Java 17 or newer is there, that the tables are sound, and that memory and disk are enough"
        raise Problems([Problem("link.spark.failed", "link spark", f"Spark gave up ({error})", do)]) from None


def weights_in(path: Path) -> Learned:
    """The weights in a file. Raises Problems where there are none."""
    try:
        return parse_learned(path.read_bytes().decode())
    except (NoWeights, UnicodeDecodeError) as error:
        what = str(error) if isinstance(error, NoWeights) else "it is no text"
        do = "name a file that link spark --save-weights wrote"
        raise Problems([Problem("link.weights", path.name, what, do)]) from None
