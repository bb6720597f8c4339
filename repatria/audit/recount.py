"""The figures counted again, from people's stories: what each place's reconciliation and the closing must say.

Nothing here calls `exchange/counting.py`; the words mean what DOMAIN section 4 and the events say of them:

* agreed: on the place's manifest. Brought: let through the gate, or heard at the gate and staying, or found to be
  somebody else; each person once. Identified: released and not found to be somebody else.
* not going, received, absent, substituted, withheld, unconfirmed: the state in which this stage left the person.

    >>> place([], ("s1", "bridge"), "2025-12-10", ("north",))[0].agreed
    0
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from repatria.audit.persons import Spot, Story, counting, state_of
from repatria.exchange.events import Slug, Tally

FIGURES = (
    "agreed", "brought", "identified", "not_going", "received", "absent", "substituted", "withheld", "unconfirmed",
)  # fmt: skip


def place(people: Iterable[Story], spot: Spot, day: str, holders: Sequence[str]) -> tuple[Tally, ...]:
    """Each holder's figures at one place of one stage, as the stories stand now."""
    counted: dict[str, Counter[str]] = {holder: Counter() for holder in holders}
    for story in people:
        count = counted[story.holder]
        turn = next((turn for turn in reversed(story.turns) if turn.spot[0] == spot[0]), None)
        words = [word for word in story.words if word.day <= day]
        state = state_of(words, [turn] if turn else [], story.withdrawn and turn is None)
        word = counting(words, turn)
        heard = state == "not-going" and word is not None and word.at is not None and word.at[0] == spot[0]
        through = turn is not None and "presented" in turn.deeds and state != "absent"
        count["agreed"] += 1
        count["brought"] += through or heard
        count["identified"] += state in ("received", "released")
        count["withheld"] += state in ("withheld", "listed")
        if state in ("not-going", "received", "absent", "substituted", "unconfirmed"):
            count[state.replace("-", "_")] += 1
    return tuple(Tally(Slug(holder), **{name: counted[holder][name] for name in FIGURES}) for holder in holders)


def final(people: Iterable[Story]) -> Mapping[tuple[str, str, str], int]:
    """How many of each holder's people are in each state, account by account."""
    return Counter((story.holder, story.account, story.state) for story in people)


def differences(said: Sequence[Tally], counted: Sequence[Tally]) -> list[tuple[str, str]]:
    """Figure by figure, what a reconciliation says and what the entries give, where they differ."""
    own = {tally.holder: tally for tally in counted}
    found = []
    if sorted(tally.holder for tally in said) != sorted(own):
        found.append((f"figures for {len(said)} holders", f"{len(own)}"))
    for tally in said:
        if tally.holder not in own:
            continue
        pairs = [(name, getattr(tally, name), getattr(own[tally.holder], name)) for name in FIGURES]
        found += [(f"{a} {name.replace('_', ' ')} of {tally.holder}", f"{b}") for name, a, b in pairs if a != b]
    return found
