"""What may be said of somebody to whom something has happened since the plan: nothing of what it is."""

from __future__ import annotations

from repatria.exchange.events import Day, NotGoing, Sha256, Slug, WithdrawnFromList
from repatria.message import Message, in_english
from repatria.plan.commands import in_person, reasons_of, unknown_number
from repatria.plan.explain import Reasons
from repatria.report.texts import ALL
from tests.exchange.world import NORTH, World, number_of, sha, world_at


def planned() -> tuple[World, World]:
    """A world with a plan in force, and the same as it was when the plan was proposed."""
    return world_at("planned", people=(4, 4), spare=1), world_at("drawn", people=(4, 4), spare=1)


def reasons(world: World, then: World) -> Reasons:
    found = reasons_of(world.state, then.state, world.attachments.get)
    assert isinstance(found, Reasons)
    return found


def letter(world: World, then: World, number: str) -> list[str]:
    return english(reasons(world, then).for_family(number, in_person(world.state, number)))


def english(told: tuple[Message, ...]) -> list[str]:
    return [in_english(each, ALL) for each in told]


def test_a_family_reads_the_same_of_a_wish_of_a_withdrawal_and_of_whatever_else() -> None:
    world, then = planned()
    unwilling, withdrawn, spare, absent = (number_of(NORTH, i) for i in (0, 1, 4, 2))
    world.must("cross/visitor", NotGoing(Slug("camp"), Day("2025-12-09"), (unwilling, spare)))
    world.must(NORTH, WithdrawnFromList(withdrawn, Sha256(sha("a reason"))))
    said = {tuple(letter(world, then, number)) for number in (unwilling, withdrawn, spare)}
    assert said == {("Nothing can be said in writing at present. The family liaison will speak with you.",)}
    assert letter(world, then, absent)[0].startswith("This person is on the signed plan of the present round.")


def test_an_officer_reads_no_ground_of_whoever_is_not_going() -> None:
    world, then = planned()
    unwilling, withdrawn = number_of(NORTH, 0), number_of(NORTH, 1)
    world.must("cross/visitor", NotGoing(Slug("camp"), Day("2025-12-09"), (unwilling,)))
    world.must(NORTH, WithdrawnFromList(withdrawn, Sha256(sha("a reason"))))
    first, second = (reasons(world, then).of(number) for number in (unwilling, withdrawn))
    assert english(first.told) == english(second.told)
    assert english(first.told)[-1] == "The plan does not decide about this person any more."


def test_before_a_plan_is_in_force_there_is_nothing_to_explain() -> None:
    world = world_at("proposed")
    found = reasons_of(world.state, world.state, world.attachments.get)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == ["plan.not_proposed"]


def test_a_number_of_no_list_in_force_is_unknown() -> None:
    world, _ = planned()
    assert unknown_number(world.state, number_of(NORTH, 0)) == []
    assert [problem.code for problem in unknown_number(world.state, "0" * 32)] == ["person.unknown"]
