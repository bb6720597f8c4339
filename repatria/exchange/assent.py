"""Acts of several members: one event each, naming the same hash; the effect comes with the last one needed.

>>> parties_and_a_mediator({"north", "south"}, ("north", "south"), ("gulf",))
False
>>> parties_and_a_mediator({"north", "south", "gulf"}, ("north", "south"), ("gulf",))
True
"""

from __future__ import annotations

from collections.abc import Collection

from repatria.exchange.codec import data_hash
from repatria.exchange.events import Event, Sha256, Slug
from repatria.exchange.state import Assent, Fact, Refuse, State


def joined(state: State, fact: Fact, event: Event | None = None) -> tuple[str, tuple[Assent, ...]]:
    """The act's key and its assents with this one; Refuse where the member has assented to the same before."""
    act = data_hash(fact.body.data if event is None else event)
    so_far = state.assents.get(act, ())
    if any(assent.member == fact.member for assent in so_far):
        raise Refuse("assent.twice", "this member has signed the same act before")
    return act, (*so_far, Assent(Slug(fact.member), Sha256(fact.id), fact.paper))


def members(assents: tuple[Assent, ...]) -> set[str]:
    return {str(assent.member) for assent in assents}


def parties_and_a_mediator(have: Collection[str], parties: Collection[str], mediators: Collection[str]) -> bool:
    return set(parties) <= set(have) and any(mediator in have for mediator in mediators)
