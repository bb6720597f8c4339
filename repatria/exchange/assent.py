"""Acts of several members: one event each, naming the same hash; the effect comes with the last one needed.

>>> parties_and_a_mediator({"north", "south"}, ("north", "south"), ("gulf",))
False
>>> parties_and_a_mediator({"north", "south", "gulf"}, ("north", "south"), ("gulf",))
True
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from repatria.exchange.authority import WHERE_ASKED
from repatria.exchange.codec import data_hash
from repatria.exchange.events import Event, Sha256, Slug
from repatria.exchange.state import Assent, Fact, Refuse, State

PUT_FORWARD = ("TermsSigned", "TermsAmended", "FinalListSigned")  # by parties, before anybody else signs


def joined(state: State, fact: Fact, event: Event | None = None) -> tuple[str, tuple[Assent, ...]]:
    """The act's key and its assents with this one; Refuse where the member has assented to the same before."""
    act = data_hash(fact.body.data if event is None else event)
    so_far = state.assents.get(act, ())
    if any(assent.member == fact.member for assent in so_far):
        raise Refuse("assent.twice", "this member has signed the same act before")
    return act, (*so_far, Assent(Slug(fact.member), Sha256(fact.id), fact.paper))


def check_asked(state: State, fact: Fact, besides: Collection[str]) -> None:
    """Refuse whoever signs an act of others unasked: a member whose role has no part in it, and whom terms do not name.

    Terms and lists are put forward by parties: others sign what one of them has signed already.

    Args:
        besides: the members whose signature the terms ask for.
    """
    if fact.member in state.parties:
        return
    kind = type(fact.body.data).__name__
    if state.members[fact.member].role in WHERE_ASKED.get(kind, ()) and fact.member not in besides:
        raise Refuse("asked.member", "the terms do not ask for this member's signature")
    signed = members(state.assents.get(data_hash(fact.body.data), ()))
    if kind in PUT_FORWARD and not signed & set(state.parties):
        raise Refuse("asked.first", "no party has signed this yet, and parties sign first")


def check_quorum(fact: Fact, *quorums: Mapping[str, int]) -> None:
    """Refuse where fewer of the member's signatories have signed than terms ask for.

    How many have signed a member's paper only the paper shows; whoever enters it counts them there.
    """
    needed = max(each.get(fact.member, 0) for each in quorums)
    if fact.signatories < needed and not fact.paper:
        raise Refuse("asked.quorum", f"{fact.signatories} of the {needed} signatories that the terms ask for signed")


def members(assents: tuple[Assent, ...]) -> set[str]:
    return {str(assent.member) for assent in assents}


def parties_and_a_mediator(
    have: Collection[str], parties: Collection[str], mediators: Collection[str], besides: Collection[str] = ()
) -> bool:
    return {*parties, *besides} <= set(have) and any(mediator in have for mediator in mediators)
