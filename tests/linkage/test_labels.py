"""What people have judged of bare tables: kept, counted while its grounds stand, and learned from within bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linkage import registers
from repatria.linkage import dedupe, link
from repatria.linkage.between import Between
from repatria.linkage.explain import heading, in_one_word
from repatria.linkage.judgement import standing
from repatria.linkage.labels import (
    COLUMNS,
    VERDICTS,
    Grounds,
    Label,
    Told,
    judgements,
    labelled,
    parse_labels,
    row_of,
    told,
)
from repatria.linkage.review import ENOUGH, estimate, queue, strata
from repatria.linkage.tables import Links
from repatria.people.table import Row, Table
from tests.linkage.test_tables import Rows, pairs, read

ONE, TWO = "officer-1", "officer-2"
LEFT = {"id": ["a", "b"], "family_name": ["Вигаданко", "Прикладюк"], "given_names": ["Зореслав", "Лучезар"],
        "date_of_birth": ["1990-03-05", "1985-02-01"], "unit": ["", "12"]}  # fmt: skip
RIGHT = {"id": ["7", "8"], "family_name": ["Vyhadanko", "Prykladiuk"], "given_names": ["Zoreslav", "Luchezar"],
         "date_of_birth": ["1990-03-05", "1985-02-01"], "unit": ["", "12"]}  # fmt: skip


def word(verdict: str = "link", by: str = ONE, second: bool = False, pair: tuple[str, str] = ("a", "7")) -> Label:
    grounds = Grounds.of(Between.of(LEFT, RIGHT), *pair)
    return Label(*pair, verdict, by, "both looked at", 0.8, second, grounds)  # type: ignore[arg-type]


def table(labels: list[Label]) -> Table:
    return Table("labels.csv", None, COLUMNS, tuple(Row(at, each.cells()) for at, each in enumerate(labels, 2)))


PLACES = {name: at for at, name in enumerate(COLUMNS)}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9).map(str.strip).filter(bool)


@given(
    st.lists(st.builds(
        Label, TEXT, TEXT, st.sampled_from(VERDICTS), TEXT, TEXT, st.none() | st.just(0.25), st.booleans(),
        st.none() | st.builds(Grounds, st.lists(st.tuples(TEXT, st.integers(-1, 11)), min_size=1).map(tuple),
                              st.just(("0f", "1e"))),
    ), max_size=4)
)  # fmt: skip
def test_words_are_read_back_as_they_were_written(labels: list[Label]) -> None:
    assert parse_labels(table(labels), PLACES) == (labels, [])


@given(st.text(max_size=12))
def test_a_heading_in_one_word_is_given_back(text: str) -> None:
    assert heading(in_one_word(text)) == text
    assert not set(" =;") & set(in_one_word(text))


def test_every_row_that_says_nothing_is_told_and_no_cell_with_it() -> None:
    rows = [("a", "7", "maybe"), ("", "7", "link"), ("a", "7", "link", ONE, "x", "2"),
            ("a", "7", "link", "", "", "", "", "x")]  # fmt: skip
    bad = Table("labels.csv", None, COLUMNS, tuple(
        Row(at, (*cells, *[""] * (len(COLUMNS) - len(cells)))) for at, cells in enumerate(rows, 2)
    ))  # fmt: skip
    found, problems = parse_labels(bad, PLACES)
    assert found == []
    assert [each.where for each in problems] == [f"labels.csv, row {at}" for at in (2, 3, 4, 5)]
    assert {each.code for each in problems} == {"label.row"}


# --- a word counts while its grounds stand ----------------------------------------------------------------------------


def after(label: Label, **cells: str) -> str:
    """What is said against a word when the left record reads otherwise; nothing while it counts."""
    left = {name: [cells.get(name, column[0]), column[1]] for name, column in LEFT.items()}
    found = judgements([label], Between.of(left, RIGHT, None, (["a"], ["7"])))
    return found[1].why if len(found) > 1 else ""


def test_a_word_stands_while_only_the_spelling_changes() -> None:
    assert after(word()) == ""
    assert after(word(), family_name="VYHADANKO", given_names="Zoreslav") == ""


@pytest.mark.parametrize(
    ("cells", "because"),
    [
        ({"date_of_birth": "1990-03-06"}, "stood date_of_birth 0 2; left record"),
        ({"family_name": "Прикладюк"}, "stood family_name 1 5; left record"),
        ({"date_of_birth": ""}, "stood date_of_birth 0 -1; left record"),
    ],
)
def test_a_word_whose_grounds_changed_counts_no_more(cells: dict[str, str], because: str) -> None:
    assert after(word(), **cells) == because


def test_a_field_that_is_known_only_now_reopens_what_it_speaks_against() -> None:
    right = {**RIGHT, "unit": ["12", "12"]}
    for verdict, unit, again in [("link", "12", False), ("link", "XYZ-77", True), ("non_link", "12", True),
                                 ("non_link", "XYZ-77", False), ("undecided", "12", True)]:  # fmt: skip
        left = {**LEFT, "unit": [unit, "12"]}
        found = judgements([word(verdict)], Between.of(left, right))
        assert (len(found) == 2) == again, (verdict, unit)


def test_a_record_that_differs_otherwise_than_before_is_a_change_too() -> None:
    other = {**RIGHT, "family_name": ["Зразковий", "Prykladiuk"]}
    label = Label("a", "7", "non_link", ONE, "another", 0.2, False, Grounds.of(Between.of(LEFT, other), "a", "7"))
    newer = {**RIGHT, "family_name": ["Іншецький", "Prykladiuk"]}
    assert judgements([label], Between.of(LEFT, newer))[1].why == "right record"


def test_who_looks_again_settles_it_and_the_queue_brings_it_first() -> None:
    changed = {**LEFT, "date_of_birth": ["1990-03-06", "1985-02-01"]}
    now = Between.of(changed, RIGHT)
    words = [word("link"), word("link", pair=("b", "8"))]
    candidates = told([("b", "8", 0.5)], {}, {}, True, [each.pair for each in words])
    (first,) = queue(candidates, judgements(words, now), ONE)
    assert (first.pair, first.waits) == ((row_of("a"), row_of("7")), "again")
    assert labelled(words, now) == {("b", "8"): True}
    again = Label("a", "7", "non_link", ONE, "looked again", None, False, Grounds.of(now, "a", "7"))
    assert labelled([*words, again], now) == {("b", "8"): True, ("a", "7"): False}
    assert queue(candidates, judgements([*words, again], now), ONE) == []


def test_two_reviewers_are_needed_where_the_stakes_are_high() -> None:
    names = {"a": ["Вигаданко"], "b": ["Bигаданко"]}  # the second begins with a Latin B
    run = [("a", "7", 0.95), ("b", "8", 0.95), ("c", "9", 0.4), ("d", "1", 0.95), ("d", "2", 0.95)]
    found = told(run, names, {}, True)
    assert [each.second for each in found] == [False, True, True, True, True]
    assert [each.second for each in told([("d", "1", 0.95), ("d", "2", 0.95)], {}, {}, False)] == [False, False]
    assert labelled([word("link", ONE, True)]) == {}
    assert labelled([word("link", ONE, True), word("link", TWO, True)]) == {("a", "7"): True}
    back = [word("link", ONE), word("taken_back", ONE)]
    assert labelled(back) == {}


# --- what the next run makes of it ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows, dict[str, str]]:
    folder = tmp_path_factory.mktemp("registers")
    registers.main(700, folder)
    truth = {row["left_id"]: row["right_id"] for row in read(folder / "TRUTH.csv")}
    return read(folder / "LEFT.csv"), read(folder / "RIGHT.csv"), truth


def test_what_was_judged_stands_whatever_the_weights_say(made: tuple[Rows, Rows, dict[str, str]]) -> None:
    left, right, _ = made
    before = pairs(link(left, right))
    strangers = min(before), max(before)
    one, other = strangers[0][0], strangers[1][1]  # two who have other partners, and never met
    non_link = sorted(before)[len(before) // 2]
    found = link(left, right, labels={(one, other): True, non_link: False})
    after_ = pairs(found)
    assert after_[one, other] == 1
    assert non_link not in after_
    assert not {strangers[0], strangers[1]} & after_.keys()  # nobody stands twice in one list
    said = dict(zip(zip(found.left_ids, found.right_ids, strict=True), found.explanations(), strict=True))
    assert said[one, other].startswith("judged to be one person; ")
    assert sum(text.startswith("judged") for text in said.values()) == 1


def test_a_label_of_a_row_that_is_gone_says_nothing(made: tuple[Rows, Rows, dict[str, str]]) -> None:
    left, right, _ = made
    assert pairs(link(left, right, labels={("gone", "R0"): True})) == pairs(link(left, right))


def weights(found: Links) -> list[float]:
    return [value for column in found.model.weights for value in column.m.tolist()]


def test_a_few_wrong_words_do_not_overturn_what_all_pairs_say(made: tuple[Rows, Rows, dict[str, str]]) -> None:
    left, right, truth = made
    base = link(left, right)
    told_ = pairs(base)
    wrong = dict.fromkeys(sorted(told_)[:5], False)
    rows = {row["id"] for row in right}
    wrong |= {(one, min(rows - {truth.get(one)})): True for one in sorted({one for one, _ in told_})[-1:]}
    found = link(left, right, labels=wrong)
    assert np.abs(np.array(weights(found)) - np.array(weights(base))).max() < 0.02
    few = [rows[:40] for rows in (left, right)]
    small = link(*few)
    bent = link(*few, labels=dict.fromkeys(list(pairs(small))[:2], False))
    assert np.abs(np.array(weights(small)) - np.array(weights(bent))).max() < 0.35
    assert bent.scale is None  # two words move no scale


def test_words_of_people_teach_the_weights_and_the_scale(made: tuple[Rows, Rows, dict[str, str]]) -> None:
    """Names without fathers' names: the pairs that nobody judged are told better for what was judged of others."""
    left, right, truth = made
    sides = []
    for rows in (left, right):
        names = (f"{row['family_name']} {row['given_names']}" for row in rows)
        sides.append([{"id": row["id"], "name": name} for row, name in zip(rows, names, strict=True)])
    base = link(*sides, least=0.01)
    before = pairs(base)
    waiting = queue(told([(*pair, chance) for pair, chance in before.items()], {}, {}, True), [])
    ids = {(row_of(one), row_of(other)): (one, other) for one, other in before}
    labels = {ids[each.pair]: truth.get(ids[each.pair][0]) == ids[each.pair][1] for each in waiting[: 2 * ENOUGH]}
    found = link(*sides, least=0.01, labels=labels)
    assert found.scale is not None
    assert np.abs(np.array(weights(found)) - np.array(weights(base))).max() > 0.001
    after_ = pairs(found)
    judged = {one for one, _ in labels}

    def error(told_: dict[tuple[str, str], float]) -> float:
        rest = {pair for pair in {*told_, *truth.items()} if pair[0] not in judged}
        return sum((told_.get(pair, 0.0) - (truth.get(pair[0]) == pair[1])) ** 2 for pair in rest)

    assert error(after_) < error(before)


