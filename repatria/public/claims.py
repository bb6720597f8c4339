"""Claims as a reader gets them: who said what, when, counted how, and nothing that makes one truer than another.

A number said by one side is a fact about that side. It stands beside what others said of the same thing, and beside
what all of them confirmed, if a published table tells it; never in its place. The same speaker in another paper is no
second voice: claims are grouped by what they are about, and voices are counted by speaker.

    >>> from repatria.exchange.state import State
    >>> said(State())
    []
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from repatria.deal.definitions import COUNTED
from repatria.exchange.state import ClaimFact, State


def said(state: State) -> list[dict[str, Any]]:
    """Every claim on record, in the order in which they were said."""
    return [
        {
            "said_on": claim.said_on, "speaker": claim.speaker, "number": claim.number, "counted": claim.counted,
            "of": claim.of, "since": claim.since, "until": claim.until, "in_words": in_words(claim),
            "source": claim.source, "recorded_by": claim.by,
        }
        for claim in sorted(state.claims, key=lambda each: (each.said_on, each.index))
    ]  # fmt: skip


def in_words(claim: ClaimFact) -> str:
    """The claim as one sentence that says who says it.

    >>> from repatria.exchange.events import Day, Sha256, Slug
    >>> north, day, source = Slug("north"), Day("2025-12-10"), Sha256("0" * 64)
    >>> in_words(ClaimFact(source, 9, north, north, day, Slug("came-home"), north, None, day, 307, source))
    'north said on 2025-12-10: 307, counting people of that party who came home living (of north), until 2025-12-10'
    """
    of = f" (of {claim.of})" if claim.of else ""
    since = f" from {claim.since}" if claim.since else ""
    definition = COUNTED[claim.counted].says
    who = f"{claim.speaker} said on {claim.said_on}: {claim.number:,}"
    return f"{who}, counting {definition}{of},{since} until {claim.until}"


def differing(state: State) -> list[dict[str, Any]]:
    """What different speakers said of one thing, where their numbers differ: the disagreement is the information."""
    about: dict[tuple[str, str | None, str | None, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for claim in state.claims:
        about[claim.counted, claim.of, claim.since, claim.until][claim.speaker].add(claim.number)
    rows = []
    for (counted, of, since, until), voices in sorted(about.items(), key=lambda item: [str(part) for part in item[0]]):
        if len({number for numbers in voices.values() for number in numbers}) > 1:
            numbers = {speaker: sorted(found) for speaker, found in sorted(voices.items())}
            rows.append({"counted": counted, "of": of, "since": since, "until": until, "numbers": numbers})
    return rows
