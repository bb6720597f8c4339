"""Two tables linked on Spark, through Splink: for more people than one machine holds. Needs the extra `scale`.

    from repatria.linkage import link_on_spark
    found = link_on_spark(spark, spark.read.parquet("left"), spark.read.parquet("right"))
    found.frame.write.parquet("scored")

What rows meet by, how they are compared and what that counts is said in scale.py; this is the order of the work:

1. A part of both tables, or all of them if they are small, is brought here, and the weights are learned from it once.
2. Every row is encoded where it lies. How often each key occurs is counted.
3. Rows that have a number in common meet. No more than `LARGEST_BLOCK` pairs of one number do.
4. Splink scores the pairs: `match_weight`, log2 odds of one person against none.
5. Pairs of a weight below `FLOOR` are left aside: a thousand of them do not move a probability by 1e-6. The others are
   brought here, and the probability among rivals and one partner at the most are worked out.

Workers need this package and rapidfuzz. No cell stands in a message of an error, here or there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from repatria.linkage.again import Learned
from repatria.linkage.assign import one_to_one as one_partner
from repatria.linkage.kinds import LEAST, BadTable, Kind, Stands
from repatria.linkage.levels import Levels, names_of
from repatria.linkage.pairs import LARGEST_BLOCK
from repatria.linkage.scale import (
    DATES,
    TEXTS,
    Side,
    counted,
    encode_part,
    near_dates,
    near_texts,
    rare_scale,
    settings,
)
from repatria.linkage.tables import Step, date_order, explained, in_words, named_columns, train
from repatria.linkage.weigh import Floats, chances, odds_of

LEARN_FROM = 1_000_000
"""Rows of each table from which the weights are learned."""
FLOOR = -30.0  # log2 odds
_SEPARATOR = "-__-"  # between the name of a table and a row in it, in Splink's own tables


class NoSpark(ImportError):
    """The extra is not installed."""

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(f"{missing} is not installed: pip install 'repatria[scale]'; Spark needs Java 17 or newer")


@dataclass(frozen=True)
class SparkLinks:
    """Pairs with their probability, by left and right id, in that order; and how they were found.

    Attributes:
        frame: every pair that met, on Spark: left_id, right_id, match_weight, and of each column its level (`level_`
            and the column's place; 0 the closest, −1 unknown).
        compared: how many they are.
    """

    left_ids: list[str]
    right_ids: list[str]
    probability: Floats
    levels: tuple[Levels, ...]
    learned: Learned
    rows: tuple[int, int]
    compared: int
    frame: Any

    def explanations(self, say: Callable[[Stands], str] | None = None) -> list[str]:
        """For each pair, column by column, how far it agrees and what that counts; `say` puts a column into words."""
        return explained(self.learned.columns, self.levels, self.learned.model.weights, say or in_words)


def link_on_spark(
    spark: Any, left: Any, right: Any, *, columns: Mapping[str, str] | None = None, one_to_one: bool = True,
    least: float = LEAST, weights: Learned | None = None, learn_from: int = LEARN_FROM,
    step: Step = lambda what: None,
) -> SparkLinks:  # fmt: skip
    """Who stands in both tables, as `link` says it of tables that fit into memory: the same pairs, the same scores.

    Args:
        spark: a SparkSession.
        left, right: its DataFrames, with columns as `link` has them.
        weights: rules and weights that were learned before; else they are learned from these tables, or from about
            `learn_from` rows drawn from each by their ids.
        columns, one_to_one, least, step: as `link`.

    Raises:
        NoSpark: pyspark or splink is not installed.
        BadTable: as `link`.
    """
    needed()
    step("counting rows")
    tables = [_Table.of(frame, which, columns) for frame, which in ((left, "left"), (right, "right"))]
    rows = tables[0].rows, tables[1].rows
    learned = weights
    if learned is None:
        parts = [table.drawn(learn_from) for table in tables]
        learned = train(*parts, columns=columns, one_to_one=one_to_one, of_rows=rows, step=step)
    elif learned.model.exclusive != one_to_one:
        how = "with" if learned.model.exclusive else "without"
        raise BadTable([f"the run before: its weights are of a run {how} one_to_one"])
    gone = [name for name, kind in learned.columns if not all(table.has(name, kind) for table in tables)]
    if gone:
        what = "the run before: its weights are also of {}, which is not in both tables"
        raise BadTable([what.format(name) for name in gone])
    if any(kind == "name" for _, kind in learned.columns):
        raise BadTable(["the tables: whole names are not linked on Spark; give family_name, given_names, father_name"])
    learned = replace(learned, model=learned.model.on(rows, float(rows[0]) * rows[1]))
    step("encoding every row on Spark")
    encoded = _encoded(tables, learned)
    step("meeting on Spark")
    pairs = _pairs(encoded).persist()
    compared = pairs.count()
    step(f"comparing {compared:,} pairs on Spark")
    rare = _shares(encoded, learned)
    frame = _scored(spark, encoded, rare, pairs, learned)
    found = _told(frame, learned, rows, compared, one_to_one, least)
    for each in (pairs, *encoded, *(shares for _, shares in rare)):
        each.unpersist()
    return found


def needed() -> None:
    """Raises NoSpark where a package of the extra is not installed."""
    try:
        import pandas  # noqa: F401 (functions on Arrow ask for it)
        import pyarrow  # noqa: F401
        import pyspark  # noqa: F401
        import splink  # noqa: F401
    except ImportError as error:
        raise NoSpark(error.name or "a package") from None


# --- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """A table on Spark: all cells texts, and only those columns that can be compared."""

    which: str
    frame: Any
    rows: int
    said: Mapping[str, str]
    columns: Mapping[str, tuple[str, Kind]]  # name -> heading and kind

    @classmethod
    def of(cls, frame: Any, which: str, columns: Mapping[str, str] | None) -> _Table:
        from pyspark.sql import functions as sql

        named, problems = named_columns(list(frame.columns), which, columns)
        if "id" not in named:
            raise BadTable(problems)
        texts = frame.select(*(sql.col(f"`{each}`").cast("string").alias(each) for each, _ in named.values()))
        id_ = sql.trim(_cell(named["id"][0]))
        rows, empty, distinct = texts.agg(sql.count("*"), sql.count_if(id_ == ""), sql.count_distinct(id_)).first()
        if empty:
            problems.append(f"{which} table: {empty} rows without an id")
        if distinct < rows:
            problems.append(f"{which} table: {rows - distinct} ids stand twice")
        if problems:
            raise BadTable(problems)
        return cls(which, texts, rows, dict(columns or {}), named)

    def has(self, name: str, kind: Kind) -> bool:
        return name in self.columns and self.columns[name][1] == kind

    def drawn(self, count: int) -> dict[str, list[str]]:
        """About so many rows, chosen by their ids; all, if there are no more."""
        from pyspark.sql import functions as sql

        frame = self.frame
        if self.rows > count:
            place = sql.pmod(sql.xxhash64(sql.trim(_cell(self.columns["id"][0])), sql.lit("drawn")), sql.lit(DRAWN_OF))
            frame = frame.where(place < int(count / self.rows * DRAWN_OF))
        return {name: [cell or "" for cell in cells] for name, cells in frame.toArrow().to_pydict().items()}

    def side(self, learned: Learned) -> Side:
        """How its rows are read; the order of day and month as each column of dates shows it."""
        orders = {
            name: date_order(self.frame.select(_cell(heading).alias("date")).distinct().toArrow()["date"].to_pylist())
            for name, (heading, kind) in self.columns.items()
            if kind == "date"
        }
        return Side(learned, self.said, orders)

    def each(self, work: Callable[[Mapping[str, Sequence[str | None]]], Mapping[str, Any]], schema: str) -> Any:
        """What `work` makes of each part of the table."""

        def run(batches: Iterator[Any]) -> Iterator[Any]:
            import pyarrow

            for batch in batches:
                if batch.num_rows:
                    yield pyarrow.RecordBatch.from_pydict(_without_cells(work)(batch.to_pydict()))

        return self.frame.mapInArrow(run, schema)


DRAWN_OF = 1_000_000


def _cell(heading: str) -> Any:
    from pyspark.sql import functions as sql

    return sql.coalesce(sql.col(f"`{heading}`"), sql.lit(""))


def _without_cells(work: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its errors named by their kind alone: their texts may hold what stood in a cell."""

    def run(*given: Any) -> Any:
        try:
            return work(*given)
        except Exception as error:  # noqa: BLE001
            raise RuntimeError(f"{type(error).__name__} on a worker") from None

    return run


# --- rows -------------------------------------------------------------------------------------------------------------


def _encoded(tables: Sequence[_Table], learned: Learned) -> list[Any]:
    """Each table's rows as scale.py `Encoded` has them, kept at hand."""
    sides = [table.side(learned) for table in tables]
    found = []
    for table, side in zip(tables, sides, strict=True):
        frame = table.each(_Encode(side), _schema(learned)).persist()
        if frame.select("row").distinct().count() < table.rows:
            raise BadTable([f"{table.which} table: two ids have one number of 64 bits; write the ids in another way"])
        found.append(frame)
    return found


def _schema(learned: Learned) -> str:
    columns = ["id string", "row bigint", "met array<bigint>"]
    for at, (_, kind) in enumerate(learned.columns):
        columns += [f"c{at}_value bigint", f"c{at}_key {'int' if kind == 'date' else 'string'}"]
    return ", ".join(columns)


class _Encode:
    """Makes a part of a table into Arrow arrays of `_schema`."""

    def __init__(self, side: Side) -> None:
        self.side = side

    def __call__(self, part: Mapping[str, Sequence[str | None]]) -> dict[str, Any]:
        import pyarrow

        found = encode_part(self.side, part)
        made: dict[str, Any] = {
            "id": pyarrow.array(found.ids, "string"), "row": pyarrow.array(found.rows),
            "met": pyarrow.ListArray.from_arrays(found.starts, pyarrow.array(found.met)),
        }  # fmt: skip
        for at, (_, kind) in enumerate(self.side.learned.columns):
            made[f"c{at}_value"] = pyarrow.array(found.values[at], "int64")
            made[f"c{at}_key"] = pyarrow.array(found.keys[at], "int32" if kind == "date" else "string")
        return made


# --- pairs ------------------------------------------------------------------------------------------------------------


def _pairs(encoded: Sequence[Any]) -> Any:
    """The rows that meet, each two once: left, right. Blocks are gathered whole, so that large ones can be left out."""
    from pyspark.sql import functions as sql

    none = sql.lit(None).cast("bigint")
    left, right = (
        frame.select(sql.explode("met").alias("met"), sql.col("row").alias(own), none.alias(other))
        for frame, own, other in zip(encoded, ("left", "right"), ("right", "left"), strict=True)
    )
    blocks = left.unionByName(right).groupBy("met").agg(
        sql.collect_list("left").alias("lefts"), sql.collect_list("right").alias("rights")
    )  # fmt: skip
    size = sql.size("lefts").cast("bigint") * sql.size("rights")
    fit = blocks.where((size > 0) & (size <= LARGEST_BLOCK))
    return (
        fit.select(sql.explode("lefts").alias("left"), "rights")
        .select("left", sql.explode("rights").alias("right"))
        .distinct()
    )


def _shares(encoded: Sequence[Any], learned: Learned) -> list[tuple[str, Any]]:
    """Of each column in which a rare value says more, how often each is among both tables, as Splink is told it."""
    from pyspark.sql import functions as sql

    both = encoded[0].union(encoded[1])
    columns = {f"c{at}_{counted(kind)}": at for at, (_, kind) in enumerate(learned.columns) if counted(kind)}
    if not columns or not learned.model.rare:
        return []
    known = both.agg(*(sql.count(column) for column in columns)).first()
    found = []
    for (column, at), count in zip(columns.items(), known, strict=True):
        share = sql.count("*") * sql.lit(rare_scale(learned, at) / max(1, count))
        shares = both.where(sql.col(column).isNotNull()).groupBy(column).agg(share.alias(f"tf_{column}"))
        found.append((column, shares.persist()))
    return found


def _scored(
    spark: Any, encoded: Sequence[Any], rare: Sequence[tuple[str, Any]], pairs: Any, learned: Learned
) -> Any:
    """Splink's predictions for the pairs, with our levels."""
    from pyspark.sql import functions as sql
    from splink import Linker
    from splink.backends.spark import SparkAPI

    for name, near in ((TEXTS, near_texts), (DATES, near_dates)):
        spark.udf.register(name, _on_arrow(near))
    api = SparkAPI(spark_session=spark, break_lineage_method="persist", register_udfs_automatically=False)
    sides = [frame.drop("met") for frame in encoded]

    def registered(table: Any, name: str) -> Any:
        spark.catalog.dropTempView(name)  # of a run before in the same session
        return api.register(table, table_name=name)

    tables = [registered(frame, name) for frame, name in zip(sides, _TABLES, strict=True)]
    linker = Linker(tables, settings(learned), log_level=None, validate_settings=False)
    for column, shares in rare:
        linker.table_management.register_term_frequency_lookup(
            registered(shares, f"{_TABLES[0]}_{column}"), column
        )
    names = [sql.concat(sql.lit(f"{table}{_SEPARATOR}"), sql.col(side).cast("string")) for table, side in _SIDES]
    given = pairs.select(sql.lit("0").alias("match_key"), names[0].alias("join_key_l"), names[1].alias("join_key_r"))
    linker.table_management.register_blocked_pairs_for_predict(registered(given, f"{_TABLES[0]}_pairs"))
    found = linker.inference.predict(warning_mode="never").as_spark_dataframe()
    gammas = [
        sql.when(sql.col(f"gamma_c{at}") < 0, -1).otherwise(len(names_of(kind)) - 1 - sql.col(f"gamma_c{at}"))
        for at, (_, kind) in enumerate(learned.columns)
    ]
    return found.select(
        sql.col("id_l").alias("left_id"), sql.col("id_r").alias("right_id"), "match_weight",
        *(level.cast("tinyint").alias(f"level_{at}") for at, level in enumerate(gammas)),
    )  # fmt: skip


_TABLES = ("repatria_left", "repatria_right")
_SIDES = tuple(zip(_TABLES, ("left", "right"), strict=True))


def _on_arrow(near: Callable[[Any, Any], list[int | None]]) -> Any:
    import pyarrow
    from pyspark.sql.functions import arrow_udf

    work = _without_cells(near)

    def run(left: Any, right: Any) -> Any:
        return pyarrow.array(work(left.to_pylist(), right.to_pylist()), "int32")

    run.__annotations__ = dict.fromkeys(("left", "right", "return"), pyarrow.Array)  # by which Spark knows what it is
    return arrow_udf(run, "int")


# --- what is told -----------------------------------------------------------------------------------------------------


def _told(
    frame: Any, learned: Learned, rows: tuple[int, int], compared: int, one_to_one: bool, least: float
) -> SparkLinks:
    from pyspark.sql import functions as sql

    model = learned.model
    floor = FLOOR - max(0.0, model.prior_among_rivals - model.prior)  # by which rivals count without one partner
    near = frame.where(sql.col("match_weight") >= floor).toArrow()
    near = near.sort_by([("left_id", "ascending"), ("right_id", "ascending")]).combine_chunks()
    odds = odds_of(near["match_weight"].to_numpy())
    left, right = (near[side].combine_chunks().dictionary_encode() for side in ("left_id", "right_id"))
    at = [each.indices.to_numpy() for each in (left, right)]
    probability = chances(model, odds, at[0], at[1])
    chosen = np.flatnonzero(probability >= least)
    if one_to_one:
        chosen = chosen[one_partner(at[0][chosen], at[1][chosen], probability[chosen])]
    told = near.take(chosen)
    found = tuple(told[f"level_{column}"].to_numpy().astype(np.int8) for column in range(len(learned.columns)))
    one, other = (told[side].to_pylist() for side in ("left_id", "right_id"))
    return SparkLinks(one, other, probability[chosen], found, learned, rows, compared, frame)
