"""Every kind of clause, agreed in an officer's text, reaches planner, checker and verifier through the ledger alone."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from repatria.audit.ledger import Run
from repatria.deal.classes import ClassKey, PersonClass
from repatria.deal.terms import EXAMPLE, parse_terms
from repatria.exchange import events
from repatria.exchange.events import Day, Opaque, Row, Slug
from repatria.exchange.person import Person
from repatria.ledger.canonical import decode
from repatria.ledger.log import LogReading
from repatria.plan.basis import basis_of, fairness_problems, units_of
from repatria.plan.check import check_plan
from repatria.plan.limits import plan_terms
from repatria.plan.lottery import odds
from repatria.plan.receipt import check_receipt, make_receipt
from repatria.plan.stages import Names, make_plan, replan
from tests.exchange.world import opaque
from tests.scenario.agreements import Rehearsal

HEAD = EXAMPLE[: EXAMPLE.index("[[stages]]")].replace("north = 10\nsouth = 12", "north = 8\nsouth = 8")
DAYS = "".join(
    f"""
[[stages]]
stage = "{stage}"
date = {day}
safe_place = "school"
  [[stages.places]]
  place = "bridge"
  bound = 3
  capacity = {{ north = 9, south = 9 }}
  {bridge}
  [[stages.places]]
  place = "station"
  bound = 3
  capacity = {{ north = 9, south = 9 }}
"""
    for stage, day, bridge in (
        ("s1", "2025-12-10", "marked = { s = 1 }\n  accounts = { remains = 0 }"),
        ("s2", "2025-12-12", "marked = { s = 1 }"),
        ("s3", "2025-12-14", "marked = { s = 2 }"),
    )
)
CATEGORIES = """
[[category]]
id = "wounded"
tier = 0
counts = false
all = true
marks = ["s"]
when = { medical_category = ["seriously_wounded"] }

[[category]]
id = "dead"
tier = 0
counts = false
account = "remains"
when = { person_category = ["deceased"] }

[[category]]
id = "young"
tier = 2
counts = true
marks = ["y"]
when = { age_under = 25 }

