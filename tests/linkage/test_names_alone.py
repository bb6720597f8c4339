"""Whole names and nothing else: by what they meet, and what a rival is worth (ADR 94)."""

from __future__ import annotations

import numpy as np

from benchmarks.linkage.tables import Found
from repatria.linkage.encode import encode
from repatria.linkage.pairs import traits_of
from repatria.linkage.weigh import Compared, Model, Weights, probabilities


def shared(one: str, other: str, trait: str) -> bool:
    column = encode("name", "name", [one], [other])
    found = next(each for each in traits_of([column]) if each.name == f"name: {trait}")
    return bool(set(found.left.ravel().tolist()) & set(found.right.ravel().tolist()) - {-1})


def test_names_meet_by_the_sounds_of_two_words_that_share_no_key() -> None:
    assert not shared("Хили, Джон", "Healey, Mark", "sounds of two words")
    assert shared("Хили, Джон", "John Healey", "sounds of two words")
    assert not shared("Хили, Джон", "John Healey", "beginning of a word")


def test_a_rival_that_has_a_better_partner_of_its_own_is_no_rival() -> None:
    words = encode("unit", "word", ["a", "b"], ["c", "d"])
    left, right = np.array([0, 0, 1], np.int32), np.array([0, 1, 1], np.int32)
    near, sure = 1, 0
    compared = Compared(
        left, right, (words,), (np.array([near, near, sure], np.int8),), np.zeros(3, np.float32), (np.ones(2),)
    )
    weights = Weights("unit", np.array([0.9, 0.1]), np.array([0.9 / 2**20, 0.1 / 2**5]))
    model = Model((weights,), 1.0, (2, 2), 4.0, True, 1)
    in_full = probabilities(model, compared, 0)
    by_how_free = probabilities(model, compared)
    assert in_full[0] < 0.5
    assert by_how_free[0] > 0.8
    assert by_how_free[1] < 0.01 < 0.99 < by_how_free[2]


def test_the_benchmark_takes_its_threshold_from_one_half_and_its_figures_from_the_other() -> None:
    half = np.array([0, 0, 0, 1, 1, 1])
    true = np.array([True, True, False, True, False, True])
    score = np.array([0.9, 0.6, 0.3, 0.8, 0.7, 0.2])
    found = Found(half, true, score, score, (2, 3))
    told = found.figures()
    assert (told["precision"], told["recall"]) == (1 / 2, 1 / 3)
    assert found.figures(0.75)["precision"] == 1.0
