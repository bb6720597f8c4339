"""A case from the request until home, and what somebody might try: each refused, and the same repaired passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from repatria.erasure.commands import EraseRecords, erase_records
from repatria.exchange.commands import By
from repatria.exchange.state import State
from repatria.families import commands
from repatria.families.case import ENDS, LETTERS, Case, parse_request, request_of, write_letter
from repatria.families.commands import Known, cases
from repatria.office import Given, Outcome, Record
from repatria.problem import Problem, Problems
from repatria.public.commands import PublishCounts, publish_counts
from tests.exchange.world import NORTH, SOUTH, STRAITS, World, number_of, register_of, row_of, world_at
from tests.families.world import records

ASKED = {
    "sought": {"family_name": "Вигадана 0", "given_names": "Особа 0", "date_of_birth": "1990-01-02"},
    "enquirer": {"name": "Invented Kin", "kinship": "parent", "reach": "room 4", "language": "uk"},
}
ROW = str(row_of(SOUTH, 0))


@dataclass
class Node:
    """North's node in memory: a state of the ledger, and what the vault keeps."""

    world: World
    documents: dict[str, bytes] = field(default_factory=dict)
    now: str = "2025-12-06T08:00:00Z"

    def __post_init__(self) -> None:
        self.drawn = count()

    @property
    def state(self) -> State:
        return self.world.state

    @property
    def given(self) -> Given:
        own: dict[str, Sequence[Record]] = {register_of(NORTH): records(NORTH)}
        return Given(
            self.now, lambda size: next(self.drawn).to_bytes(size, "big"), lambda author: None,
            self.world.attachments.get, self.documents.get,
            lambda prefix: [name for name in self.documents if name.startswith(prefix)],
            lambda register: own.get(register, []), lambda data, to: data,
        )  # fmt: skip

    def do(self, command: Callable[..., Any], request: Any) -> dict[str, Any]:
        outcome = command(self.state, request, self.given)
        assert isinstance(outcome, Outcome), outcome
        self.documents |= outcome.documents
        return dict(outcome.answer)

    def refused(self, command: Callable[..., Any], request: Any) -> list[str]:
        found = command(self.state, request, self.given)
        assert isinstance(found, list), found
        assert not any("Invented" in str(each) or "Вигадана" in str(each) for each in found), "a name in a problem"
        return [problem.code for problem in found]

    def take(self) -> str:
        return str(self.do(commands.take_request, commands.TakeRequest(request_of(ASKED)))["case"])

    def entitled(self, row: str = ROW) -> str:
        case = self.take()
        self.do(commands.match_case, commands.MatchCase(NORTH, case, row, "north/clerk"))
        self.do(commands.check_family, commands.CheckFamily(case, "passport", "birth_record", "north/family"))
        return case

    def letter(self, case: str, number: str = "a" * 16) -> str:
        request = commands.WriteLetter(NORTH, case, number, "uk", "north/family")
        return str(self.do(commands.write_letter_of, request)["letter"])

    def case(self, number: str) -> Case:
        return next(each for each in cases(self.given) if each.number == number)

    def state_of(self, number: str) -> str:
        return Known(self.state, self.given, NORTH).state_of(self.case(number))


def at(phase: str) -> Node:
    return Node(world_at(phase))


# --- the request ----------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_with_a_request_is_told_at_once_and_no_word_of_it() -> None:
    text = """
    stranger = 1
    [sought]
    callsign = "Kite"
    date_of_birth = "yesterday"
    [enquirer]
    kinship = "friend of Kite"
    language = "xx"
    age = 4
    """
    with pytest.raises(Problems) as told:
        parse_request(text, "request.toml")
    problems = told.value.problems
    assert [problem.where.partition(", ")[2] for problem in problems] == [
        "stranger", "sought.callsign", "sought.date_of_birth", "sought", "enquirer.name", "enquirer.reach",
        "enquirer.kinship", "enquirer.language", "enquirer.age",
    ]  # fmt: skip
    assert not any("Kite" in str(problem) or "yesterday" in str(problem) for problem in problems)
    with pytest.raises(Problems):
        parse_request("no toml [")


def test_whom_a_family_asks_for_is_found_by_names_alone_too_and_decided_by_a_person() -> None:
    node = at("listed")
    case = node.take()
    whole = node.do(commands.find_rows, commands.FindRows(NORTH, case))
    assert [row["row"][-8:] for row in whole["rows"]] == [ROW]
    assert node.state_of(case) == "unmatched"
    less = {**ASKED, "sought": {"family_name": "Вигадана 0"}}
    other = str(node.do(commands.take_request, commands.TakeRequest(request_of(less)))["case"])
    found = node.do(commands.find_rows, commands.FindRows(NORTH, other))
    assert ROW in [row["row"][-8:] for row in found["rows"]]
    assert not any(row["sure"] for row in found["rows"])


# --- who may be told ------------------------------------------------------------------------------------------------


