"""How numbers said in public were counted: figures differ by speaker and by counting rule, so each names its own.

A claim names one of these codes and, where it says so, the party whose people it is about. There is no free text.

    >>> COUNTED["came-home"].of_a_party, is_speaker("north-ombudsman", {"north"}), is_speaker("somebody", {"north"})
    (True, True, False)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """`says` what is counted; `of_a_party`: whether it is about one party's people, or about all together."""

    says: str
    of_a_party: bool


COUNTED: dict[str, Definition] = {
    "came-home": Definition("people of that party who came home living", True),
    "soldiers-home": Definition("people of that party's armed forces who came home living", True),
    "civilians-home": Definition("civilians of that party who came home living", True),
    "exchanged-home": Definition("people of that party who came home in exchange for others", True),
    "beside-home": Definition("people of that party who came home beside an exchange, for nobody in return", True),
    "sent-home": Definition("living people whom that party handed over", True),
    "handed-over": Definition("living people handed over, all directions together", False),
    "mediated": Definition("living people handed over in exchanges that the speaker mediated, all directions", False),
    "exchanges": Definition("exchanges, as that party numbers them", True),
    "handovers": Definition("days on which people were handed over", False),
    "agreed": Definition("people whom that party agreed to hand over", True),
    "held": Definition("people whom that party holds", True),
    "sought": Definition("people whom that party seeks", True),
    "remains-returned": Definition("dead of that party whose remains came home", True),
    "remains-handed-over": Definition("dead whose remains that party handed over", True),
}

# Who speaks for a member, in public: an office, never a person.
OFFICES = (
    "head-of-state", "government", "ministry", "ombudsman", "coordination", "army", "parliament", "spokesperson",
)  # fmt: skip
OUTSIDE = ("united-nations", "red-cross", "other-state", "press")  # who is no member


def is_speaker(speaker: str, members: Collection[str]) -> bool:
    """Whether this is a member, an office of one, or one of those outside; so no person's name stands here."""
    offices = {f"-{office}" for office in OFFICES}
    named = any(speaker == member or speaker.removeprefix(member) in offices for member in members)
    return named or speaker in OUTSIDE
