"""Every draw of a ledger, made again: from nonces and freeze to the composition, and to every ticket.

What the ledger says is verified in `draw.py` while its entries are folded; here the result is told, so that somebody
with another program, or with paper and a calculator for one ticket, can compare figure by figure. `docs/lottery.md`
says how.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from repatria.audit.draw import Drawn
from repatria.exchange.documents import Freeze, read
from repatria.plan.lottery import COMPOSITION, Odds, integer, odds_of, order, ticket
from repatria.plan.receipt import cut_off


@dataclass(frozen=True)
class Redrawn:
    """A draw with everything that follows from it. Without a seed nothing was drawn yet."""

    draw: Drawn
    freeze: Freeze
    odds: Odds | None
    strata: tuple[dict[str, Any], ...]
    tickets: tuple[tuple[str, str, str, str, bool], ...]  # side, stratum, number, ticket, whether it has a place

    def as_json(self, tickets: bool = False) -> dict[str, Any]:
        odds, seed = self.odds, self.draw.seed
        number = None if odds is None or seed is None else integer(bytes.fromhex(seed), COMPOSITION, odds.total)
        told: dict[str, Any] = {
            "round": self.draw.round, "freeze": self.draw.freeze, "begun_at": self.draw.begun_at,
            "replaces": self.draw.replaces, "algorithm": self.freeze.algorithm, "register": self.freeze.register,
            "units": len(self.draw.units), "seed": seed, "revealed_at": self.draw.sealed_at,
            "compositions": None if odds is None else len(odds.compositions),
            "drawn": None if odds is None or number is None else {"number": str(number), "of": str(odds.total)},
            "strata": list(self.strata),
        }  # fmt: skip
        names = ("side", "stratum", "number", "ticket", "has_a_place")
        return told | ({"tickets": [dict(zip(names, row, strict=True)) for row in self.tickets]} if tickets else {})


def redraw(draw: Drawn, attachments: Callable[[str], bytes | None]) -> Redrawn | None:
    """The draw made again from its freeze and seed; None where the freeze cannot be read."""
    try:
        freeze = read(Freeze, attachments(draw.freeze) or b"")
    except ValueError:
        return None
    odds = odds_of(freeze)
    if odds is None:
        return Redrawn(draw, freeze, None, (), ())
    seed = None if draw.seed is None else bytes.fromhex(draw.seed)
    drawn = {(row.holder, row.stratum): int(row.places) for row in odds.drawn(seed)} if seed is not None else {}
    strata, tickets = [], []
    for row in odds.table:
        label = (row.holder, row.stratum)
        numbers = [number for number, side, stratum in draw.units if (side, stratum) == label]
        told: dict[str, Any] = {
            "side": row.holder, "stratum": row.stratum, "units": row.units,
            "chance": str(Fraction(row.places) / row.units if row.units else 0), "tied": label in odds.tied,
        }  # fmt: skip
        if seed is not None and not draw.made_over:
            ordered = order(seed, row.stratum, numbers)
            found = [ticket(seed, row.stratum, number) for number in ordered]
            told |= {"places": drawn[label], "cut_off": cut_off(found[: drawn[label]], found[drawn[label] :])}
            tickets += [(row.holder, row.stratum, number, each.hex(), at < drawn[label])
                        for at, (number, each) in enumerate(zip(ordered, found, strict=True))]  # fmt: skip
        strata.append(told)
    return Redrawn(draw, freeze, odds, tuple(strata), tuple(tickets))
