"""A run against the truth: every figure worked out by hand beside it."""

from __future__ import annotations

import pytest

from repatria.linkage.between import Between
from repatria.linkage.evaluate import WORST, Evaluation, evaluate

RIGHT = [(f"a{at}", f"b{at}", 0.995) for at in range(99)]
TRUE = {(left, right) for left, right, _ in RIGHT}


def test_precision_recall_and_f1_are_those_of_the_pairs_at_the_threshold() -> None:
    pairs = [("a", "1", 0.9), ("b", "2", 0.5), ("c", "9", 0.7), ("d", "4", 0.49)]
    found = evaluate(pairs, {("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")})
    assert (found.told, found.linked, found.right, found.true) == (4, 3, 2, 4)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(1 / 2)
    assert found.f1 == pytest.approx(2 * (2 / 3) * (1 / 2) / (2 / 3 + 1 / 2))
    assert (found.best_f1, found.best_threshold) == (pytest.approx(6 / 8), 0.49)


def test_one_false_pair_in_a_hundred_leaves_99_per_cent_precision_and_two_do_not() -> None:
    one = [*RIGHT, ("x", "y", 0.9), ("a99", "b99", 0.8)]
    true = TRUE | {("a99", "b99"), ("a100", "b100")}
    found = evaluate(one, true)
    assert (found.recall_at_99, found.threshold_at_99) == (100 / 101, 0.8)
    two = evaluate([*one, ("x", "z", 0.9)], true)
    assert (two.recall_at_99, two.threshold_at_99) == (99 / 101, 0.995)


def test_pairs_of_one_probability_are_taken_together() -> None:
    found = evaluate([("a", "1", 0.8), ("b", "9", 0.8)], {("a", "1")})
    assert (found.recall_at_99, found.threshold_at_99) == (0.0, None)


def test_calibration_is_the_gap_between_what_was_said_and_what_is_true() -> None:
    said_half = [(f"a{at}", f"b{at}", 0.5) for at in range(10)]
    true = {(left, right) for left, right, _ in said_half[:5]}
    assert evaluate(said_half, true).calibration_error == pytest.approx(0)
    assert evaluate(said_half, set()).calibration_error == pytest.approx(0.5)
    mixed = evaluate([*said_half, *((f"c{at}", f"d{at}", 1.0) for at in range(30))], true)
    assert mixed.calibration_error == pytest.approx(30 / 40)
    assert (mixed.sure, mixed.sure_true) == (30, 0)


def test_nothing_told_and_nothing_true_are_no_figure_and_no_error() -> None:
    nothing = evaluate([], set())
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.calibration_error) == (None, None, None, None)
    assert nothing.as_answer()["errors"] == {}
    silent = evaluate([], {("a", "1")})
    assert (silent.recall, silent.recall_at_99, silent.kinds) == (0, 0, {"missed, not told at all": 1})


LEFT_TABLE = {
    "id": [f"l{at}" for at in range(40)],
    "family_name": [f"{chr(1040 + at % 30)}вигадка{chr(1072 + at % 7)}" for at in range(40)],
    "date_of_birth": [f"19{50 + at}-0{1 + at % 9}-{10 + at % 19}" for at in range(40)],
}


def tables() -> Between:
    other = {name: list(values) for name, values in LEFT_TABLE.items()}
    other["id"] = [f"r{at}" for at in range(40)]
    other["family_name"][3] = "Zzyx"
    other["date_of_birth"][3] = "2001-12-31"
    return Between.of(LEFT_TABLE, other)


def of_tables() -> Evaluation:
    truth = {(f"l{at}", f"r{at}") for at in range(40)}
    return evaluate([("l0", "r0", 0.99), ("l1", "r7", 0.98), ("l2", "r2", 0.3)], truth, between=tables())


def test_the_ceiling_counts_true_pairs_whose_rows_meet() -> None:
    found = of_tables()
    assert (found.met, found.ceiling) == (39, 39 / 40)
    unknown = evaluate([], {("l0", "r0"), ("l0", "nobody")}, between=tables())
    assert (unknown.met, unknown.ceiling) == (1, 1 / 2)


def test_errors_are_told_by_kind_with_ids_and_words_and_no_names() -> None:
    found = of_tables()
    assert found.kinds == {
        "false, and the partner is another row": 1,
        "missed, and one of the two went to another row": 2,
        "missed, below the threshold": 1,
        "missed, not told at all": 35,
        "missed, the rows never met": 1,
    }
    worst = {(each.left, each.right): each for each in found.worst}
    assert len(found.worst) == WORST
    assert worst["l1", "r7"].probability == 0.98
    assert worst["l3", "r3"].kind == "missed, the rows never met"
    assert worst["l3", "r3"].fields == "date of birth: different; family name: different"
    assert "вигадка" not in str(found.as_answer())
    assert "Zzyx" not in str(found.as_answer())
