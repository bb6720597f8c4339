"""Opening an exchange and joining one, as verbs and pages ask the office for it: from cards, all problems at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repatria.cli import acting
from repatria.exchange import commands
from repatria.exchange.cards import Card
from repatria.problem import Problem

if TYPE_CHECKING:
    from repatria.cli.verb import AtNode

MEDIATOR_QUORUM, PARTY_SIGNATORIES, COOLING_HOURS = 1, 2, 24  # what is taken where nobody says otherwise


@dataclass(frozen=True)
class Wanted:
    """What an exchange is opened with besides its founders.

    `mediator_quorum`: mediators whose clocks make the log's time. `party_signatories`: who must sign to bind a party.
    `cooling_hours`: of log time, before a change of who can bind a member takes effect.
    """

    origin: str
    mediator_quorum: int = MEDIATOR_QUORUM
    party_signatories: int = PARTY_SIGNATORIES
    cooling_hours: int = COOLING_HOURS


def wrong(at: AtNode, cards: Sequence[Card], wanted: Wanted) -> list[Problem]:
    """Every reason why no exchange can be opened here with these founders; nothing is changed by asking."""
    own = at.node.card
    problems = at.node.unfounded(wanted.origin)
    if any(card.member == own.member and card != own for card in cards):
        what = "a card under this member's own name has another key or role than this node"
        do = "leave it out, find out who made it, and use the card that this node gives"
        problems.append(Problem("card.own", own.member, what, do))
    founders = commands.founders_of(cards, wanted.party_signatories)
    return problems + commands.unfit(founders, own.member, wanted.mediator_quorum, wanted.cooling_hours)


def opening(at: AtNode, cards: Sequence[Card], wanted: Wanted) -> commands.OpenExchange:
    """What is asked of the office to open an exchange with these founders, with a number and a log key for it.

    Raises:
        Problems: there can be none of that origin here.
    """
    exchange, log = at.node.found(wanted.origin)
    founders = commands.founders_of(cards, wanted.party_signatories)
    return commands.OpenExchange(
        acting.alone(at), exchange, wanted.origin, log, wanted.mediator_quorum, founders, wanted.cooling_hours
    )


def joining(at: AtNode, cards: Sequence[Card] = ()) -> commands.Join:
    """What is asked of the office to join the exchange whose ledger is here.

    Args:
        cards: of other founders, to be held against the opening.

    Raises:
        Problems: `exchange.not_open`: there is no ledger here.
    """
    return commands.Join(acting.alone(at), *at.node.admission(), tuple(cards))
