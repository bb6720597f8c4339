"""A list gets a new version: what is weighed again is what changed, and the result is that of linking from nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.linkage import registers
from repatria.linkage.again import NoRun, Run, format_run, parse_run
from repatria.linkage.kinds import BadTable
from repatria.linkage.pairs import Trait, meet, meet_again
from repatria.linkage.tables import Links, link
from tests.linkage.test_tables import Rows, read

FAMILIES = ("Вигаданко", "Vyhadanko", "Прикладюк", "Prykladiuk", "Зразковий", "Zrazkovyi", "Вигаданко-Прикладюк", "")
GIVEN = ("Зореслав", "Zoreslav", "Лучезар", "")
BIRTHS = ("1990-03-05", "1990-05-03", "1990-03-06", "13.04.1985", "03/04/1985", "1985", "")
UNITS = ("1", "2", "")

ROW = st.fixed_dictionaries({
    "family_name": st.sampled_from(FAMILIES), "given_names": st.sampled_from(GIVEN),
    "date_of_birth": st.sampled_from(BIRTHS), "unit": st.sampled_from(UNITS),
})  # fmt: skip
WHOLE = st.fixed_dictionaries({
    "name": st.lists(st.sampled_from([*FAMILIES, *GIVEN, "Ахмад", "Карим", "Насер"]), max_size=6).map(" ".join),
    "date_of_birth": st.sampled_from(BIRTHS),
})  # fmt: skip


def table(rows: dict[int, dict[str, str]], row: st.SearchStrategy[dict[str, str]]) -> dict[str, list[str]]:
    """The rows as columns, so that a table without rows has its headings."""
    names = ("family_name", "given_names", "date_of_birth", "unit") if row is ROW else ("name", "date_of_birth")
    return {"id": [f"p{at}" for at in rows], **{name: [row[name] for row in rows.values()] for name in names}}


def versions(row: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[list[list[dict[int, dict[str, str]]]]]:
    """Three versions of two lists: each row by its number, so that rows stay, change, go and come."""
    start = st.dictionaries(st.integers(0, 15), row, min_size=1, max_size=12)
    change = st.dictionaries(st.integers(0, 15), st.none() | row, max_size=4)

    def applied(drawn: tuple[Any, ...]) -> list[list[dict[int, dict[str, str]]]]:
        made = []
        for first, *changes in drawn:
            side = [first]
            for each in changes:
                merged = {**side[-1], **each}
                side.append({at: new for at, new in merged.items() if new is not None})
            made.append(side)
        return [list(each) for each in zip(*made, strict=True)]

    return st.tuples(*[st.tuples(start, change, change)] * 2).map(applied)


def same(one: Links, other: Links) -> None:
    """The same to the last bit: every pair that met, its levels, its probability, and what is told."""
    assert (one.left, one.right, one.left_ids, one.right_ids) == (
        other.left, other.right, other.left_ids, other.right_ids,
    )  # fmt: skip
    assert one.compared.left.tolist() == other.compared.left.tolist()
    assert one.compared.right.tolist() == other.compared.right.tolist()
    for a, b in zip(one.compared.levels, other.compared.levels, strict=True):
        assert a.tolist() == b.tolist()
    assert one.chances.tolist() == other.chances.tolist()
    assert one.probability.tolist() == other.probability.tolist()
    assert one.explanations() == other.explanations()


@pytest.mark.parametrize("row", [ROW, WHOLE], ids=["parts", "whole"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), one_to_one=st.booleans())
def test_however_lists_change_the_result_is_that_of_linking_from_nothing(
    row: st.SearchStrategy[dict[str, str]], data: st.DataObject, one_to_one: bool
) -> None:
    first, *later = [[table(rows, row) for rows in sides] for sides in data.draw(versions(row))]
    try:
        found = link(*first, one_to_one=one_to_one)
    except BadTable:
        return
    run = found.run(b"a key")
    for tables in later:
        again = link(*tables, one_to_one=one_to_one, before=parse_run(format_run(run)))
        same(again, link(*tables, one_to_one=one_to_one, weights=run.learned))
        run = again.run(b"a key")


Cells = dict[tuple[int, int], int]
CODES = st.lists(st.integers(-1, 3), min_size=12, max_size=12)
CELLS = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 11)), st.integers(-1, 3), max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.lists(CODES, min_size=6, max_size=6), CELLS, CELLS, st.integers(1, 30))
def test_rows_meet_again_as_they_would_from_nothing(
    codes: list[list[int]], left_cells: Cells, right_cells: Cells, largest: int
) -> None:
    """Blocks grow too large and become small enough again, while rows of each side change."""

    def rules(of: tuple[np.ndarray, np.ndarray]) -> list[tuple[Trait, ...]]:
        one, two, three = (Trait(str(at), str(at), of[0][at], of[1][at]) for at in range(3))
        return [(one,), (two, three), (one, three)]

    before = np.array(codes[:3]), np.array(codes[3:])
    after = before[0].copy(), before[1].copy()
    changed = np.zeros(12, bool), np.zeros(12, bool)
    for side, cells in enumerate((left_cells, right_cells)):
        for (trait, row), value in cells.items():
            after[side][trait, row] = value
            changed[side][row] = True
    was = meet(rules(before), False, largest)
    stays = ~changed[0][was.left] & ~changed[1][was.right]
    kept = ((was.left.astype(np.int64) << 32) | was.right)[stays]
    now = meet_again(rules(after), kept, changed, was.crowded & ~changed[0], largest)
    expected = meet(rules(after), False, largest)
    if now is None:  # a block became too large: all is met anew
        assert (expected.crowded & ~was.crowded).any()
        return
    assert (now.left.tolist(), now.right.tolist()) == (expected.left.tolist(), expected.right.tolist())
    assert now.crowded.tolist() == expected.crowded.tolist()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    folder = tmp_path_factory.mktemp("registers")
    registers.main(800, folder)
    return read(folder / "LEFT.csv"), read(folder / "RIGHT.csv")


def changed(rows: Rows, draw: Random, part: float) -> Rows:
    """A new version: some rows gone, some with another cell, some with a new id, in another order."""
    made = []
    for row in rows:
        what = draw.random() / part
        if what < 0.25:
            continue
        if what < 0.5:
            row = row | {"date_of_birth": "1999-09-09"}
        elif what < 0.75:
            row = row | {"family_name": draw.choice(rows)["family_name"]}
        elif what < 1:
            row = row | {"id": f"n{row['id']}"}
        made.append(row)
    return draw.sample(made, len(made))


def test_of_two_registers_only_what_changed_is_weighed_again(made: tuple[Rows, Rows]) -> None:
    draw = Random(1)
    first = link(*made)
    run = first.run(b"a key")
    unchanged = link(*made, before=run)
    assert unchanged.weighed_again == 0
    same(unchanged, first)
    newer = [changed(rows, draw, 0.01) for rows in made]
    again = link(*newer, before=run)
    assert 0 < again.weighed_again < 0.03 * len(again.compared.left)
    same(again, link(*newer, weights=run.learned))
    assert again.fits


def test_weights_that_no_longer_fit_are_told(made: tuple[Rows, Rows]) -> None:
    left, right = made
    run = link(left, right).run()
    clerk = [row | {"given_names": row["given_names"][:1]} for row in right]  # a sender that writes initials
    found = link(left, clerk, before=run)
    assert found.drift > 0.2
    assert not found.fits


def test_the_order_of_days_turned_over_is_a_change_of_every_row() -> None:
    """One row more can show that a column writes the month first: then every date of it reads otherwise."""
    days = ["13/04/1990", "03/04/1990", "25/12/1988", "05/06/1985"]
    left = {"id": list("abcd"), "name": ["Олена Вигадана"] * 4, "date_of_birth": days}
    right = {"id": list("1234"), "name": ["Olena Vyhadana"] * 4,
             "date_of_birth": ["1990-04-13", "1990-04-03", "1988-12-25", "1985-06-05"]}  # fmt: skip
    run = link(left, right).run()
    newer = {name: [*column, more] for (name, column), more in zip(left.items(), ["e", "Олена Інша", "31/01/1979"],
                                                                   strict=True)}  # fmt: skip
    same(link(newer, right, before=run), link(newer, right, weights=run.learned))


def test_weights_of_other_columns_or_of_another_kind_of_run_are_refused(made: tuple[Rows, Rows]) -> None:
    left, right = made
    run = link(left[:50], right[:50]).run()
    with pytest.raises(BadTable, match="of a run with one_to_one"):
        link(left, right, one_to_one=False, before=run)
    bare = [{name: row[name] for name in ("id", "family_name", "given_names")} for row in right]
    with pytest.raises(BadTable, match="also of date_of_birth"):
        link(left, bare, before=run)


# --- kept as bytes ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(made: tuple[Rows, Rows]) -> Run:
    return link(made[0][:200], made[1][:200]).run(b"secret")


def test_a_run_that_was_kept_is_read_back_whole(kept: Run) -> None:
    back = parse_run(format_run(kept))
    assert format_run(back) == format_run(kept)
    assert back.ids == kept.ids
    assert all((a == b).all() for a, b in zip(back.levels, kept.levels, strict=True))


def test_a_run_has_no_cell_of_the_tables(made: tuple[Rows, Rows], kept: Run) -> None:
    data = format_run(kept)
    cells = {row[name] for rows in made for row in rows[:200] for name in row.keys() - {"id", "unit"}} - {""}
    assert not [cell for cell in cells if cell.encode() in data]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_broken_run_is_refused_and_never_anything_else(data: st.DataObject, kept: Run) -> None:
    whole = format_run(kept)
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = data.draw(
        st.sampled_from([whole[:at], whole + b"x", whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]])
    )
    try:
        found = parse_run(broken)
    except NoRun:
        return
    assert len(found.left) == len(found.right) == len(found.levels[0])  # a changed id or weight reads as another run


# --- the process it runs in -------------------------------------------------------------------------------------------

SCRIPT = """
import csv, sys
from repatria.linkage import dedupe, link
left, right = (list(csv.DictReader(open(path, encoding="utf-8", newline=""))) for path in sys.argv[1:3])
found = link(left, right)
print([tuple(rule.traits) for rule in found.rules])
for row in zip(found.left_ids, found.right_ids, found.probability.tolist(), found.explanations()): print(row)
print(dedupe(left + right).cluster_ids)
"""


def test_hash_seed_and_number_of_threads_change_nothing(made: tuple[Rows, Rows], tmp_path: Path) -> None:
    folder = tmp_path
    registers.main(200, folder)
    told = set()
    for seed, threads in (("0", "1"), ("7", "4")):
        environment = {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, folder / "LEFT.csv", folder / "RIGHT.csv"],
            capture_output=True, text=True, env=environment, check=True,
        )  # fmt: skip
        told.add(done.stdout)
    assert len(told) == 1
    assert len(told.pop().splitlines()) > 150


def test_the_fingerprints_of_rows_do_not_come_out_without_the_key(kept: Run, made: tuple[Rows, Rows]) -> None:
    other = link(made[0][:200], made[1][:200]).run(b"another")
    assert not np.isin(other.seen[0], kept.seen[0]).any()
