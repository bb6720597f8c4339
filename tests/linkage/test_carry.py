"""What reviewers have said, when a list gets a new version: it stays with the people, and comes back where it must."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.linkage.carry import carried, moves
from repatria.linkage.compare import Record
from repatria.linkage.judgement import Judgement, Verdict, links, standing
from repatria.linkage.propose import propose, propose_again
from repatria.linkage.review import queue
from tests.linkage.test_propose import OLEH, SERHII

ONE, TWO = "officer-1", "officer-2"


def said(verdict: Verdict, by: str = ONE, second: bool = False) -> Judgement:
    return Judgement(0, 1, verdict, by, "both looked at", 0.8, second)


def after(new: dict[str, str], *words: Judgement) -> list[Judgement]:
    """What stands when the held Serhii, row 1 of the old version, is as `new` says in row 7 of the new one."""
    sought, old = [Record(0, SERHII)], [Record(1, {"record_id": "44", **SERHII}), Record(2, OLEH)]
    now = [Record(7, {"record_id": "44", **SERHII, **new}), Record(8, OLEH)]
    found = carried(words, {}, moves(old, now), sought, now)
    assert found.moved == 1
    return [*words, *found.words]


@pytest.mark.parametrize("verdict", ["link", "non_link", "undecided"])
def test_a_decision_stays_with_the_person_whose_rank_and_spelling_change(verdict: Verdict) -> None:
    words = after({"rank": "major", "family_name": "KOVALENKO"}, said(verdict))
    stands = standing(words)
    assert set(stands) == {(0, 7)}
    kept = stands[0, 7]
    assert (kept.verdict, kept.by, kept.why, kept.probability) == (verdict, ONE, "both looked at", 0.8)


@pytest.mark.parametrize(
    ("new", "because"),
    [
        ({"family_name": "Інакший"}, "held family_name changed"),
        ({"date_of_birth": "1990-03-06"}, "held date_of_birth changed"),
        ({"date_of_birth": "1990"}, "held date_of_birth known_less_exactly"),
        ({"given_names": "Олег", "unit": ""}, "held given_names changed"),
        ({"sex": "male", "place_of_birth": "Elsewhere"}, "held place_of_birth changed"),
    ],
)
def test_where_the_grounds_changed_the_decision_counts_no_more_and_says_why(new: dict[str, str], because: str) -> None:
    words = after(new, said("link", ONE, True), said("link", TWO, True))
    assert links(words) == []
    assert standing(words)[0, 7].verdict == "undecided"
    assert [word.why for word in words if word.verdict == "reopened"] == [because]
    assert len([word for word in words if word.verdict == "link"]) == 4  # on record where it was, and where it is


def test_what_was_filled_in_reopens_only_what_it_speaks_against() -> None:
    bare = {name: text for name, text in SERHII.items() if name != "father_name"}
    sought = [Record(0, SERHII)]
    for verdict, father, again in [
        ("link", "Миколайович", False), ("link", "Петрович", True),
        ("non_link", "Петрович", False), ("non_link", "Миколайович", True), ("undecided", "Миколайович", True),
    ]:  # fmt: skip
        old = [Record(1, {"record_id": "44", **bare})]
        now = [Record(7, {"record_id": "44", **bare, "father_name": father})]
        found = carried([said(verdict)], {}, moves(old, now), sought, now)  # type: ignore[arg-type]
        assert (found.reopened == 1) == again, (verdict, father)


def test_a_number_that_was_given_to_somebody_else_carries_nothing() -> None:
    old = [Record(1, {"record_id": "44", **SERHII})]
    now = [Record(7, {"record_id": "44", **OLEH})]
    found = carried([said("link")], {}, moves(old, now), [Record(0, SERHII)], now)
    assert (found.words, found.moved, found.gone) == ((), 0, ((0, 1),))


def test_what_waits_for_a_second_reviewer_waits_where_the_person_stands_now() -> None:
    words = after({"rank": "major"}, said("link", ONE, True))
    assert standing(words)[0, 7].verdict == "undecided"
    assert links([*words, Judgement(0, 7, "link", TWO, "the same to me", second=True)]) == [(0, 7)]


def test_a_reopened_link_comes_first_in_the_queue_whatever_it_is_worth_now() -> None:
    new = {"family_name": "Інакший", "given_names": "Олег", "father_name": "Іванович", "service_number": "ZZ-9",
           "place_of_birth": "Elsewhere"}  # fmt: skip
    words = after(new, said("link"))
    sought = [Record(0, SERHII), Record(5, OLEH)]
    now = [Record(7, {"record_id": "44", **SERHII, **new}), Record(8, OLEH)]
    assert (0, 7) not in {(each.sought_row, each.held_row) for each in propose(now, sought)}
    waiting = queue(propose(now, sought, words), words, ONE)
    assert (waiting[0].pair, waiting[0].waits) == ((0, 7), "again")
    assert waiting[0].because.startswith("held family_name changed")
    decided = [*words, Judgement(0, 7, "non_link", ONE, "looked at again")]
    assert (0, 7) not in {each.pair for each in queue(propose(now, sought, decided), decided)}


FIELDS = {
    "family_name": ("Вигаданко", "Vyhadanko", "Прикладюк"), "given_names": ("Зореслав", "Лучезар"),
    "date_of_birth": ("1990-03-05", "1985-02-01", "1990"), "unit": ("1", "2"), "rank": ("private", "major"),
}  # fmt: skip
PERSON = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FIELDS.items()})
NEW = {"rank": "colonel", "unit": "77", "date_of_birth": "1970-01-01"}
VERDICTS = st.sampled_from(["link", "non_link", "undecided"])


@given(
    st.lists(PERSON, min_size=2, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), VERDICTS), max_size=8),
    st.dictionaries(st.integers(0, 7), st.sampled_from(["rank", "unit", "date_of_birth"]), max_size=4),
    st.randoms(),
)
def test_every_decision_stands_is_reopened_or_has_nobody_left_and_none_is_lost(
    people: list[dict[str, str]], judged: list[tuple[int, Verdict]], edits: dict[int, str], draw: Random
) -> None:
    old = [Record(at, {"record_id": f"n{at}", **fields}) for at, fields in enumerate(people)]
    now = []
    for record in old:
        fields = dict(record.fields)
        if record.row in edits:
            fields[edits[record.row]] = NEW[edits[record.row]]
        now.append(Record(100 + record.row, fields))
    draw.shuffle(now)
    sought = [Record(at, fields) for at, fields in enumerate(people)]
    words = [Judgement(at, at, verdict, ONE, "looked at") for at, verdict in judged if at < len(people)]
    found = carried(words, {}, moves(old, now), sought, now)
    before, later = standing(words), standing([*words, *found.words])
    assert found.moved + len(found.gone) == len(before)
    for (one, row), word in before.items():
        if (one, row) in later:
            assert later[one, row] == word  # somebody else has the number now
            continue
        kept = later[one, 100 + row]
        assert kept.verdict == ("undecided" if edits.get(row) in ("unit", "date_of_birth") else word.verdict)
    assert not carried([*words, *found.words], {}, moves(old, now), sought, now).moved  # it is done once


def test_what_is_weighed_again_is_what_changed_and_gives_what_weighing_all_gives() -> None:
    """Two registers too small to learn from, of which one gets a new version with other row numbers."""
    draw = Random(4)
    people = [{"family_name": f"Вигадан{chr(1072 + at % 30)}{chr(1072 + at % 7)}", "given_names": "Сергій",
               "date_of_birth": f"19{50 + at % 40}-0{1 + at % 9}-1{at % 9}"} for at in range(120)]  # fmt: skip
    sought = [Record(at, fields) for at, fields in enumerate(people[:100])]
    old = [Record(1000 + at, {"record_id": f"n{at}", **fields}) for at, fields in enumerate(people)]
    now = [Record(5000 + draw.randrange(4000) * 200 + at, dict(record.fields)) for at, record in enumerate(old)]
    now[3] = Record(now[3].row, {**now[3].fields, "date_of_birth": "1949-01-01"})
    _, weighed = propose_again(old, sought)
    assert weighed is not None
    to = {f"{was:016x}": f"{move.to:016x}" for was, move in moves(old, now).items()}
    same = {each: each for each in weighed.ids[0]}
    found, again = propose_again(now, sought, [], weighed.run(b"k").renamed(same, to))
    fresh, whole = propose_again(now, sought)
    assert again is not None
    assert whole is not None
    assert 0 < again.weighed_again <= 100 < len(again.compared.left)
    by_pair = {(each.sought_row, each.held_row): each for each in fresh}
    shared = [each for each in found if (each.sought_row, each.held_row) in by_pair]
    assert len(shared) >= 0.95 * len(fresh)
    for each in shared:
        assert each.stands == by_pair[each.sought_row, each.held_row].stands
