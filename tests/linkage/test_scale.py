"""What Spark and Splink are told, without either: the same rows meet, and SQL gives each pair our own weight."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from itertools import product
from math import log2
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from benchmarks.linkage import registers
from repatria.linkage import link, scale, train
from repatria.linkage.again import Learned
from repatria.linkage.kinds import BadTable
from repatria.linkage.learned import NoWeights, format_learned, parse_learned
from repatria.linkage.pairs import LARGEST_BLOCK
from repatria.linkage.spark import NoSpark, link_on_spark
from repatria.linkage.tables import Links, date_order
from repatria.linkage.weigh import evidence
from repatria.people.romanise import romanisations
from tests.cli.test_main import problems

Table = dict[str, list[str]]
Ids = tuple[str, str]
PEOPLE = 300


@pytest.fixture(scope="module")
def registers_() -> tuple[Table, Table]:
    """Two registers of invented people, in Ukrainian and romanised, with slips, dates of every kind and blank cells."""
    draw = Random(5)
    left: list[tuple[str, ...]] = []
    right: list[tuple[str, ...]] = []
    for at in range(PEOPLE):
        names = [draw.choice(registers.HEADS) + draw.choice(registers.MIDDLES) + draw.choice(registers.ENDINGS)[0],
                 *draw.choice(registers.MEN)[:2]]  # fmt: skip
        day = date(1960 + draw.randrange(40), draw.randint(1, 12), draw.randint(1, 28))
        unit, sex = f"{100 + draw.randrange(9)} OMBr", draw.choice(("m", "M", "-", "", "f"))
        left.append((f"L{at:04}", *map(str.capitalize, names), day.strftime("%d/%m/%Y"), unit, sex))
        if draw.random() < 0.2:  # somebody else, of the same day and unit
            names = [f"{draw.choice(registers.HEADS)}щенко".capitalize(), *draw.choice(registers.MEN)[:2]]
        latin = [draw.choice(romanisations(name.capitalize(), "uk")).text for name in names]
        latin = [name[:2] + name[3:] if draw.random() < 0.1 else name for name in latin]
        latin[2] = "" if draw.random() < 0.15 else latin[2]
        born = draw.choice((day.isoformat(),) * 5 + (f"{day.year}", f"{day.year}-{day.month:02}", "", "nobody knows",
                           f"{day.year}-{day.day:02}-{day.month:02}", day.strftime("%d.%m.%Y")))  # fmt: skip
        right.append((f"R{at:04}", *latin, born, unit.replace(" ", "-") if at % 3 else unit, sex))
    names = ("id", "family_name", "given_names", "father_name", "date_of_birth", "unit", "sex")
    tables = [dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) for rows in (left, right)]
    return tables[0], tables[1]


def encoded(tables: Sequence[Table], learned: Learned, size: int = 25) -> list[list[scale.Encoded]]:
    """Both tables, encoded part by part."""
    sides = [scale.Side(learned, {}, {"date_of_birth": date_order(table["date_of_birth"])}) for table in tables]
    return [
        [
            scale.encode_part(side, {name: cells[at : at + size] for name, cells in table.items()})
            for at in range(0, len(table["id"]), size)
        ]
        for table, side in zip(tables, sides, strict=True)
    ]


def met(parts: Sequence[Sequence[scale.Encoded]]) -> set[Ids]:
    blocks: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, own in enumerate(parts):
        for part in own:
            for at, row in enumerate(part.ids):
                for number in part.met[part.starts[at] : part.starts[at + 1]].tolist():
                    blocks[number][side].append(row)
    small = (block for block in blocks.values() if len(block[0]) * len(block[1]) <= LARGEST_BLOCK)
    return {pair for block in small for pair in product(*block)}


def met_here(found: Links) -> list[Ids]:
    pairs = zip(found.compared.left.tolist(), found.compared.right.tolist(), strict=True)
    return [(found.left[one], found.right[other]) for one, other in pairs]


def test_the_same_rows_meet_whatever_parts_a_table_lies_in(registers_: tuple[Table, Table]) -> None:
    found = link(*registers_)
    for size in (25, 1_000):
        assert met(encoded(registers_, found.learned, size)) == set(met_here(found))


def test_a_number_that_too_many_pairs_have_meets_nobody() -> None:
    size = 200  # 40,000 pairs of one unit
    names = [("Коваль", "Бондар", "Ткач", "Гай")[at % 4] for at in range(size)]
    tables = [
        {"id": [f"{side}{at}" for at in range(size)], "family_name": names, "unit": ["1"] * size,
         "date_of_birth": [""] * size} for side in "lr"
    ]  # fmt: skip
    learned = replace(train(*tables), rules=(("unit",), ("family_name",)))
    pairs = met(encoded(tables, learned))
    assert pairs == set(met_here(link(*tables, weights=learned)))
    assert len(pairs) == 4 * 50 * 50


@pytest.mark.parametrize("one_to_one", [False, True])
def test_splinks_sum_over_its_settings_is_our_weight(registers_: tuple[Table, Table], one_to_one: bool) -> None:
    found = link(*registers_, one_to_one=one_to_one)
    ours = dict(zip(met_here(found), evidence(found.model, found.compared).tolist(), strict=True))
    in_columns = [each.tolist() for each in found.compared.levels]
    levels = dict(zip(met_here(found), zip(*in_columns, strict=True), strict=True))
    theirs = in_sql(encoded(registers_, found.learned), found.learned, sorted(ours))
    assert {pair: level for pair, (_, level) in theirs.items()} == levels
    assert max(abs(theirs[pair][0] - ours[pair]) for pair in ours) < 1e-9
    seen = {(column, level) for each in levels.values() for column, level in enumerate(each)}
    assert len(seen) > 25  # the registers show most levels, unknown among them
    assert any(level == -1 for _, level in seen)


def in_sql(
    parts: Sequence[Sequence[scale.Encoded]], learned: Learned, pairs: Sequence[Ids]
) -> dict[Ids, tuple[float, tuple[int, ...]]]:
    """The weight and the levels of each pair by the settings' own conditions, in SQLite, and by Splink's sum of weights
    (Splink 5, comparison_level.py: log2 of m / u, and log2 of u of the level of equal keys over the greater share)."""
    said = scale.settings(learned)
    base = sqlite3.connect(":memory:")
    near_by = {scale.TEXTS: scale.near_texts, scale.DATES: scale.near_dates}
    for name, near in near_by.items():
        base.create_function(name, 2, lambda one, other, near=near: near([one], [other])[0])
    columns = [f"c{at}_{what}" for at in range(len(learned.columns)) for what in ("value", "key")]
    for side, own in zip("lr", parts, strict=True):
        base.execute(f"CREATE TABLE {side} (id, {', '.join(f'{name}_{side}' for name in columns)})")
        for part in own:
            cells = [each for pair in zip(part.values, part.keys, strict=True) for each in pair]
            rows = zip(part.ids, *cells, strict=True)
            base.executemany(f"INSERT INTO {side} VALUES ({', '.join('?' * (len(columns) + 1))})", rows)
    base.execute("CREATE TABLE pairs (l, r)")
    base.executemany("INSERT INTO pairs VALUES (?, ?)", pairs)
    shares = {}
    for at, (_, kind) in enumerate(learned.columns):
        if counted := scale.counted(kind):
            every = Counter(each for own in parts for part in own for each in getattr(part, f"{counted}s")[at])
            del every[None]
            factor = scale.rare_scale(learned, at) / every.total()
            shares[at] = {one: count * factor for one, count in every.items()}
    gammas = []
    for comparison in said["comparisons"]:
        conditions = [level["sql_condition"] for level in comparison["comparison_levels"]]
        when = " ".join(f"WHEN {condition} THEN {at - 1}" for at, condition in enumerate(conditions[:-1]))
        gammas.append(f"CASE {when} {conditions[-1]} {len(conditions) - 2} END")
    kinds = [kind for _, kind in learned.columns]
    told = [f"c{at}_{scale.counted(kind) or 'key'}_{side}" for at, kind in enumerate(kinds) for side in "lr"]
    rows = base.execute(
        f"SELECT l.id, r.id, {', '.join([*gammas, *told])} FROM pairs JOIN l ON l.id = pairs.l JOIN r ON r.id = pairs.r"
    )
    prior = said["probability_two_random_records_match"]
    found = {}
    for one, other, *rest in rows:
        levels, values = rest[: len(gammas)], rest[len(gammas) :]
        weight = log2(prior / (1 - prior))
        for at, (level, comparison) in enumerate(zip(levels, said["comparisons"], strict=True)):
            of_level = comparison["comparison_levels"][level + 1]
            if level >= 0:
                weight += log2(of_level["m_probability"] / of_level["u_probability"])
            if "tf_adjustment_column" in of_level:
                own = of_level["disable_tf_exact_match_detection"]
                exact = of_level if own else exact_match(comparison, of_level["tf_adjustment_column"])
                share = max(shares[at][value] for value in values[2 * at : 2 * at + 2])
                weight += log2(exact["u_probability"]) - log2(share)
        found[one, other] = weight, tuple(levels)
    return found


def exact_match(comparison: Mapping[str, Any], column: str) -> Mapping[str, Any]:
    return next(
        level for level in comparison["comparison_levels"] if level["sql_condition"] == f"{column}_l = {column}_r"
    )


# --- what was learned, by itself --------------------------------------------------------------------------------------


def test_saved_weights_link_as_the_run_that_learned_them(registers_: tuple[Table, Table]) -> None:
    found = link(*registers_)
    text = format_learned(found.learned)
    again = link(*registers_, weights=parse_learned(text))
    assert (again.left_ids, again.right_ids) == (found.left_ids, found.right_ids)
    assert again.probability == pytest.approx(found.probability, abs=1e-12)


def test_saved_weights_have_no_cell_of_a_table(registers_: tuple[Table, Table]) -> None:
    text = format_learned(train(*registers_))
    cells = {cell for table in registers_ for name, each in table.items() for cell in each if len(cell) > 4}
    assert not [cell for cell in cells if cell in text]


@pytest.mark.parametrize(
    ("change", "why"),
    [({"form": "another"}, "another form"), ({"columns": []}, "no known kind"), ({"m": [[1.0]]}, "no weights"),
     ({"partners": "inf"}, "no numbers"), ({"rules": [["shoe size"]]}, "another version"), ({"rows": 5}, "broken")],
)  # fmt: skip
def test_what_is_no_weights_is_refused_and_says_why(
    registers_: tuple[Table, Table], change: Mapping[str, Any], why: str
) -> None:
    text = format_learned(train(*registers_))
    parse_learned(text)
    with pytest.raises(NoWeights, match=why):
        parse_learned(json.dumps(json.loads(text) | change))
    with pytest.raises(NoWeights, match="broken"):
        parse_learned(text[:-100])


def test_a_part_of_the_rows_tells_how_many_stand_in_both(registers_: tuple[Table, Table]) -> None:
    """About half the rows of each side, drawn for themselves: a quarter of all pairs, and of those of one person."""
    whole, draw = train(*registers_), Random(3)
    parts = []
    for table in registers_:
        kept = [at for at in range(PEOPLE) if draw.random() < 0.5]
        parts.append({name: [cells[at] for at in kept] for name, cells in table.items()})
    part = train(*parts, of_rows=(PEOPLE, PEOPLE))
    assert part.model.rows == (PEOPLE, PEOPLE)
    assert part.model.pairs == PEOPLE**2
    assert 0.6 < part.model.partners / whole.model.partners < 1.6
    for of_part, of_whole in zip(part.model.weights, whole.model.weights, strict=True):
        assert abs(of_part.m[0] - of_whole.m[0]) < 0.25
    one, other = (set(link(*registers_, weights=each).left_ids) for each in (part, whole))
    assert len(one & other) > 0.85 * len(other)


# --- without the extra ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="the extra is here")
def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoSpark, match=r"repatria\[scale\]"):
        link_on_spark(None, None, None)
    out = ("--out", tmp_path / "pairs.csv")
    assert problems("link", "spark", "left.csv", "right.csv", *out) == ["link.spark.absent"]


def test_a_file_that_is_no_weights_is_refused_before_anything_is_begun(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text("{}")
    out = ("--out", tmp_path / "pairs.csv", "--weights", tmp_path / "weights.json")
    assert problems("link", "spark", "left.csv", "right.csv", *out) == ["link.weights"]


def test_weights_of_the_other_kind_of_run_are_refused(registers_: tuple[Table, Table]) -> None:
    learned = train(*registers_, one_to_one=False)
    with pytest.raises(BadTable, match="without one_to_one"):
        link(*registers_, weights=learned)
    assert np.isfinite(learned.model.prior)
