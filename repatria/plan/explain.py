"""Why someone goes when they go, and why not: computed from the plan, never narrated.

An answer holds no name and no ground: tier, stratum, ticket, places and the slot. "Why not" puts the unit in by
force and solves again: either a level of the plan gets worse, and the answer says which and by how much, or terms
collide, and it says which. Whoever cannot go any more gets no reason here, because a plan does not know one.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.model import Place, Stage
    >>> from repatria.plan.stages import Names, make_plan
    >>> place = Place("bridge", {"north": 9, "south": 9}, 1)
    >>> terms = PlanTerms({"north": 1, "south": 1}, 1, (Stage("s1", "2025-12-10", (place,)),))
    >>> lists = [Unit(f"{i:032x}", "north" if i < 2 else "south", "c") for i in range(3)]
    >>> drawn = {"c": PersonClass("c", 1, 0, True, False)}
    >>> plan = make_plan(lists, drawn, terms, bytes(32), Names("2025-1", "0" * 64))
    >>> for unit in lists:
    ...     print(explain(unit.number, plan, lists, drawn, terms, bytes(32))["text"][-1])
    Ticket 2 of 2; 1 place; chance 50.0 %.
    Ticket 1 of 2; 1 place; chance 50.0 %.
    Everyone of this stratum goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from repatria.plan.lottery import Chance, order
from repatria.plan.model import Classes, PlanTerms, Progress, Unit, unit_type
from repatria.plan.solve import Solution, solve


def explain(
    number: str,
    plan: Mapping[str, Any],
    units: Iterable[Unit],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    *,
    progress: Progress | None = None,
    table: Iterable[Chance] | None = None,
    why_not: bool = True,
) -> dict[str, Any]:
    """What the plan says of one unit and why, as values and as sentences (`text`).

    Args:
        table: the chances that were published before the draw; without them, those of the places there are.
        why_not: False skips the second search for a unit that stays.
    """
    listed = {unit.number: unit for unit in units}
    answer: dict[str, Any] = {"number": number, "listed": number in listed, "goes": False, "text": []}
    if number not in listed:
        answer["text"].append("Not on a signed list.")
        return answer
    kinds = {other: unit_type(unit, classes) for other, unit in listed.items()}
    kind = kinds[number]
    slots = {
        other: (stage, place, position)
        for stage in plan["stages"]
        for place in stage["places"]
        for position, (other, _) in enumerate(place["sequence"], 1)
    }
    tiers = [kinds[n].tier for n in slots if n in kinds and _competes(kinds[n], kind)]
    peers = order(seed, kind.stratum, (other for other, known in kinds.items() if known == kind))
    places = sum(other in slots for other in peers)
    published = {(row.holder, row.stratum): row for row in table or ()}
    chance = published.get((kind.holder, kind.stratum), Chance(kind.holder, kind.stratum, places, len(peers)))
    answer |= {
        "holder": kind.holder,
        "tier": kind.tier,
        "stratum": kind.stratum,
        "outside_ratio": not kind.counts,
        "all_go": kind.all,
        "cut_off_tier": max(tiers, default=None),
        "ticket": {
            "rank": peers.index(number) + 1,
            "of": len(peers),
            "places": places,
            "chance_permille": chance.permille,
        },
    }
    text = answer["text"]
    outside = " outside the ratio" if not kind.counts else ""
    text.append(f"Tier {kind.tier}{outside}, held by {kind.holder}.")
    if progress is not None and number in progress.gone | progress.offered:
        text.append("The plan does not decide about this unit any more.")
        return answer
    if number in slots:
        stage, place, position = slots[number]
        answer |= {
            "goes": True,
            "stage": stage["stage"],
            "date": stage["date"],
            "place": place["place"],
            "position": position,
            "of": len(place["sequence"]),
        }
        text.append(
            f"Goes in stage {stage['stage']} on {stage['date']} at {place['place']},"
            f" position {position:,} of {len(place['sequence']):,}."
        )
    if places == len(peers):
        text.append("Everyone of this stratum goes.")
        return answer
    if places:
        text.append(
            f"Ticket {peers.index(number) + 1:,} of {len(peers):,}; {places:,} place{'s' if places > 1 else ''};"
            f" chance {chance.permille // 10}.{chance.permille % 10} %."
        )
        if number not in slots:
            answer["why_not"] = {"reason": "ticket", "last_ticket_that_goes": places}
        return answer
    text.append(f"The places end with tier {answer['cut_off_tier']}.")
    if why_not:
        answer["why_not"] = _why_not(number, plan, tuple(listed.values()), classes, terms, progress)
        text.append(answer["why_not"]["text"])
    return answer


def _competes(other: Any, kind: Any) -> bool:
    return bool(other.holder == kind.holder and other.counts == kind.counts and not other.all)


def _why_not(
    number: str,
    plan: Mapping[str, Any],
    units: tuple[Unit, ...],
    classes: Classes,
    terms: PlanTerms,
    progress: Progress | None,
) -> dict[str, Any]:
    """Puts one unit of this type in by force and solves again."""
    kind = next(unit_type(unit, classes) for unit in units if unit.number == number)
    forced = solve(units, classes, terms, progress=progress, force=kind)
    if not isinstance(forced, Solution):
        return {
            "reason": "terms",
            "problems": [problem.as_json() for problem in forced],
            "text": "Cannot go under these terms: " + "; ".join(problem.what for problem in forced) + ".",
        }
    now = {level["name"]: level["value"] for level in plan["levels"]}
    for level in forced.levels:
        if level.name in now and level.value != now[level.name]:
            return {
                "reason": "level",
                "level": level.name,
                "now": now[level.name],
                "then": level.value,
                "text": f'With this unit in the plan, "{level.name}" would be {level.value:,}'
                f" instead of {now[level.name]:,}.",
            }
    return {"reason": "none", "text": "A plan as good by every level could have this unit in it: ask for a new plan."}
