"""The exchange as it stands before the law: planted breaches are found, nothing else is, a clean one is not stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from repatria.deal.classes import CIVILIANS, REMAINS, decode_classes
from repatria.exchange.documents import write
from repatria.exchange.events import (
    AccessRefused,
    AnswersGiven,
    Cleared,
    CountsPublished,
    Day,
    NotGoing,
    RightReturned,
    Slug,
    TaskSet,
)
from repatria.exchange.publishing import public_counts
from repatria.files.law import figures
from repatria.law.check import STOP
from repatria.law.facts import FACTS, SUBJECTS, Value
from repatria.law.review import Review, review, told
from repatria.law.sources import NEUTRAL, SOURCES
from repatria.law.standing import EVERY, Known, of_list, of_person, of_plan, of_stage, subjects
from tests.exchange.wide import wide_at
from tests.exchange.world import (
    GULF,
    NORTH,
    PHASES,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    answers_of,
    classes_of,
    final_list,
    row_of,
    world_at,
)

PRISONER = {
    "person_category": "prisoner_of_war", "medical_category": "fit", "legal_proceedings": "none",
    "priority_grounds": "elderly", "sharing_consent": "family;party;mediator;icrc",
}  # fmt: skip
# What an officer of a well-run exchange can say, so that nothing is left open that stops.
TOLD: Mapping[tuple[str, str], Mapping[str, Value]] = {
    ("round", EVERY): {"hostilities_active": True},
    ("stage", EVERY): {"route_under_fire": False, "place_under_fire": False},
    ("release", EVERY): {"declining_punished": False, "wish_to_return": "willing"},
}


def known(world: World, role: str = "party", **changes: Mapping[str, str]) -> Known:
    """What a node of that role knows: a record of everyone, some of them changed by number (`n` before it)."""
    records = {
        str(number): [{**PRISONER, **changes.get(f"n{number}", {})}] for number in world.state.persons
    }  # fmt: skip
    return Known(role, records, told=TOLD)


def reviewed(world: World, about: Known | None = None) -> Review:
    about = about or known(world)
    return review(subjects(world.state, world.attachments.get, about), figures(), about.role)


def found(of: Review, answer: str = STOP) -> set[tuple[str, str]]:
    return {(each.finding.check.code, each.subject.of) for each in of.findings if each.finding.answer == answer}


# --- where facts come from ----------------------------------------------------------------------------------------


def test_every_fact_about_every_subject_has_one_source_and_no_other_has() -> None:
    assert set(SOURCES) == {(about, fact.name) for fact in FACTS.values() for about in fact.about}
    assert {kind for (_, name), source in SOURCES.items() for kind in [source.kind] if name == "wish_to_return"} == {
        NEUTRAL
    }


@pytest.mark.parametrize("phase", PHASES)
def test_what_is_derived_is_only_what_the_table_says_comes_from_ledger_or_records(phase: str) -> None:
    world = world_at(phase, uncounted=(1, 1))
    bare = replace(known(world), told={})
    without = replace(bare, records={})
    for about, allowed in ((bare, {"ledger", "records", "told"}), (without, {"ledger", "records"})):
        for subject in subjects(world.state, world.attachments.get, about):
            assert subject.facts.about in SUBJECTS
            for name in subject.facts.values:
                source = SOURCES[subject.facts.about, name]
                assert source.kind in allowed, (subject.facts.about, name)
                if source.kind == "told":  # a record that says the person is fit to travel
                    assert name == "journey_endangers_recovery"
                assert about is bare or source.kind == "ledger" or name in OF_CLASSES, (subject.facts.about, name)


OF_CLASSES = {"waiting_first", "other_civilians_go", "goes_to", "counted_against_living"}


# --- a clean exchange ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("role", ["party", "mediator", "neutral"])
def test_a_clean_exchange_is_stopped_by_nothing_in_any_phase(phase: str, role: str) -> None:
    world = world_at(phase, uncounted=(1, 1))
    of = reviewed(world, known(world, role))
    assert found(of) == set()
    assert not [each for each in of.warnings if each.code != "law.identity_document"]


def test_a_clean_stage_that_is_about_to_open_leaves_nothing_open_that_stops() -> None:
    world = world_at("planned")
    of = review(of_stage(world.state, "s1", known(world, "neutral")), figures(), "neutral")
    open_ = {each.finding.check.code for each in of.open if each.finding.check.effect == STOP}
    assert found(of) == open_ == set()


# --- planted breaches, each found and nothing else ------------------------------------------------------------------


def last(world: World, holder: str = NORTH) -> str:
    return str(world.scenario.numbers(holder)[-1])


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"person_category": "retained_personnel"}, "law.retained_counted"),
        ({"person_category": "civilian_internee"}, "law.civilians_counted"),
        ({"person_category": "deceased"}, "law.dead_counted"),
        ({"medical_category": "seriously_wounded"}, "law.seriously_ill_counted"),
        ({"medical_category": "direct_repatriation"}, "law.seriously_ill_counted"),
    ],
)
def test_a_record_against_its_class_stops_the_list_in_force_and_one_that_waits(
    record: dict[str, str], code: str
) -> None:
    world = world_at("answered")
    listed = final_list(world, SOUTH)
    classes = classes_of(world, SOUTH)
    number = str(listed.rows[0].number)
    def asked(changed: Mapping[str, str]) -> set[tuple[str, str]]:
        records = {str(row.number): [PRISONER] for row in listed.rows} | {number: [{**PRISONER, **changed}]}
        about = Known("party", records)
        return found(review(of_list(world.state, listed, decode_classes(classes), about), figures(), "party"))

    assert asked({}) == set()
    assert asked(record) == {(code, f"number {number}")}
    standing = world_at("listed")
    whole = found(reviewed(standing, known(standing, **{f"n{number}": record})))
    expected = {(code, f"number {number}")}
    if "medical_category" in record:
        expected.add(("law.seriously_ill_held", f"number {number}"))
    if record.get("person_category") == "deceased":
        expected.add(("law.remains_counted", f"number {number}"))
    assert whole == expected


def test_a_second_record_that_disagrees_is_enough_and_an_unknown_one_is_no_pass() -> None:
    world = world_at("listed")
    number = last(world)
    medic = {"person_category": "retained_personnel"}
    about = known(world)
    both = replace(about, records={**about.records, number: [PRISONER, medic]})
    assert found(reviewed(world, both)) == {("law.retained_counted", f"number {number}")}
    unknown = replace(about, records={**about.records, number: [{"person_category": "prisoner_of_war"}]})
    assert found(reviewed(world, unknown)) == set()
    assert ("law.seriously_ill_counted", f"number {number}") in found(reviewed(world, unknown), "unknown")


def test_someone_to_be_sent_home_direct_who_is_outside_the_ratio_waits_for_nobody() -> None:
    world = world_at("planned", uncounted=(1, 1))
    number = last(world)
    ill = known(world, **{f"n{number}": {"medical_category": "seriously_sick"}})
    assert not world.state.persons[number].counts
    assert found(reviewed(world, ill)) == set()


def test_a_chance_too_old_is_a_breach_when_its_stage_is_due_and_still_to_be_given_before() -> None:
    world = world_at("planned", stages=2)
    early = {(code, of) for code, of in found(reviewed(world)) if code == "law.chance_fresh"}
    assert early == set()
    stage = world.state.stages["s2"]
    world.state.stages["s2"] = replace(stage, date=Day("2025-12-20"))  # twelve days after the interviews
    assert found(reviewed(world)) == set()
    opening = review(of_stage(world.state, "s2", known(world)), figures(), "party")
    numbers = {f"number {number}" for number in stage.places["bridge"].manifest}
    assert found(opening) == {("law.chance_fresh", of) for of in numbers}
    world.at = "2025-12-20T08:00:00Z"
    for mediator in (STRAITS, GULF):
        world.must(mediator, TaskSet(ROUND, Slug("transport"), Slug(mediator), Day("2025-12-21")))
    assert found(reviewed(world)) == {("law.chance_fresh", of) for of in numbers}
    fresh = replace(world.state.stages["s2"], date=Day("2025-12-15"))
    world.state.stages["s2"] = fresh
    assert found(reviewed(world)) == set()


def test_access_refused_moves_the_chance_and_is_no_stop_unless_it_is_not_on_record() -> None:
    world = world_at("listed")
    number = world.scenario.numbers(NORTH)[0]
    world.must("cross/visitor", AccessRefused(Slug("camp"), Day("2025-12-08"), NORTH, (number,)))
    of = reviewed(world)
    assert found(of) == set()
    assert ("law.chance_fresh", f"number {number}") in found(of, "unknown")
    world.state.breaches.clear()
    assert found(reviewed(world)) == {("law.access_refused", f"number {number}")}


def test_who_was_asked_at_one_gate_and_goes_on_a_later_day_is_asked_at_that_days_gate() -> None:
    """Access was refused, the person was asked at the border, came back, and has a new place ten days later."""
    world = world_at("granted")
    number = world.manifest(NORTH)[0]
    world.must("cross/visitor", AccessRefused(Slug("camp"), Day("2025-12-08"), NORTH, (number,)))
    world.must("cross/gate-bridge", Cleared(Slug("bridge"), Day("2025-12-10"), (number,)))
    world.must("north/desk-bridge", RightReturned(Slug("s1"), Slug("bridge"), 1, (number,)))
    person = world.state.persons[number]
    later = of_person(world.state, person, known(world), ("s4", "2025-12-20"), True)
    stale = of_person(world.state, person, known(world), ("s1", "2025-12-20"), True)
    stops = [found(review(each, figures(), "party")) for each in (later, stale)]
    assert [("law.chance_fresh", f"number {number}") in each for each in stops] == [False, True]


def test_a_person_let_go_without_the_neutrals_word_is_found() -> None:
    world = world_at("released")
    number = str(world.manifest(NORTH)[0])
    assert found(reviewed(world)) == set()
    world.state.put(replace(world.state.persons[number], words=()))
    assert found(reviewed(world)) == {("law.unwilling", f"number {number}")}


def test_nobody_withheld_is_counted_as_not_going_and_charges_must_be_named() -> None:
    world = world_at("granted")
    number = world.manifest(NORTH)[0]
    world.must(world.desk(NORTH), RightReturned(Slug("s1"), Slug("bridge"), 1, (number,)))
    about = known(world, **{f"n{number}": {"legal_proceedings": "disciplinary"}})
    of = f"number {number}"
    assert found(reviewed(world)) == {("law.withheld_for_offence", of)}
    told_of = {**TOLD, ("withholding", of): {"withheld_for": "disciplinary_punishment"}}
    assert found(reviewed(world, replace(about, told=told_of))) == {
        ("law.withheld_for_discipline", of), ("law.withheld_for_offence", of),
    }  # fmt: skip
    charged = known(world, **{f"n{number}": {"legal_proceedings": "indictable_pending"}})
    named: dict[tuple[str, str], Mapping[str, Value]] = {
        **TOLD, ("withholding", of): {"withheld_for": "indictable_offence", "name_notified": True},
    }  # fmt: skip
    assert found(reviewed(world, replace(charged, told=named))) == set()


def with_accounts(world: World, accounts: Mapping[str, str]) -> World:
    for number, account in accounts.items():
        world.state.put(replace(world.state.persons[number], account=Slug(account)))
    return world


def test_children_and_mothers_of_civilians_go_first() -> None:
    world = world_at("planned", people=(4, 4), stages=2)
    first, second = (world.manifest(NORTH, stage=stage) for stage in ("s1", "s2"))
    with_accounts(world, {first[0]: CIVILIANS, second[0]: CIVILIANS})
    civil = {"person_category": "civilian_internee", "power_on_which_depends": SOUTH}
    mother = {**civil, "priority_grounds": "mother_small_child"}
    waits = known(world, **{f"n{first[0]}": civil, f"n{second[0]}": mother})
    goes = known(world, **{f"n{first[0]}": mother, f"n{second[0]}": civil})
    assert found(reviewed(world, waits), "warn") == {("law.civilians_first", "s1")}
    assert found(reviewed(world, goes), "warn") == set()
    stages = [
        (name, stage.date, [number for place in stage.places.values() for number in place.manifest])
        for name, stage in world.state.stages.items()
    ]
    planned = review(of_plan(world.state, stages, waits), figures(), "party")
    assert found(planned, "warn") == {("law.civilians_first", "s1")}


def test_remains_stand_in_their_own_account() -> None:
    world = world_at("planned", uncounted=(1, 1))
    number = last(world)
    with_accounts(world, {number: REMAINS})
    dead = known(world, **{f"n{number}": {"person_category": "deceased"}})
    assert found(reviewed(world, dead)) == set()
    (remains,) = [each for each in subjects(world.state, world.attachments.get, dead) if each.facts.about == "remains"]
    assert remains.facts.values["counted_against_living"] is False


def test_the_plan_that_is_overdue_after_hostilities_is_a_breach() -> None:
    world = world_at("planned")
    ended = replace(known(world), told={("round", "2025-1"): {"hostilities_active": False}})
    assert found(reviewed(world, ended), "warn") == set()
    world.at = "2025-12-30T08:00:00Z"
    for mediator in (STRAITS, GULF):
        world.must(mediator, TaskSet(ROUND, Slug("transport"), Slug(mediator), Day("2025-12-31")))
    ended = replace(ended, told={**ended.told, ("release", EVERY): {}})
    assert ("law.plan_overdue", "2025-1") in found(reviewed(world, ended), "warn")


def test_a_death_keeps_its_file_open_and_a_refusal_to_search_is_told() -> None:
    world = world_at("disclosed")
    answers = answers_of(world, NORTH, **{row_of(NORTH, 3): "deceased", row_of(NORTH, 4): "refused"})
    world.must(NORTH, AnswersGiven(answers.register, 1, world.attach(write(answers)), len(answers.answers)))
    dead, refused = (f"register {answers.register}, row {row_of(NORTH, at)}" for at in (3, 4))
    of = reviewed(world)
    assert found(of) == set()
    assert ("law.missing_searched", refused) in found(of, "warn")
    world.state.round_open = False
    told_of = {**TOLD, ("death", dead): {"certificate_sent": False, "cause": "not_known", "enquiry_held": False}}
    stopped = reviewed(world, replace(known(world), told=told_of))
    assert found(stopped) == {("law.death_certificate", dead), ("law.death_enquiry", dead)}


def test_rows_left_blank_are_warned_of_once_their_day_has_passed() -> None:
    world = world_at("answered")
    assert not [code for code, _ in found(reviewed(world), "warn") if code == "law.missing_searched"]
    world.at = "2025-12-06T08:00:00Z"
    for mediator in (STRAITS, GULF):
        world.must(mediator, TaskSet(ROUND, Slug("transport"), Slug(mediator), Day("2025-12-31")))
    late = [of for code, of in found(reviewed(world), "warn") if code == "law.missing_searched"]
    assert sorted(of[-len("left blank") :] for of in late) == ["left blank", "left blank"]


def test_a_record_is_shared_with_nobody_to_whom_the_person_did_not_agree() -> None:
    world = world_at("listed")
    number = last(world)
    about = replace(known(world, **{f"n{number}": {"sharing_consent": "family;icrc"}}), own=frozenset({number}))
    assert found(reviewed(world, about)) == {("law.sharing", f"number {number}")}


def test_people_taken_in_by_a_host_wait_for_its_word() -> None:
    world = wide_at("listed")
    about = Known("party", {str(number): [PRISONER] for number in world.state.persons})
    of = review(subjects(world.state, world.attachments.get, about), figures(), "party")
    assert ("law.receiver_bound", "east to strand") in found(of, "unknown")
    assert ("law.accommodation_host", "east to strand") in found(of, "unknown")
    assert not [code for code, _ in found(of) if code.startswith("law.accommodation")]


def test_a_published_table_is_asked_whether_it_is_about_one_person() -> None:
    world = world_at("reconciled", people=(12, 11))
    made = public_counts(world.state, world.state.size)
    event = CountsPublished(made.size, world.attach(write(made)))
    world.all_must((NORTH, SOUTH, GULF), event)
    assert found(reviewed(world)) == set()
    one = replace(made, rows=(replace(made.rows[0], received=1), *made.rows[1:]))
    world.attachments[event.table] = write(one)
    assert {code for code, _ in found(reviewed(world))} == {"law.public_rows"}


def test_breaches_planted_all_over_one_exchange_are_found_and_nothing_else_is() -> None:
    world = world_at("planned", people=(4, 4), uncounted=(1, 1), stages=2)
    first, second = world.manifest(NORTH, stage="s1"), world.manifest(NORTH, stage="s2")
    theirs = world.manifest(SOUTH, stage="s1")
    about = known(
        world,
        **{
            f"n{first[0]}": {"person_category": "retained_personnel"},
            f"n{theirs[0]}": {"medical_category": "direct_repatriation"},
            f"n{theirs[1]}": {"person_category": "deceased"},
        },
    )
    # the second stage is put off beyond the chance that was given, and its day comes
    world.state.stages["s2"] = replace(world.state.stages["s2"], date=Day("2025-12-19"))
    world.at = "2025-12-19T08:00:00Z"
    for mediator in (STRAITS, GULF):
        world.must(mediator, TaskSet(ROUND, Slug("transport"), Slug(mediator), Day("2025-12-31")))
    world.must("cross/visitor", AccessRefused(Slug("camp"), Day("2025-12-08"), SOUTH, (theirs[2],)))
    world.state.breaches.clear()
    late = [*second, *world.manifest(SOUTH, stage="s2")]
    fire: dict[tuple[str, str], Mapping[str, Value]] = {("stage", "s1"): {"place_under_fire": True}}
    assert found(reviewed(world, replace(about, told={**TOLD, **fire}))) == {
        ("law.retained_counted", f"number {first[0]}"),
        ("law.seriously_ill_counted", f"number {theirs[0]}"),
        ("law.seriously_ill_held", f"number {theirs[0]}"),
        ("law.dead_counted", f"number {theirs[1]}"),
        ("law.remains_counted", f"number {theirs[1]}"),
        ("law.access_refused", f"number {theirs[2]}"),
        ("law.place_under_fire", "s1"),
        *(("law.chance_fresh", f"number {number}") for number in late),
    }
    clean = world_at("planned", people=(4, 4), uncounted=(1, 1), stages=2)
    assert found(reviewed(clean)) == set()


# --- what is for the neutral alone -----------------------------------------------------------------------------------


def test_a_wish_stops_in_the_neutrals_node_and_changes_nothing_in_any_other() -> None:
    world = world_at("planned", uncounted=(1, 1))
    number = last(world)
    of = f"number {number}"
    ill = {"medical_category": "seriously_sick"}
    shown: dict[str, list[object]] = {}
    for wish in ("willing", "unwilling", "undecided"):
        wishes = {**TOLD, ("release", of): {"wish_to_return": wish}}
        if wish != "willing":
            wishes["civilian", of] = {"fears_persecution": True}
        for role in ("party", "mediator", "guarantor", "host", "neutral"):
            record = {**ill, "wish_to_return": wish}
            about = replace(known(world, role, **{f"n{number}": record}), told=wishes)
            shown.setdefault(role, []).append(told(reviewed(world, about)))
            plan = told(review(of_stage(world.state, "s1", about), figures(), role))
            shown[role].append(plan)
    for role in ("party", "mediator", "guarantor", "host"):
        assert shown[role][0::2] == [shown[role][0]] * 3
        assert shown[role][1::2] == [shown[role][1]] * 3
        assert "wish" not in str(shown[role][0])
    neutral = shown["neutral"][0::2]
    assert [bool(each["stops"]) for each in neutral] == [False, True, True]  # type: ignore[index]


def test_no_record_of_a_wish_is_ever_read() -> None:
    world = world_at("planned", uncounted=(1, 1))
    for role in ("party", "neutral"):
        bare = replace(known(world, role), told={})
        unwilling = {**PRISONER, "wish_to_return": "unwilling"}
        wished = replace(bare, records={number: [unwilling] for number in bare.records})
        assert told(reviewed(world, bare)) == told(reviewed(world, wished))


def test_somebody_not_going_is_no_release_and_nobody_is_asked_why() -> None:
    world = world_at("planned")
    number = world.manifest(NORTH)[0]
    world.must("cross/visitor", NotGoing(Slug("camp"), Day("2025-12-09"), (number,)))
    assert found(reviewed(world)) == set()
    every = subjects(world.state, world.attachments.get, known(world))
    released = [each.of for each in every if each.facts.about == "release"]
    assert f"number {number}" not in released
    assert len(released) == 3