[[category]]
id = "others"
tier = 1
counts = true
"""
TWO_SIDES = HEAD + DAYS + CATEGORIES


def with_clauses(text: str, clauses: str, top: str = "") -> str:
    """Clauses before the categories, and keys at the top."""
    head, _, tail = text.partition("\n[[category]]")
    return top + head + clauses + "\n[[category]]" + tail


def planned(text: str, seed: int = 7) -> Rehearsal:
    """The exchange up to a plan that everybody has signed."""
    rehearsal = Rehearsal(text, seed)
    rehearsal.invent()
    for chapter in (rehearsal.open, rehearsal.consult, rehearsal.list, rehearsal.plan):
        chapter()
    return rehearsal


def plan_of(rehearsal: Rehearsal) -> Any:
    world = rehearsal.world
    return decode(world.attachments[str(world.state.plan)])


def at(rehearsal: Rehearsal, mark: str = "", account: str = "", side: str = "", **where: str) -> int:
    """How many of them the plan has there, counted from the people themselves."""
    state = rehearsal.world.state
    keys = {rehearsal.number(i): someone.key for i, someone in enumerate(rehearsal.people)}
    return sum(
        1
        for number, (stage, place) in state.slots.items()
        if mark in ("", *keys[number].marks) and account in ("", keys[number].account)
        if side in ("", state.persons[number].side)
        if where.get("stage", stage) == stage and where.get("place", place) == place
    )


def verified(rehearsal: Rehearsal) -> list[str]:
    """What the audit says of the whole ledger."""
    world = rehearsal.world
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    assert run.draw.plans == 1
    return [str(p) for p in [*run.problems, *run.watch.problems, *run.draw.problems]]


def judged(rehearsal: Rehearsal, plan: Any) -> set[str]:
    world = rehearsal.world
    then = basis_of(world.state, world.attachments.get, afresh=True)
    found = check_plan(plan, then.units, then.classes, then.terms, then.seed, table=then.table)
    return {f"{problem.code} {problem.where}" for problem in found}


def test_a_place_that_takes_one_stretcher_a_day_gets_one_and_no_remains_where_none_are_taken() -> None:
    rehearsal = planned(TWO_SIDES)
    assert all(at(rehearsal, "s", stage=f"s{n}", place="bridge") <= most for n, most in ((1, 1), (2, 1), (3, 2)))
    assert at(rehearsal, account="remains", stage="s1", place="bridge") == 0
    assert at(rehearsal, account="remains") > 0
    assert verified(rehearsal) == []


def test_a_quota_of_those_who_go_is_kept_though_tiers_alone_would_leave_them_behind() -> None:
    """The young are of the later tier here, and there are too few places: only the quota lets them go."""
    few = TWO_SIDES.replace("north = 8\nsouth = 8", "north = 6\nsouth = 6")
    quota = '\n[[limit]]\nid = "young"\nat_least = 1\nwhom = [{ side = "north", mark = "y" }]\n'
    without, with_it = _scarce(few), _scarce(with_clauses(few, quota))
    assert (at(without, "y", side="north"), at(with_it, "y", side="north")) == (0, 1)
    assert verified(with_it) == []
    plan = deepcopy(plan_of(without)) | {"terms": plan_of(with_it)["terms"]}
    assert "plan.row plan, row limit/young" in judged(with_it, {**plan, "seed": plan_of(with_it)["seed"]})


class _Scarce(Rehearsal):
    """More people of every category than there are places."""

    def invent(self) -> None:
        for side, holders in self.terms.sides.items():
            seekers = self.terms.sides[self.terms.other_side(side)]
            for category, n in zip(self.categories, (1, 1, 3, 8), strict=True):
                for _ in range(n):
                    self._add(holders, seekers, category)


def _scarce(text: str) -> Rehearsal:
    rehearsal = _Scarce(text, 7)
    rehearsal.invent()
    for chapter in (rehearsal.open, rehearsal.consult, rehearsal.list, rehearsal.plan):
        chapter()
    return rehearsal


def test_a_window_keeps_people_to_the_days_and_places_that_it_names() -> None:
    window = '\n[[window]]\nid = "late"\nmark = "y"\nstages = ["s2", "s3"]\nplaces = ["station"]\n'
    rehearsal = planned(with_clauses(TWO_SIDES.replace('marks = ["y"]', 'marks = ["y"]\nall = true'), window))
    assert at(rehearsal, "y") == at(rehearsal, "y", place="station") > 0
    assert at(rehearsal, "y", stage="s1") == 0
    assert verified(rehearsal) == []
    plan = plan_of(rehearsal)
    earliest, latest = plan["stages"][0]["places"][1]["sequence"], plan["stages"][1]["places"][1]["sequence"]
    earliest += latest
    latest.clear()
    assert "plan.row plan, row window/late" in judged(rehearsal, plan)


def test_a_limit_for_each_stage_and_place_is_a_row_for_each() -> None:
    desk = '\n[[limit]]\nid = "desk"\nat_most = 5\neach = ["stage", "place"]\nwhom = [{ }]\n'
    rehearsal = planned(with_clauses(TWO_SIDES, desk))
    plan = plan_of(rehearsal)
    sizes = [len(place["sequence"]) for stage in plan["stages"] for place in stage["places"]]
    assert max(sizes) <= 5 < sum(sizes)
    assert verified(rehearsal) == []


def test_with_a_tolerance_totals_are_the_most_and_sides_stay_near_their_proportion() -> None:
    """South has not so many people: exact totals cannot be met, and with a tolerance of one they need not be."""
    rehearsal = Rehearsal(with_clauses(TWO_SIDES, "", "tolerance = 1\n"), 7)
    rehearsal.invent()
    mine = [someone for someone in rehearsal.people if someone.holder == "south" and someone.key.counts]
    for someone in mine[:5]:
        rehearsal.people.remove(someone)
    for chapter in (rehearsal.open, rehearsal.consult, rehearsal.list, rehearsal.plan):
        chapter()
    north, south = (at(rehearsal, account="exchange", side=side) for side in ("north", "south"))
    assert south == len(mine) - 5 < 8
    assert abs(north - south) <= 1
    assert verified(rehearsal) == []


@pytest.mark.parametrize("rounds", [None, 2])
def test_among_three_parties_each_is_given_what_it_gives_in_closed_rounds(rounds: int | None) -> None:
    text = TWO_SIDES.replace('["north", "south"]', '["north", "west", "south"]')
    text = text.replace("north = 8\nsouth = 8", "allies = 8\nsouth = 8").replace("{ north = 9,", "{ allies = 9,")
    text += '\n[sides]\nallies = ["north", "west"]\nsouth = ["south"]\n'
    top = "party_tolerance = 0\n" if rounds is None else f"closed_rounds = {rounds}\n"
    rehearsal = planned(with_clauses(text, "", top), seed=11)
    state = rehearsal.world.state
    gone = [state.persons[n] for n in state.slots if state.persons[n].counts]
    for party in ("north", "west"):
        assert sum(p.holder == party for p in gone) == sum(p.to == party for p in gone)
    plan = plan_of(rehearsal)
    assert sum(each["times"] * len(each["parties"]) for each in plan["packages"]) == (len(gone) if rounds else 0)
    assert verified(rehearsal) == []
    if rounds:
        plan["packages"][0]["times"] += 1
        assert any(each.startswith("plan.packages") for each in judged(rehearsal, plan))


def test_a_plan_altered_in_one_person_fails() -> None:
    desk = '\n[[limit]]\nid = "desk"\nat_most = 5\neach = ["stage", "place"]\nwhom = [{ }]\n'
    rehearsal = planned(with_clauses(TWO_SIDES, desk))
    plan = plan_of(rehearsal)
    assert judged(rehearsal, plan) == set()
    for t, stage in enumerate(plan["stages"]):
        for j, place in enumerate(stage["places"]):
            for k in range(len(place["sequence"])):
                altered = deepcopy(plan)
                del altered["stages"][t]["places"][j]["sequence"][k]
                assert judged(rehearsal, altered)


# --- families and crews ---------------------------------------------------------------------------------------------


def with_families(text: str, *sizes: int) -> Rehearsal:
    """Up to a plan in force; of north's counted people the last of the list, in families of these sizes."""
    rehearsal = Rehearsal(text, 7)
    rehearsal.invent()
    counted = [i for i, one in enumerate(rehearsal.people) if one.holder == "north" and one.key == OTHERS]
    for size in sizes:
        rehearsal.families.append(tuple(counted.pop() for _ in range(size)))
    for chapter in (rehearsal.open, rehearsal.consult, rehearsal.list, rehearsal.plan):
        chapter()
    return rehearsal


