"""Whole names of two tables: what a near name is worth depends on who else is there (ADR 98)."""

from __future__ import annotations

import csv
import random

import numpy as np
import pytest

from benchmarks.linkage import registers
from repatria.linkage.encode import Column, encode
from repatria.linkage.tables import link
from repatria.linkage.weigh import Model, Weights
from repatria.linkage.whole_names import near_names

PEOPLE = ("Zakvenko Ivan", "Radchuk Stepan", "Homtsiv Petro", "Lymar Danylo", "Tesak Hryhorii", "Shchur Makar")


def whole(left: list[str], right: list[str]) -> Column:
    return encode("name", "name", left, right)


def all_pairs(column: Column) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    one, other = np.meshgrid(np.arange(len(column.left)), np.arange(len(column.right)), indexing="ij")
    return one.ravel().astype(np.int32), other.ravel().astype(np.int32)


def bits(left: list[str], right: list[str]) -> float:
    """What the first row of the left table and the first of the right one count."""
    column = whole(left, right)
    return float(near_names(column, *all_pairs(column)).bits[0])


def test_a_near_name_is_worth_less_where_many_have_one_as_near() -> None:
    alone = bits(["Заквенко Іван"], ["Zakvinka Ivan", *PEOPLE[1:]])
    among_kin = bits(["Заквенко Іван"], ["Zakvinka Ivan", "Zakvenka Petro", "Zakvenko Makar", *PEOPLE[1:4]])
    namesakes = [f"{name} Ivan" for name in ("Lymar", "Shchur", "Tesak", "Homtsiv", "Radchuk")]
    among_namesakes = bits(["Заквенко Іван"], ["Zakvinka Ivan", *namesakes])
    assert alone > among_kin + 0.5
    assert alone > among_namesakes + 1


def test_people_whose_names_are_far_make_a_name_rarer() -> None:
    few = bits(["Заквенко Іван"], ["Zakvenko Ivan", *PEOPLE[1:3]])
    many = bits(["Заквенко Іван"], ["Zakvenko Ivan", *PEOPLE[1:]])
    assert many > few


def test_sides_changed_about_count_the_same() -> None:
    left, right = ["Заквенко Іван", "Радчук Степан", "Боб Тесак"], ["Radczuk S.", "Robert Tesak", "Zakvenko Ivan P."]
    there, back = whole(left, right), whole(right, left)
    one, other = all_pairs(there)
    np.testing.assert_allclose(near_names(there, one, other).bits, near_names(back, other, one).bits)


def test_names_in_arabic_letters_meet_their_latin_spelling() -> None:
    names = ["محمد سالم الشامي", "خالد حسن المصري", "عمر يوسف الحلبي"]
    latin = ["Omar Youssef al-Halabi", "Mohamed Salem al-Shami", "Khaled Hassan el-Masri"]
    found = link({"id": ["a", "b", "c"], "name": names}, {"id": ["x", "y", "z"], "name": latin})
    assert set(zip(found.left_ids, found.right_ids, strict=True)) == {("a", "y"), ("b", "z"), ("c", "x")}


def test_a_row_that_is_free_is_likelier_where_most_are_taken() -> None:
    weights = (Weights("name", np.ones(12) / 12, np.ones(12) / 12),)
    few, most = (Model(weights, partners, (1000, 1000), 1e6, True, 1) for partners in (100.0, 900.0))
    assert most.prior > few.prior + np.log2(9) + 5
    larger = Model(weights, 900.0, (1000, 100_000), 1e8, True, 1)  # nearly all right rows are free whatever is taken
    assert most.prior > larger.prior + np.log2(100)


Registers = tuple[list[dict[str, str]], list[dict[str, str]], set[tuple[str, str]]]


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Registers:
    """Registers of invented people with nothing but names."""
    folder = tmp_path_factory.mktemp("registers")
    registers.main(1500, folder, seed=77)
    read = []
    for name in ("LEFT", "RIGHT", "TRUTH"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            read.append(list(csv.DictReader(file)))
    left, right = (
        [{"id": row["id"], "name": f"{row['family_name']} {row['given_names']} {row['father_name']}"} for row in side]
        for side in read[:2]
    )
    return left, right, {(row["left_id"], row["right_id"]) for row in read[2]}


def test_probabilities_of_names_alone_are_as_many_as_are_true(invented: Registers) -> None:
    left, right, true = invented
    found = link(left, right, least=0.01)
    hits = np.array([pair in true for pair in zip(found.left_ids, found.right_ids, strict=True)])
    given = found.probability
    bins = np.minimum((given * 10).astype(int), 9)
    error = sum(abs(float((given[bins == at] - hits[bins == at]).sum())) for at in range(10)) / len(given)
    assert error <= 0.03
    assert hits[given >= 0.99].mean() >= 0.985
    assert abs(found.model.partners - len(true)) < 0.05 * len(true)
    assert hits[given >= 0.5].sum() >= 0.85 * len(true)


def test_the_order_of_rows_changes_nothing(invented: Registers) -> None:
    left, right = invented[0][:200], invented[1][:200]
    found = link(left, right, least=0.01)
    random.Random(3).shuffle(left)
    random.Random(4).shuffle(right)
    again = link(left, right, least=0.01)
    assert (found.left_ids, found.right_ids) == (again.left_ids, again.right_ids)
    assert found.probability.tolist() == again.probability.tolist()


def test_without_one_to_one_rivals_count_as_long_as_nobody_stands_twice(invented: Registers) -> None:
    left, right, true = invented
    found = link(left, right, one_to_one=False, least=0.5)
    pairs = set(zip(found.left_ids, found.right_ids, strict=True))
    assert found.model.several < 0.2
    assert len(pairs & true) > 0.95 * len(pairs)


def test_without_one_to_one_whoever_stands_twice_is_found_twice(invented: Registers) -> None:
    left, right, true = invented
    twice = right + [row | {"id": f"again-{row['id']}"} for row in right]
    found = link(left, twice, one_to_one=False, least=0.5)
    pairs = set(zip(found.left_ids, found.right_ids, strict=True))
    doubles = {(one, f"again-{other}") for one, other in true}
    assert found.model.several > 0.8
    assert len(pairs & true) == len(pairs & doubles) > 0.5 * len(true)


def test_without_one_to_one_near_strangers_do_not_become_partners(invented: Registers) -> None:
    draw = random.Random(9)
    words = [row["name"].split() for row in invented[1]]
    strangers = [
        {"id": f"s{at}", "name": f"{draw.choice(words)[0]} {draw.choice(words)[1]}"} for at in range(4 * len(words))
    ]
    left, right = (
        [{"id": row["id"], "name": " ".join(row["name"].split()[:2])} for row in side] for side in invented[:2]
    )
    true = invented[2]
    found = link(left, right + strangers, one_to_one=False, least=0.5)
    pairs = set(zip(found.left_ids, found.right_ids, strict=True))
    assert found.model.partners < 1.5 * len(true)
    assert len(pairs & true) > 0.65 * len(pairs)
