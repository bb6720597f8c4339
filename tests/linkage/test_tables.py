"""Bare tables linked: who is found, that nothing depends on order, and every problem at once."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks.linkage import registers
from repatria.linkage import dedupe, link
from repatria.linkage.assign import one_to_one
from repatria.linkage.cluster import clusters
from repatria.linkage.encode import encode
from repatria.linkage.kinds import BadTable
from repatria.linkage.levels import levels
from repatria.linkage.pairs import Trait, choose_rules, meet, traits_of
from repatria.linkage.tables import Clusters, Links

Rows = list[dict[str, str]]
PEOPLE = 1_500


def read(path: Path) -> Rows:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows, set[tuple[str, str]]]:
    """Two invented registers, Ukrainian and Russian or romanised, with slips, and who is who."""
    folder = tmp_path_factory.mktemp("registers")
    registers.main(PEOPLE, folder)
    truth = {(row["left_id"], row["right_id"]) for row in read(folder / "TRUTH.csv")}
    return read(folder / "LEFT.csv"), read(folder / "RIGHT.csv"), truth


def pairs(found: Links) -> dict[tuple[str, str], float]:
    ids = zip(found.left_ids, found.right_ids, strict=True)
    return dict(zip(ids, found.probability.tolist(), strict=True))


def f1(found: set[tuple[str, str]], truth: set[tuple[str, str]]) -> float:
    return 2 * len(found & truth) / (len(found) + len(truth))


def test_two_registers_in_two_languages_with_slips_are_linked(made: tuple[Rows, Rows, set[tuple[str, str]]]) -> None:
    left, right, truth = made
    found = pairs(link(left, right))
    assert f1(set(found), truth) >= 0.985
    assert len({one for one, _ in found}) == len(found) == len({other for _, other in found})
    sure = {pair for pair, probability in found.items() if probability >= 0.99}
    assert len(sure & truth) >= 0.985 * len(sure)
    assert len(sure) > len(truth) / 2


def test_the_same_with_whole_names_in_one_column(made: tuple[Rows, Rows, set[tuple[str, str]]]) -> None:
    left, right, truth = made
    draw = Random(1)

    def whole(row: Mapping[str, str]) -> dict[str, str]:
        parts = [row["family_name"], row["given_names"], row["father_name"]]
        name = " ".join(filter(None, parts if draw.random() < 0.5 else [parts[1], parts[2], parts[0]]))
        return {"id": row["id"], "name": name, "date_of_birth": row["date_of_birth"]}

    assert f1(set(pairs(link(list(map(whole, left)), list(map(whole, right))))), truth) >= 0.95
    assert f1(set(pairs(link(left, list(map(whole, right))))), truth) >= 0.95  # parts on one side, a whole on the other


def test_the_order_of_rows_and_columns_changes_nothing(made: tuple[Rows, Rows, set[tuple[str, str]]]) -> None:
    left, right, _ = made
    before = pairs(link(left, right))
    draw = Random(3)
    for _ in range(2):
        mixed = []
        for rows in (left, right):
            names = draw.sample(sorted(rows[0]), len(rows[0]))
            mixed.append([{name: row[name] for name in names} for row in draw.sample(rows, len(rows))])
        after = pairs(link(*mixed))
        assert after.keys() == before.keys()
        assert all(abs(after[pair] - before[pair]) < 1e-6 for pair in before)


def test_sides_changed_over_give_the_same_pairs(made: tuple[Rows, Rows, set[tuple[str, str]]]) -> None:
    left, right, _ = made
    one, other = set(pairs(link(left, right))), {(b, a) for a, b in pairs(link(right, left))}
    assert len(one & other) > 0.99 * len(one | other)


def test_doubles_of_one_table_come_together(made: tuple[Rows, Rows, set[tuple[str, str]]]) -> None:
    left, right, truth = made
    found = dedupe([*left, *right])
    assert isinstance(found, Clusters)
    cluster = dict(zip(found.ids, found.cluster_ids, strict=True))
    together = {pair for pair in truth if cluster[pair[0]] == cluster[pair[1]]}
    assert len(together) > 0.95 * len(truth)
    assert sum(size > 2 for size in Counter(found.cluster_ids).values()) < 0.01 * len(truth)
    shuffled = dedupe(Random(5).sample([*left, *right], len(left) + len(right)))
    assert dict(zip(shuffled.ids, shuffled.cluster_ids, strict=True)) == cluster


def test_columns_by_other_headings_and_columns_of_other_kinds() -> None:
    rows = [{"no": str(at), "surname": f"Invented{at}", "born": f"19{60 + at}-01-0{1 + at}", "post": f"{at}{at}-7 1"}
            for at in range(9)]  # fmt: skip
    other = [
        {"key": row["no"], "family": row["surname"].upper(), "born": row["born"], "post": row["post"].replace("-", "")}
        for row in rows
    ]
    said = {"no": "id", "key": "id", "surname": "family_name", "family": "family_name", "born": "date_of_birth"}
    left, right = ({said.get(name, name): [row[name] for row in table] for name in table[0]} for table in (rows, other))
    found = link(left, right, columns={"post": "number"})
    assert set(pairs(found)) == {(str(at), str(at)) for at in range(9)}
    assert "post: the same but for spelling" in found.explanations()[0]


def test_a_day_is_read_in_the_order_that_its_own_table_shows() -> None:
    days = ["13/04/1990", "03/04/1990", "25/12/1988", "31/01/1979", "05/06/1985"]
    left = {"id": list("abcde"), "name": ["Олена Бондар"] * 5, "date_of_birth": days}
    right = {"id": list("12345"), "name": ["Olena Bondar"] * 5,
             "date_of_birth": ["1990-04-13", "1990-04-03", "1988-12-25", "1979-01-31", "1985-06-05"]}  # fmt: skip
    assert set(pairs(link(left, right))) == set(zip("abcde", "12345", strict=True))


def test_every_problem_of_a_table_is_told_at_once() -> None:
    bad = {"id": ["b", "a", "a", ""], "name": ["w", "x", "y", "z"]}
    with pytest.raises(BadTable) as error:
        link(bad, bad)
    assert error.value.problems == (
        "left table: 1 rows without an id",
        "left table: 1 ids stand twice, the first again in row 3 under the headings",
    )  # fmt: skip
    with pytest.raises(BadTable, match="no column id"):
        link({"name": ["x"]}, bad)
    with pytest.raises(BadTable, match="no column in common"):
        link({"id": ["1"], "name": ["x"]}, {"id": ["2"], "sex": ["m"]})


@pytest.mark.parametrize(
    ("empty", "what"),
    [({"id": [], "name": []}, "left table: no rows"),
     ({"id": ["1"], "name": [""]}, "left table: no value in the column name, which both have")],
)  # fmt: skip
def test_an_empty_table_has_nothing_to_compare(empty: Mapping[str, list[str]], what: str) -> None:
    with pytest.raises(BadTable) as error:
        link(empty, {"id": ["2"], "name": ["Invented"]})
    assert error.value.problems == (what,)


# --- the parts --------------------------------------------------------------------------------------------------------


def test_rows_meet_as_counting_one_by_one_has_it() -> None:
    draw = np.random.default_rng(4)
    one, other = draw.integers(-1, 6, 60), draw.integers(-1, 6, 50)
    words, more = draw.integers(-1, 9, (60, 2)), draw.integers(-1, 9, (50, 2))
    single, several = Trait("a", "a", one, other), Trait("b", "b", words, more)
    found = meet([(single, several)])
    expected = {
        (a, b) for a in range(60) for b in range(50)
        if one[a] == other[b] >= 0 and {*words[a].tolist()} & {*more[b].tolist()} - {-1}
    }  # fmt: skip
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == expected
    itself = meet([(Trait("a", "a", one, one),)], itself=True)
    assert set(zip(itself.left.tolist(), itself.right.tolist(), strict=True)) == {
        (a, b) for a in range(60) for b in range(a + 1, 60) if one[a] == one[b] >= 0
    }


def test_a_trait_that_nearly_everybody_shares_is_no_rule() -> None:
    names = ["".join(chr(97 + int(digit)) for digit in str(at)) for at in range(4_000)]
    units = ["the same"] * 4_000
    columns = [encode("name", "family", names, names), encode("unit", "word", units, units)]
    assert ("unit",) not in {tuple(trait.name for trait in group) for group in choose_rules(traits_of(columns))}


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [("1990-03-05", "1990-03-05", 0), ("1990-03-05", "1990-05-03", 1), ("1990-03-05", "1990-03-06", 2),
     ("1990-03-05", "1990", 3), ("1990-03-05", "1990-03", 3), ("1990-03-15", "1990-03-28", 4),
     ("1990-03-05", "1991-11-28", 5), ("1990-03-05", "1970-11-28", 6), ("1990-03-05", "", -1)],
)  # fmt: skip
def test_levels_of_dates(left: str, right: str, level: int) -> None:
    column = encode("date_of_birth", "date", [left], [right])
    zero = np.zeros(1, np.int32)
    assert levels(column, zero, zero).tolist() == [level]


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [("Коваленко", "Коваленко", 0), ("Коваленко", "Kovalenko", 1), ("Коваленко", "Kovelenko", 2),
     ("Коваленко", "Kovalenka", 1), ("Коваленко", "Konalenko", 2), ("Коваленко", "Шевчук", 5)],
)  # fmt: skip
def test_levels_of_names(left: str, right: str, level: int) -> None:
    column = encode("family_name", "family", [left], [right])
    zero = np.zeros(1, np.int32)
    assert levels(column, zero, zero).tolist() == [level]


def test_a_chain_of_near_rows_is_not_one_person() -> None:
    one, other = np.array([0, 1, 2, 3], np.int32), np.array([1, 2, 3, 4], np.int32)
    found = clusters(5, one, other, np.array([6.0, 1.0, 6.0, 1.0]), unmet=-4.0)
    assert found.tolist() == [0, 0, 2, 2, 4]


def test_the_strongest_pairs_that_can_stand_together() -> None:
    draw = np.random.default_rng(9)
    left, right = draw.integers(0, 30, 200).astype(np.int32), draw.integers(0, 30, 200).astype(np.int32)
    weight = draw.random(200)
    expected: list[int] = []
    for at in np.argsort(-weight).tolist():
        if left[at] not in left[expected] and right[at] not in right[expected]:
            expected.append(at)
    assert one_to_one(left, right, weight).tolist() == sorted(expected)