OTHERS = ClassKey(1, 1, True, False)


def slots_of(rehearsal: Rehearsal, family: tuple[int, ...]) -> set[tuple[str, str] | None]:
    return {rehearsal.world.state.slots.get(rehearsal.number(i)) for i in family}


def test_a_family_goes_as_one_and_a_plan_that_parts_it_is_found_out() -> None:
    rehearsal = with_families(TWO_SIDES, 3, 2)
    assert [len(unit.numbers) for unit in basis_of(rehearsal.world.state, rehearsal.world.attachments.get).units].count(
        3
    ) == 1
    for family in rehearsal.families:
        assert len(slots_of(rehearsal, family)) == 1
    assert verified(rehearsal) == []
    plan = plan_of(rehearsal)
    assert judged(rehearsal, plan) == set()
    numbers = {rehearsal.number(i) for i in rehearsal.families[0]}
    (spot,) = [p for s in plan["stages"] for p in s["places"] if any(n in numbers for n, _ in p["sequence"])]
    mine = [at for at, (n, _) in enumerate(spot["sequence"]) if n in numbers]
    assert mine == list(range(mine[0], mine[0] + 3))  # one after the other
    apart = deepcopy(plan)
    elsewhere = next(p for s in apart["stages"] for p in s["places"] if not any(n in numbers for n, _ in p["sequence"]))
    here = next(p for s in apart["stages"] for p in s["places"] if any(n in numbers for n, _ in p["sequence"]))
    elsewhere["sequence"].append(here["sequence"].pop(mine[-1]))
    assert any(each.startswith("plan.together") for each in judged(rehearsal, apart))


def test_who_does_not_go_leaves_the_family_free_to_go_and_keep_their_slot() -> None:
    """The neutral's word on the first of three; nobody of the other two waits, and nobody else is moved."""
    rehearsal = with_families(TWO_SIDES, 3)
    world, numbers = rehearsal.world, sorted(rehearsal.number(i) for i in rehearsal.families[0])
    (slot,) = slots_of(rehearsal, rehearsal.families[0])
    before = dict(world.state.slots)
    world.must("cross/visitor", events.NotGoing(Slug("camps"), Day("2025-12-09"), (numbers[0],)))
    basis = basis_of(world.state, world.attachments.get)
    assert basis.progress is not None
    units = {unit.numbers for unit in basis.units if set(unit.numbers) & set(numbers)}
    assert units == {(numbers[0],), (numbers[1], numbers[2])}
    made = replan(basis.progress, basis.units, basis.classes, basis.terms, basis.seed or b"", basis.names)
    assert isinstance(made, dict), made
    assert fairness_problems(made, world.state, world.attachments.get) == []
    after = {n: (s["stage"], p["place"]) for s in made["stages"] for p in s["places"] for n, _ in p["sequence"]}
    assert {after.get(number) for number in numbers} == {slot}
    assert after == before


