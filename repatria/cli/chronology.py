"""`repatria chronology`: exchanges of the past, by their sources; what they come to, and where they do not fit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli.show import Said
from repatria.cli.verb import noun, verb
from repatria.files.public import load_chronology
from repatria.problem import Problem
from repatria.public.chronology import ADDED, CONFLICTS, EDITION, GROUPS, KINDS, MEDIATORS, Chosen, grouped, row_of
from repatria.public.disagreements import compared, disagreements

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="Other files than the program's.")]
app = noun("Exchanges of the past, by their sources: what they come to, and where the sources do not fit.")


@dataclass(frozen=True)
class Filters:
    """Which exchanges; all of those that an option leaves out."""

    conflict: Annotated[str, typer.Option("--conflict", metavar="CODE", help=f"One of {', '.join(CONFLICTS)}.")] = ""
    since: Annotated[str, typer.Option("--since", metavar="DAY", help="Begun on this day or later.")] = ""
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="Begun on this day or before.")] = ""
    kind: Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help=f"{', '.join(KINDS)}.")] = None
    mediator: Annotated[str, typer.Option("--mediator", metavar="NAME", help=f"{', '.join(MEDIATORS)}.")] = ""
    data: Data = None

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.conflict, self.since, self.until, tuple(self.kind or ()), self.mediator)

    def wrong(self) -> list[Problem]:
        found = [
            Problem("chronology.filter", name, "no such one", f"one of {', '.join(known)}")
            for name, given, known in (
                ("--conflict", [self.conflict] if self.conflict else [], tuple(CONFLICTS)),
                ("--kind", self.kind or [], KINDS), ("--mediator", [self.mediator] if self.mediator else [], MEDIATORS),
            )
            if set(given) - set(known)
        ]  # fmt: skip
        days = (("--since", self.since), ("--until", self.until))
        do = "write it such as 2025-05-24"
        return found + [Problem("chronology.filter", name, "no day", do) for name, day in days if day and not _day(day)]


@verb(app)
def show(
    filters: Filters,
    exchange: Annotated[str, typer.Option("--exchange", metavar="NAME", help="All that is said of this one.")] = "",
) -> dict[str, Any] | list[Problem]:
    """The exchanges, one a line; or every statement of one of them, with its source.

    Example: repatria chronology show --conflict ua --since 2025-01-01
    """
    if wrong := filters.wrong():
        return wrong
    chronology = load_chronology(filters.data)
    if not exchange:
        return {"edition": EDITION, "exchanges": [row_of(each) for each in chronology.chosen(filters.chosen)]}
    found = next((each for each in chronology.exchanges if each.name == exchange), None)
    if found is None:
        return [Problem("chronology.exchange", exchange, "no such exchange", "see `chronology show`")]
    return {
        "exchange": found.name,
        "statements": [
            {
                "cell": each.cell, "of": each.of or None, "value": each.value, "said_by": each.said_by or None,
                "evidence": each.evidence, "source": each.source, "where": chronology.sources[each.source],
            }
            for each in found.statements
        ],
    }  # fmt: skip


@verb(app)
def totals(
    filters: Filters,
    counted: Annotated[str, typer.Option("--counted", metavar="CODE", help=f"{', '.join(ADDED)}.")] = "came-home",
    of: Annotated[str, typer.Option("--of", metavar="SIDE", help="Whose people, such as ukraine.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="WHAT", help=f"{', '.join(GROUPS)}.")] = "all",
) -> dict[str, Any] | list[Problem]:
    """What exchanges come to by one counting definition, from the least that sources say to the most.

    Example: repatria chronology totals --conflict ua --counted came-home --of ukraine --by year
    """
    sides = [side for sides in CONFLICTS.values() for side in sides]
    problems = filters.wrong()
    for name, given, known in (("--counted", counted, ADDED), ("--by", by, GROUPS)):
        if given not in known:
            problems.append(Problem("chronology.filter", name, "no such one", f"one of {', '.join(known)}"))
    wants = counted not in ("handed-over", "mediated")
    if (of in sides) != wants or (of and of not in sides):
        do = f"name one of {', '.join(sides)}" if wants else "leave --of out"
        problems.append(Problem("chronology.filter", "--of", "this counts one side's people, or all together", do))
    if problems:
        return problems
    found = grouped(load_chronology(filters.data), counted, of, filters.chosen, by)
    return {
        "counted": counted, "of": of or None, "by": by,
        "totals": [
            {
                **({} if by == "all" else {by: key or None}), "least": each.range.least, "most": each.range.most,
                "exchanges": each.exchanges, "without_a_figure": each.unknown,
            }
            for key, each in found
        ],
    }  # fmt: skip


@verb(app)
def check(
    data: Data = None,
) -> Said:
    """Wherever sources, parts, numbers of exchanges or published totals do not fit; that they do not is no error.

    Example: repatria chronology check --json
    """
    chronology = load_chronology(data)
    found = list(disagreements(chronology))
    held = [compared(chronology, each) for each in chronology.totals]
    answer = {
        "edition": EDITION, "statements": len(chronology.statements), "exchanges": len(chronology.exchanges),
        "sources": len(chronology.sources), "disagreements": [asdict(each) for each in found],
        "published_totals": [
            {
                "total": each.total.name, "said_by": each.total.said_by or each.total.source,
                "counted": each.total.counted, "of": each.total.of or None, "kinds": ", ".join(each.total.kinds),
                "mediator": each.total.mediator or None, "since": each.total.since, "until": each.total.until,
                "said": each.total.value, "over": bool(each.total.qualifier), "least": each.ours.least,
                "most": each.ours.most, "without_a_figure": each.unknown, "verdict": each.verdict,
            }
            for each in held
        ],
    }  # fmt: skip
    agree = sum(each.verdict == "agrees" for each in held)
    page = [each.text for each in found]
    page.append(
        f"{len(found)} disagreements in {len(chronology.statements)} statements on {len(chronology.exchanges)}"
        f" exchanges from {len(chronology.sources)} sources; of {len(held)} published totals {agree} agree"
    )
    return Said(answer, page="\n".join(page) + "\n")


def _day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