def test_nobody_is_told_before_a_match_and_a_check_and_nobody_after_the_end() -> None:
    node = at("listed")
    case = node.take()
    letter = commands.WriteLetter(NORTH, case, "a" * 16, "uk", "north/family")
    assert node.refused(commands.write_letter_of, letter) == ["family.unmatched", "family.unchecked"]
    node.do(commands.match_case, commands.MatchCase(NORTH, case, ROW, "north/clerk"))
    assert node.refused(commands.write_letter_of, letter) == ["family.unchecked"]
    wrong = commands.CheckFamily(case, "a nice face", "says so", "north/family")
    assert node.refused(commands.check_family, wrong) == ["family.shown", "family.shown"]
    node.do(commands.check_family, commands.CheckFamily(case, "passport", "birth_record", "north/family"))
    assert node.do(commands.write_letter_of, letter)["kind"] == "listed"
    node.do(commands.end_case, commands.EndCase(case, "not_entitled", "north/family"))
    assert node.refused(commands.write_letter_of, letter) == ["family.ended"]


def test_a_match_is_a_row_of_our_own_list_and_stays_once_a_letter_was_handed_over() -> None:
    node = at("listed")
    case = node.entitled()
    theirs = commands.MatchCase(NORTH, case, str(row_of(NORTH, 0)), "north/clerk")
    assert node.refused(commands.match_case, theirs) == ["family.match.row"]
    other = commands.MatchCase(NORTH, case, str(row_of(SOUTH, 1)), "north/clerk")
    assert node.do(commands.match_case, other)["state"] == "open"
    letter = node.letter(case)
    node.do(commands.hand_letter, commands.HandLetter(NORTH, letter, "in_person", "north/family"))
    assert node.refused(commands.match_case, other) == ["family.match.told"]


def test_a_case_stays_open_until_home_and_nobody_closes_it_by_hand() -> None:
    node = at("planned")
    case = node.entitled()
    assert node.refused(commands.end_case, commands.EndCase(case, "home", "north/family")) == ["family.end"]
    first = node.letter(case)
    node.do(commands.hand_letter, commands.HandLetter(NORTH, first, "in_person", "north/family"))
    assert node.state_of(case) == "open"
    node.world = world_at("received")
    assert node.state_of(case) == "open", "the family has not been told yet"
    second = node.letter(case, "b" * 16)
    assert node.state_of(case) == "open"
    node.do(commands.hand_letter, commands.HandLetter(NORTH, second, "in_person", "north/family"))
    assert node.state_of(case) == "home"
    assert ENDS == ("withdrawn", "not_entitled", "mistaken")


# --- letters --------------------------------------------------------------------------------------------------------


def test_a_letter_says_what_is_so_and_is_not_handed_over_when_it_is_so_no_more() -> None:
    node = at("listed")
    case = node.entitled()
    letter = node.letter(case)
    node.world = world_at("planned")
    hand = commands.HandLetter(NORTH, letter, "in_person", "north/family")
    assert node.refused(commands.hand_letter, hand) == ["family.letter.stale"]
    newer = node.letter(case, "b" * 16)
    assert node.refused(commands.hand_letter, hand) == ["family.letter.stale"]
    node.do(commands.hand_letter, commands.HandLetter(NORTH, newer, "by_post", "north/family"))


def test_a_letter_of_before_somebody_neutral_saw_the_person_is_not_handed_over_afterwards() -> None:
    """The kind of letter is the same and its first sentence is not: probably held, nobody neutral has seen them."""
    node = at("listed")
    letter = node.letter(node.entitled())
    said = commands.letter_of(node.given, letter)
    assert said is not None
    node.documents[LETTERS + letter] = write_letter(replace(said, status="unknown"))
    hand = commands.HandLetter(NORTH, letter, "in_person", "north/family")
    assert node.refused(commands.hand_letter, hand) == ["family.letter.stale"]


def test_a_letter_is_handed_over_once() -> None:
    node = at("listed")
    letter = node.letter(node.entitled())
    hand = commands.HandLetter(NORTH, letter, "in_person", "north/family")
    before = dict(node.documents)
    node.do(commands.hand_letter, hand)
    after = dict(node.documents)
    assert before != after
    assert node.refused(commands.hand_letter, hand) == ["family.handed_twice"]
    assert node.refused(commands.hand_letter, commands.HandLetter(NORTH, "f" * 16, "in_person", "x")) == [
        "family.letter.unknown"
    ]
    assert node.documents == after


def test_no_letter_is_of_a_kind_that_somebody_chose() -> None:
    """The request has no place for it: what is said follows from the state alone."""
    assert set(commands.WriteLetter.__dataclass_fields__) == {
        "member", "case", "number", "language", "by", "proof"
    }  # fmt: skip
    kinds = []
    for phase in ("disclosed", "answered", "listed", "planned", "received"):
        node = at(phase)
        case = node.entitled()
        kinds.append(json.loads(node.documents["family/letter/" + node.letter(case)])["kind"])
    assert kinds == ["unknown", "probable", "listed", "planned", "home"]


