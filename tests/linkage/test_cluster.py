"""Clusters, and how much less sure pairs are than their own fields say (ADR 98)."""

from __future__ import annotations

import random

import numpy as np

from repatria.linkage.cluster import agreed_scale
from repatria.linkage.tables import dedupe


def careless_rows(people: int, rows_each: int) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Invented people written down several times; whoever writes carelessly gets several fields wrong at once."""
    draw = random.Random(11)
    sounds = [a + b for a in "BDGKLMNPRST" for b in "aeiou"]

    def word(length: int) -> str:
        return "".join(draw.choice(sounds) for _ in range(length)).title()

    families = [word(3) for _ in range(120)]
    places = [word(4) for _ in range(40)]
    rows: list[dict[str, str]] = []
    for person in range(people):
        born = f"{draw.randint(1950, 1999)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        true = [draw.choice(families), word(2), born, draw.choice(places)]
        for _ in range(rows_each):
            wrong = 0.5 if draw.random() < 0.5 else 0.03
            other = [draw.choice(families), word(2), f"{draw.randint(1950, 1999)}-01-01", draw.choice(places)]
            written = [o if draw.random() < wrong else t for t, o in zip(true, other, strict=True)]
            columns = ("family_name", "given_names", "date_of_birth", "place_of_birth")
            rows.append({"id": f"{draw.random():.12f}-{person}", **dict(zip(columns, written, strict=True))})
    return rows, {row["id"]: int(row["id"].partition("-")[2]) for row in rows}


def test_other_rows_of_a_cluster_tell_how_sure_its_pairs_may_be() -> None:
    rows, person = careless_rows(250, 6)
    links = dedupe(rows).links
    who = np.array([person[each] for each in links.left])
    same = who[links.compared.left] == who[links.compared.right]

    def error(given: np.ndarray) -> float:  # type: ignore[type-arg]
        told = given >= 0.01
        bins = np.minimum((given * 10).astype(int), 9)
        each = ((bins == at) & told for at in range(10))
        return float(sum(abs((given[some] - same[some]).sum()) for some in each) / told.sum())

    assert links.scale is not None
    assert links.scale.slope < 1
    assert error(links.scale.of(links.chances)) < 0.6 * error(links.chances)


def test_pairs_without_a_third_row_bear_no_witness() -> None:
    one = np.arange(0, 2000, 2, dtype=np.int32)
    odds = np.full(len(one), 3.0)
    assert agreed_scale(np.repeat(one, 2).astype(np.int64), one, one + 1, odds) is None