def test_a_family_has_one_ticket_and_one_receipt() -> None:
    rehearsal = with_families(TWO_SIDES, 2)
    world, numbers = rehearsal.world, [rehearsal.number(i) for i in rehearsal.families[0]]
    receipts = [make_receipt(world.state, world.attachments.get, number) for number in numbers]
    assert receipts[0] == receipts[1]
    assert not isinstance(receipts[0], list)
    assert receipts[0].number == min(numbers)
    assert check_receipt(receipts[0]) == []


# --- what gives way -------------------------------------------------------------------------------------------------


def impossible(clause: str, top: str = "") -> str:
    """What is said that could be done about terms that no plan meets."""
    text = with_clauses(TWO_SIDES, clause, top)
    rehearsal = Rehearsal(text, 7)
    rehearsal.invent()
    for chapter in (rehearsal.open, rehearsal.consult, rehearsal.list):
        chapter()
    basis = basis_of(rehearsal.world.state, rehearsal.world.attachments.get)
    found = odds(basis.units, basis.classes, basis.terms)
    assert isinstance(found, list)
    (problem,) = found
    return problem.do


CROWDED = """
[[limit]]
id = "desk"
at_most = 2
each = ["stage", "place"]
whom = [{ account = "exchange" }]
"""


def test_a_limit_may_give_way_unless_the_terms_call_it_firm() -> None:
    """Six desks that take two each: twelve of the sixteen whom the totals ask for."""
    free, desks = impossible(CROWDED), impossible(CROWDED, 'firm = ["totals"]\n')
    assert "lower the total of north by 2, to 6; lower the total of south by 2, to 6" in free
    assert "lower the total" not in desks
    assert "what this allows at most: at most 2 people in the account exchange, at station and in stage s3" in desks
    neither = impossible(CROWDED + "firm = true\n", 'firm = ["totals"]\n')
    assert "lower" not in neither
    assert "raise" not in neither


# --- a host's places ------------------------------------------------------------------------------------------------


def test_a_host_says_how_many_it_can_take_in_and_only_then_does_it_matter_who_goes_where() -> None:
    """Neutral accommodation (GC III 110(2)): three may go to a host that has room for two."""
    host = '\n[[limit]]\nid = "host"\nat_most = 2\nwhom = [{ to = "harbour" }]\n'
    text = with_clauses(TWO_SIDES, host)
    terms, problems = parse_terms(text, bytes(32))
    assert problems == []
    assert terms is not None
    asked, plain = plan_terms(terms), plan_terms(replace(terms, limits=()))
    classes = {"c" * 32: PersonClass("c" * 32, 1, 0, True, False), "d" * 32: PersonClass("d" * 32, 1, 0, False, False)}
    people = [person(i, side, "c" * 32) for i, side in enumerate(("north",) * 8 + ("south",) * 8)]
    people += [person(i, "north", "d" * 32, "harbour") for i in range(16, 19)]
    assert {unit.to for unit in units_of(people, plain)} == {""}
    units = units_of(people, asked)
    plan = make_plan(units, classes, asked, bytes(32), Names("2025-1", "0" * 64))
    assert isinstance(plan, dict), plan
    numbers = {n for stage in plan["stages"] for place in stage["places"] for n, _ in place["sequence"]}
    hosted = {each.number for each in people if each.to == "harbour"}
    assert len(numbers & hosted) == 2
    assert check_plan(plan, units, classes, asked, bytes(32)) == []
    one_more = next(iter(hosted - numbers))
    plan["stages"][2]["places"][1]["sequence"].insert(0, [one_more, "north"])
    assert "plan.row" in {each.code for each in check_plan(plan, units, classes, asked, bytes(32))}


def person(at: int, side: str, class_id: str, to: str = "") -> Person:
    other = "south" if side == "north" else "north"
    return Person(
        opaque(f"one {at}"), Slug(side), Slug(side), Slug(to or other), opaque("register"), Row(f"{at:08x}"),
        Opaque(class_id), 1, 0, Slug("repatriation" if to else "exchange"), Slug("2025-1"),
    )  # fmt: skip