# --- before the public ----------------------------------------------------------------------------------------------


def counts(node: Node, member: str = NORTH) -> list[str]:
    found = publish_counts(node.state, PublishCounts(By(member)), node.given)
    return [each.code for each in found if isinstance(each, Problem)] if isinstance(found, list) else []


def test_no_count_is_signed_before_the_families_of_a_stage_were_written_to() -> None:
    node = at("reconciled")
    case = node.entitled()
    assert counts(node) == ["family.first", "family.first"], "a letter, and somebody of whom nobody has asked"
    told = commands.owed(Known(node.state, node.given, NORTH), node.state.counted_stages)
    assert [(each.stage, len(each.letters), len(each.unasked)) for each in told] == [("s1", 1, 1)]
    node.do(commands.release_stages, commands.ReleaseStages(NORTH, ("s1",), "nobody_asks", "north/family"))
    assert counts(node) == ["family.first"], "a family that waits is not passed over with the rest"
    node.letter(case)
    assert counts(node) == []


def test_an_older_letter_does_not_do() -> None:
    node = at("planned")
    case = node.entitled()
    node.letter(case)
    node.world = world_at("reconciled")
    node.do(commands.release_stages, commands.ReleaseStages(NORTH, ("s1",), "nobody_asks", "north/family"))
    assert counts(node) == ["family.first"]
    node.letter(case, "b" * 16)
    assert counts(node) == []


def test_somebody_is_released_by_name_of_a_reason_alone() -> None:
    node = at("reconciled")
    node.entitled()
    both = (str(number_of(SOUTH, 0)), str(number_of(SOUTH, 1)))
    bad = commands.ReleaseStages(NORTH, ("s1", "s9"), "no time", "north/family", ("0" * 32, str(number_of(NORTH, 0))))
    assert node.refused(commands.release_stages, bad) == [
        "family.stage", "family.release", "family.release.number", "family.release.number"
    ]  # fmt: skip
    good = commands.ReleaseStages(NORTH, ("s1",), "told_in_person", "north/family", both)
    assert node.do(commands.release_stages, good)["released"] == 2
    assert counts(node) == []
    kept = json.loads(node.documents["family/released/s1"])["numbers"]
    assert {each["why"] for each in kept.values()} == {"told_in_person"}


def test_members_without_families_of_their_own_are_not_asked() -> None:
    node = at("reconciled")
    assert counts(node, STRAITS) == []


# --- what is held about somebody ------------------------------------------------------------------------------------


def test_what_is_held_about_somebody_is_theirs_alone_and_that_it_was_given_is_kept() -> None:
    node = at("planned")
    node.letter(node.entitled())
    request = commands.GiveAbout(NORTH, ROW, "passport", "self", "north/family")
    found = commands.collected(node.state, request, node.given)
    assert not isinstance(found, list)
    assert [(held.kind, held.version, held.fields["record_id"]) for held in found.records] == [("sought", 1, "north-0")]
    assert (found.answers, found.numbers) == (((SOUTH, "held"),), ((str(number_of(SOUTH, 0)), SOUTH),))
    assert (found.cases, found.letters, found.handed) == (1, 1, 0)
    assert "Invented Kin" not in repr(found)
    node.do(commands.give_about, request)
    (kept,) = [json.loads(data) for name, data in node.documents.items() if name.startswith("family/access/")]
    assert (kept["row"], kept["identity"], kept["by"]) == (ROW, "passport", "north/family")


def test_nobody_is_given_anything_without_showing_who_they_are_or_of_a_row_of_others() -> None:
    node = at("planned")
    bad = commands.GiveAbout(NORTH, ROW, "a voice on the telephone", "a friend", "north/family")
    assert node.refused(commands.give_about, bad) == ["family.shown", "family.shown"]
    strange = commands.GiveAbout(NORTH, str(row_of(NORTH, 0)), "passport", "self", "north/family")
    assert node.refused(commands.give_about, strange) == ["family.about.row"]


def test_with_a_record_go_the_cases_and_letters_about_it() -> None:
    node = at("planned")
    mine, other = node.entitled(), node.entitled(str(row_of(SOUTH, 1)))
    letters = {case: node.letter(case, case) for case in (mine, other)}
    node.do(commands.give_about, commands.GiveAbout(NORTH, ROW, "passport", "self", "north/family"))
    outcome = erase_records(node.state, EraseRecords(By(NORTH), register_of(NORTH), (ROW,)), node.given)
    assert isinstance(outcome, Outcome)
    gone, access = set(outcome.without), [name for name in node.documents if name.startswith("family/access/")]
    assert {f"family/case/{mine}", f"family/letter/{letters[mine]}", *access} <= gone
    assert not {f"family/case/{other}", f"family/letter/{letters[other]}"} & gone