def test_the_run_is_estimated_from_what_was_judged_of_it(made: tuple[Rows, Rows, dict[str, str]]) -> None:
    left, right, truth = made
    columns = ("id", "family_name", "date_of_birth")
    bare = [[{name: row[name] for name in columns} for row in rows] for rows in (left, right)]
    run = [(*pair, chance) for pair, chance in pairs(link(*bare, one_to_one=False, least=0.02)).items()]
    candidates = told(run, {}, {}, False)
    ids = {(each.sought_row, each.held_row): each for each in candidates}
    words = []
    for each in queue(candidates, [], None, False)[:200]:
        pair: Told = ids[each.pair]
        verdict = "link" if truth.get(pair.left) == pair.right else "non_link"
        words.append(Label(pair.left, pair.right, verdict, ONE, "known", pair.probability, False, None))  # type: ignore[arg-type]
    found = estimate(strata(candidates, judgements(words), False))
    linked = [truth.get(one) == other for one, other, chance in run if chance >= 0.5]
    true = sum(truth.get(one) == other for one, other, _ in run)
    assert found.precision is not None
    assert found.recall is not None
    assert found.precision.low <= sum(linked) / len(linked) <= found.precision.high
    assert found.recall.low <= sum(linked) / true <= found.recall.high


def test_doubles_stand_together_or_apart_as_they_were_judged(made: tuple[Rows, Rows, dict[str, str]]) -> None:
    left, right, _ = made
    rows = [*left[:150], *right]
    before = dedupe(rows)
    together = dict(zip(before.ids, before.cluster_ids, strict=True))
    one = next(each for each, cluster in together.items() if each != cluster)
    pair = together[one], one
    apart = dedupe(rows, labels={pair: False})
    cluster = dict(zip(apart.ids, apart.cluster_ids, strict=True))
    assert cluster[pair[0]] != cluster[pair[1]]
    alone = [each for each in sorted(together) if list(together.values()).count(together[each]) == 1][:2]
    joined = dedupe(rows, labels={(alone[0], alone[1]): True})
    assert len({dict(zip(joined.ids, joined.cluster_ids, strict=True))[each] for each in alone}) == 1
    assert standing([]) == {}
