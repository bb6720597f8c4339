"""Neither the order of rows or columns, nor rows that stand twice, nor ids that both tables use change who is found."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.linkage import dedupe, link
from repatria.linkage.kinds import BadTable
from repatria.linkage.names import score_names
from repatria.linkage.tables import Links

FAMILIES = ("Вигаданко", "Vyhadanko", "Прикладюк", "Prykladiuk", "Зразковий", "محمد", "")
PERSON = st.fixed_dictionaries({
    "family_name": st.sampled_from(FAMILIES), "given_names": st.sampled_from(("Зореслав", "Zoreslav", "Лучезар", "")),
    "date_of_birth": st.sampled_from(("1990-03-05", "05.03.1990", "13.04.1985", "1985", "")),
    "unit": st.sampled_from(("1", "2", "")),
})  # fmt: skip
WHOLE = st.fixed_dictionaries({
    "name": st.lists(st.sampled_from((*FAMILIES, "Ян", "Ахмад Карим")), max_size=4).map(" ".join),
    "date_of_birth": st.sampled_from(("1990-03-05", "1985", "")),
})  # fmt: skip
ROWS = st.lists(PERSON, min_size=1, max_size=10) | st.lists(WHOLE, min_size=1, max_size=10)
Table = dict[str, list[str]]


def table(rows: list[dict[str, str]], prefix: str) -> Table:
    """The same id stands in both tables where both have one prefix; every third row stands twice, under two ids."""
    every = [*rows, *rows[::3]]
    columns = {name: [row[name] for row in every] for name in rows[0]}
    return {"id": [f"{prefix}{at}" for at in range(len(every))], **columns}


def mixed(columns: Table, draw: Random) -> Table:
    order = draw.sample(range(len(columns["id"])), len(columns["id"]))
    return {name: [columns[name][at] for at in order] for name in draw.sample(sorted(columns), len(columns))}


def all_of(found: Links) -> list[object]:
    """Everything that a run tells, to the last bit."""
    return [
        found.left, found.right, found.left_ids, found.right_ids, found.probability.tolist(), found.explanations(),
        found.rules, [[each.m.tolist(), each.u.tolist()] for each in found.model.weights], found.chances.tolist(),
    ]  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(ROWS, ROWS, st.sampled_from(["p", "q"]), st.booleans(), st.randoms(use_true_random=False))
def test_two_tables(
    one: list[dict[str, str]], other: list[dict[str, str]], prefix: str, one_to_one: bool, draw: Random
) -> None:
    left, right = table(one, "p"), table(other, prefix)
    try:
        before = link(left, right, one_to_one=one_to_one)
    except BadTable as bad:
        problems = bad.problems
    else:
        problems = ()
    if problems:
        with pytest.raises(BadTable) as again:
            link(mixed(left, draw), mixed(right, draw), one_to_one=one_to_one)
        assert again.value.problems == problems
        return
    assert all_of(link(mixed(left, draw), mixed(right, draw), one_to_one=one_to_one)) == all_of(before)
    rows = [dict(zip(right, cells, strict=True)) for cells in zip(*right.values(), strict=True)]
    assert all_of(link(left, rows, one_to_one=one_to_one)) == all_of(before)  # rows or columns
    labels = {(before.left[0], before.right[-1]): True, (before.left[-1], before.right[0]): False}
    taught = link(left, right, one_to_one=one_to_one, labels=labels)
    turned = dict(reversed(labels.items()))
    assert all_of(link(mixed(left, draw), right, one_to_one=one_to_one, labels=turned)) == all_of(taught)


@settings(max_examples=10, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_doubles_of_one_table(rows: list[dict[str, str]], draw: Random) -> None:
    columns = table(rows, "p")
    try:
        before = dedupe(columns)
    except BadTable:
        return
    after = dedupe(mixed(columns, draw))
    assert (after.ids, after.cluster_ids) == (before.ids, before.cluster_ids)
    assert all_of(after.links) == all_of(before.links)
    assert set(before.cluster_ids) <= set(before.ids)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(FAMILIES), st.text(max_size=12)), min_size=1, max_size=8),
       st.randoms(use_true_random=False))  # fmt: skip
def test_names_in_pairs(pairs: list[tuple[str, str]], draw: Random) -> None:
    scores = dict(zip(pairs, score_names(*zip(*pairs, strict=True)).tolist(), strict=True))
    order = draw.sample(pairs, len(pairs))
    assert score_names(*zip(*order, strict=True)).tolist() == [scores[pair] for pair in order]
