"""Reviewing: what comes first, who must look again, and estimates held against a truth that is known here."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.linkage.judgement import Judgement, Verdict, confirm_sure, judge, links, standing
from repatria.linkage.review import (
    ENOUGH,
    Agreement,
    Calibration,
    Stratum,
    agreement,
    agreements,
    calibration,
    estimate,
    exact_interval,
    labels,
    queue,
    share_true,
    strata,
)
from repatria.problem import Problem

ONE, TWO, THREE = "officer-1", "officer-2", "officer-3"


@dataclass(frozen=True)
class Pair:
    sought_row: int
    held_row: int
    probability: float | None = 0.5
    second: bool = False

    @property
    def found(self) -> float | None:
        return self.probability


@dataclass(frozen=True)
class Sure:
    sought_row: int
    held_row: int
    grade: str = "sure"
    contested: bool = False


def word(pair: tuple[int, int], verdict: Verdict, by: str, second: bool = True, **more: object) -> Judgement:
    return Judgement(*pair, verdict, by, "looked at", second=second, **more)  # type: ignore[arg-type]


def verdict(*words: Judgement) -> str:
    return standing(words)[1, 2].verdict


def on_pair(what: Verdict, by: str) -> Judgement:
    return word((1, 2), what, by)


# --- second opinion, undo, non-link blocks ---------------------------------------------------------------------------


def test_where_the_stakes_are_high_one_word_does_not_count_and_two_do() -> None:
    assert verdict(on_pair("link", ONE)) == "undecided"
    assert links([on_pair("link", ONE)]) == []
    assert verdict(on_pair("link", ONE), on_pair("link", TWO)) == "link"
    assert verdict(on_pair("non_link", ONE), on_pair("non_link", TWO)) == "non_link"
    assert verdict(word((1, 2), "link", ONE, second=False)) == "link"


@pytest.mark.parametrize("again", [ONE, "Officer-1", " officer-1 "])
def test_one_reviewer_is_not_two_however_they_are_spelt(again: str) -> None:
    assert verdict(on_pair("link", ONE), on_pair("link", again)) == "undecided"


def test_two_who_disagree_decide_nothing_and_a_third_does() -> None:
    split = [on_pair("link", ONE), on_pair("non_link", TWO)]
    assert verdict(*split) == "undecided"
    assert verdict(*split, on_pair("link", THREE)) == "link"
    assert verdict(*split, on_pair("non_link", THREE)) == "non_link"
    assert verdict(*split, on_pair("non_link", ONE)) == "non_link"  # the first was convinced


def test_who_asks_again_puts_an_agreed_pair_back() -> None:
    assert verdict(on_pair("link", ONE), on_pair("link", TWO), on_pair("undecided", ONE)) == "undecided"


def test_a_word_taken_back_leaves_what_was_before_it_and_stays_on_record() -> None:
    words = [word((1, 2), "undecided", ONE, second=False), word((1, 2), "link", ONE, second=False)]
    back = judge(words, 1, 2, "taken_back", ONE, "the wrong key")
    assert isinstance(back, Judgement)
    assert verdict(*words, back) == "undecided"
    assert (1, 2) not in standing([words[0], back])
    agreed = [on_pair("link", ONE), on_pair("link", TWO)]
    assert verdict(*agreed, on_pair("taken_back", TWO)) == "undecided"
    assert verdict(*agreed, on_pair("taken_back", TWO), on_pair("link", THREE)) == "link"


def test_nobody_takes_back_what_they_did_not_say() -> None:
    refused = judge([on_pair("link", ONE)], 1, 2, "taken_back", TWO, "not mine")
    assert isinstance(refused, Problem)
    assert refused.code == "linkage.judgement.none"
    assert isinstance(judge([on_pair("link", ONE)], 1, 2, "taken_back", ONE, "mine"), Judgement)


def test_a_link_that_two_agreed_on_takes_its_rows() -> None:
    agreed = [on_pair("link", ONE), on_pair("link", TWO)]
    for other in ((1, 9), (9, 2)):
        refused = judge(agreed, *other, "link", THREE, "looked at")
        assert isinstance(refused, Problem)
        assert refused.code == "linkage.row.linked"
    sure = [Sure(1, 9), Sure(9, 2), Sure(5, 5)]
    confirmed = confirm_sure(sure, THREE, "number and name", agreed)
    assert [word.pair for word in confirmed if isinstance(word, Judgement)] == [(5, 5)]


def test_an_agreed_non_link_blocks_and_one_word_of_two_does_not() -> None:
    agreed = [on_pair("non_link", ONE), on_pair("non_link", TWO)]
    refused = judge(agreed, 1, 2, "link", THREE, "looked at", second=True)
    assert isinstance(refused, Problem)
    assert refused.code == "linkage.pair.blocked"
    assert isinstance(judge(agreed[:1], 1, 2, "link", TWO, "looked at", second=True), Judgement)


# --- queue -----------------------------------------------------------------------------------------------------------


def test_the_queue_brings_the_uncertain_and_the_contested_first() -> None:
    pairs = [Pair(1, 1, 0.995), Pair(2, 2, 0.6), Pair(3, 3, 0.95), Pair(4, 4, 0.6, second=True), Pair(5, 5, 0.15)]
    assert [each.sought_row for each in queue(pairs, [])] == [4, 2, 5, 3, 1]


def test_who_has_spoken_is_not_asked_again_and_the_second_is() -> None:
    pairs = [Pair(1, 2, 0.6, second=True), Pair(3, 4, 0.6, second=True)]
    said = [word((3, 4), "link", ONE)]
    assert [(each.pair, each.waits) for each in queue(pairs, said, ONE)] == [((1, 2), "first")]
    assert [(each.pair, each.waits) for each in queue(pairs, said, TWO)] == [((3, 4), "second"), ((1, 2), "first")]
    both = [*said, word((3, 4), "non_link", TWO)]
    assert queue(pairs, both, THREE)[0].waits == "split"
    assert [each.pair for each in queue(pairs, [*both, word((3, 4), "link", THREE)])] == [(1, 2)]


def test_the_rival_of_a_link_waits_only_where_its_own_row_is_not_answered() -> None:
    linked = [word((1, 2), "link", ONE, second=False)]
    pairs = [Pair(1, 2), Pair(1, 9), Pair(8, 2)]
    assert [each.pair for each in queue(pairs, linked)] == [(8, 2)]


ROWS = st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([0.2, 0.6, 0.95]))


@given(st.lists(ROWS, unique_by=lambda row: row[:2]), st.randoms())
def test_the_queue_does_not_depend_on_the_order_of_candidates(rows: list[tuple[int, int, float]], draw: Random) -> None:
    pairs = [Pair(*row) for row in rows]
    assert queue(draw.sample(pairs, len(pairs)), []) == queue(pairs, [])


# --- agreement -------------------------------------------------------------------------------------------------------


def test_kappa_is_that_of_the_textbook() -> None:
    """Cohen's own form of table: 20, 5, 10, 15 give .40; the error is Fleiss, Cohen and Everitt's, worked by hand."""
    both = [("link", "link")] * 20 + [("link", "non_link")] * 5 + [("non_link", "link")] * 10
    found = agreement([*both, *[("non_link", "non_link")] * 15])
    assert (found.pairs, found.agreed) == (50, 35)
    assert found.kappa == pytest.approx(0.4)
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(0.1268, abs=5e-4)


def test_full_agreement_is_one_and_one_word_only_has_no_kappa() -> None:
    full = agreement([("link", "link"), ("non_link", "non_link")] * 5)
    assert (full.kappa, full.low, full.high) == (1, 1, 1)
    assert agreement([("link", "link")] * 9) == Agreement(9, 9, None)
    assert agreement([]) == Agreement(0, 0, None)


def test_agreement_counts_last_words_on_common_pairs_and_no_bulk() -> None:
    words = [
        word((1, 1), "link", ONE), word((1, 1), "non_link", TWO), word((1, 1), "link", TWO),
        word((2, 2), "non_link", ONE), word((2, 2), "non_link", TWO),
        word((3, 3), "link", ONE, bulk=True), word((3, 3), "non_link", TWO), word((4, 4), "link", ONE),
    ]  # fmt: skip
    assert {who: (each.pairs, each.agreed) for who, each in agreements(words).items()} == {(ONE, TWO): (2, 2)}


# --- estimates -------------------------------------------------------------------------------------------------------


def test_the_exact_interval_is_that_of_the_tables() -> None:
    """Clopper and Pearson (1934), as printed in every table of them."""
    assert exact_interval(0, 10) == (0.0, pytest.approx(0.3085, abs=1e-4))
    assert exact_interval(10, 10) == (pytest.approx(0.6915, abs=1e-4), 1.0)
    assert exact_interval(5, 10) == (pytest.approx(0.1871, abs=1e-4), pytest.approx(0.8129, abs=1e-4))
    assert exact_interval(95, 100) == (pytest.approx(0.8872, abs=1e-4), pytest.approx(0.9836, abs=1e-4))


def test_one_stratum_has_the_exact_interval_and_one_judged_whole_has_none() -> None:
    one = Stratum(True, False, (0.9, 0.99), 10**9, 100, 95, 0.95)
    found = share_true([one], 0.95)
    assert found is not None
    low, high = exact_interval(95, 100)
    assert found.value == 0.95
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-3), pytest.approx(high, abs=5e-3))
    assert found.low <= low  # never narrower
    assert found.high >= high
    whole = share_true([Stratum(True, False, (0.9, 0.99), 100, 100, 95, 0.9)], 0.95)
    assert whole is not None
    assert whole.low == whole.value == whole.high == 0.95


def test_what_nobody_looked_at_widens_the_interval_by_all_of_it() -> None:
    seen, unseen = Stratum(True, False, (0.99, 1.0), 50, 50, 50, 0.99), Stratum(True, True, (0.5, 0.7), 50, 0, 0, 0.6)
    found = share_true([seen, unseen], 0.95)
    assert found is not None
    assert (found.value, found.low, found.high) == (pytest.approx(0.8), pytest.approx(0.5), pytest.approx(1.0))
    nobody = estimate([unseen])
    assert (nobody.precision, nobody.recall, nobody.judged) == (None, None, 0)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    draw = Random(7)
    chances = [draw.choice((0.15, 0.4, 0.6, 0.8, 0.95, 0.995)) for _ in range(3_000)]
    true = [draw.random() < chance for chance in chances]
    pairs = [Pair(at, at, chance) for at, chance in enumerate(chances)]
    hits = sum(is_true for is_true, chance in zip(true, chances, strict=True) if chance >= 0.5)
    precision = hits / sum(chance >= 0.5 for chance in chances)
    recall = hits / sum(true)
    kept = [0, 0]
    for _ in range(100):
        judged = draw.sample(range(len(pairs)), 240)
        words = [
            word((at, at), "link" if true[at] else "non_link", ONE, second=False, probability=chances[at])
            for at in judged
        ]
        found = estimate(strata(pairs, words))
        assert found.precision is not None
        assert found.recall is not None
        assert found.judged == 240
        kept[0] += found.precision.low <= precision <= found.precision.high
        kept[1] += found.recall.low <= recall <= found.recall.high
    assert min(kept) >= 91  # of 100, 95 are promised


def test_bulk_words_and_waiting_ones_are_no_sample_and_the_rivals_of_a_link_are() -> None:
    pairs = [Pair(1, 2, 0.95), Pair(1, 9, 0.95), Pair(5, 6, 0.95), Pair(7, 8, 0.6, second=True)]
    words = [
        word((1, 2), "link", ONE, second=False, probability=0.95),
        word((5, 6), "link", ONE, second=False, probability=0.95, bulk=True),
        word((7, 8), "link", ONE, probability=0.6),
    ]
    by_band = {each.band: (each.pairs, each.judged, each.true) for each in strata(pairs, words)}
    assert by_band == {(0.9, 0.99): (3, 2, 1), (0.5, 0.7): (1, 0, 0)}
    assert labels(words) == [(0.95, True)]


# --- labels calibrate ------------------------------------------------------------------------------------------------


def test_labels_move_a_scale_that_says_too_much_and_leave_one_that_is_right() -> None:
    draw = Random(11)
    odds = [draw.gauss(0, 3) for _ in range(2_000)]
    said = [1 / (1 + np.exp(-each)) for each in odds]
    right = calibration([(chance, draw.random() < chance) for chance in said])
    assert right is not None
    assert abs(right.shift) < 0.2
    assert abs(right.slope - 1) < 0.12
    halved = [draw.random() < 1 / (1 + np.exp(1 - each / 2)) for each in odds]
    loud = calibration(list(zip(said, halved, strict=True)))
    assert loud is not None
    assert (loud.shift, loud.slope) == (pytest.approx(-1, abs=0.25), pytest.approx(0.5, abs=0.1))


def test_few_labels_and_labels_of_one_kind_move_nothing() -> None:
    assert calibration([(0.9, True), (0.1, False)] * (ENOUGH // 2 - 1)) is None
    assert calibration([(0.9, True)] * ENOUGH * 2) is None
    assert calibration([(0.9, True), (0.1, False)] * (ENOUGH // 2)) is not None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=ENOUGH, max_size=ENOUGH + 20))
def test_a_calibrated_scale_keeps_the_order(labelled: list[tuple[float, bool]]) -> None:
    found = calibration(labelled)
    if found is None:
        return
    moved = found.of(np.linspace(0, 1, 50))
    assert (np.diff(moved) >= 0).all()
    assert ((moved >= 0) & (moved <= 1)).all()


def test_the_scale_as_it_is_changes_nothing() -> None:
    chances = np.linspace(0.01, 0.99, 20)
    assert Calibration(0, 1, 0).of(chances) == pytest.approx(chances)
