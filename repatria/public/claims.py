"""A claim: what somebody said in public, and how it stands against what others said. Nothing makes one true.

Claims come from two places and are one noun: a page that a person read (`reading.py`), and the ledger, on which a
number was put with its speaker (`ClaimRecorded`). How a claim stands is computed by rule from the other claims:

* *superseded*: the same speaker later said something else of the same thing;
* *contradicted*: another side said what cannot hold together with it, or denied it;
* *corroborated*: another side said the same. The same speaker in another paper is a repeat, and a second office of the
  same side is the same side: neither is corroboration. Who has no known side corroborates nothing;
* *uncommented*: another side was asked and did not answer. That is no denial;
* *alone*: nothing of the above. A claim whose like was only said by its own side is alone.

Two claims can agree or contradict each other only *under the same counting rule*: of the same kind, in the same unit,
of the same people, about the same time. "At least 300" and 320 are no contradiction; 300 people who came home, and 280
prisoners of every kind, are two different things and are not compared at all. In war reports (attacks, losses), each
side counts what it saw: there, numbers are compared only where both say whose they were.

    >>> one = Claim("A", "", "north", "release", 300, "people of north", "at-least", said_on="2026-03-12")
    >>> other = Claim("B", "", "south", "release", 280, "people of north", said_on="2026-03-11")
    >>> [(each.status, each.why.id) for each in standings([one, other])]
    [('contradicted', 'claim.why.contradicted'), ('contradicted', 'claim.why.contradicted')]
    >>> [each.status for each in standings([one, replace(one, outlet="another paper")])]
    ['alone', 'alone']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from repatria.deal.definitions import COUNTED
from repatria.exchange.state import ClaimFact, State
from repatria.message import Message, Name

ALONE, UNCOMMENTED, CORROBORATED, CONTRADICTED, SUPERSEDED = STATUSES = (
    "alone", "uncommented", "corroborated", "contradicted", "superseded",
)  # fmt: skip
# What can be claimed. An exchange's own matters first; then the war around it; then everything else.
OF_EXCHANGE = ("agreement", "exchange", "release", "held", "remains", "talks", "mediator", "place", "target-date")
OF_WAR = ("attack", "interception", "loss", "territory", "ceasefire")
SILENCE, STATEMENT = "silence", "statement"
CONTENTS = (*OF_EXCHANGE, *OF_WAR, STATEMENT, SILENCE)
CUES = (
    "said", "wrote", "announced", "claimed", "confirmed", "denied", "expects", "hopes", "demanded", "warned",
    "promised", "did-not-comment",
)  # fmt: skip
CHANNELS = ("x", "telegram", "facebook", "interview", "briefing", "statement", "address", "broadcast")
AT_LEAST, OVER, UP_TO, UNDER, ABOUT, NEARLY, POSSIBLE, EACH_SIDE, FURTHER = QUALIFIERS = (
    "at-least", "over", "up-to", "under", "about", "nearly", "possible", "each-side", "further",
)  # fmt: skip
NEAR_DAYS = 3
NEUTRAL = frozenset({"red-cross", "united-nations"})  # whose silence is no side's
_LOOSE = frozenset({"talks", "exchange", "ceasefire", STATEMENT, SILENCE})  # too little is said to compare it


@dataclass(frozen=True)
class Claim:
    """Who said what, where, when, in which words.

    `speaker` and `office` as the source has them; `side` a state or a member, empty where nobody can tell. `said_on`
    and `meant` are days, or what a day is known of (EDTF: 2026-03, 2026-21 for the spring of 2026). `unit` says whose,
    where the words do: "people of north". `scope` of a silence is the sentence that it answers, or empty for the whole
    matter of the exchange.
    """

    speaker: str
    office: str
    side: str
    content: str
    value: int | str | None = None
    unit: str = ""
    qualifier: str = ""
    said_on: str | None = None
    meant: str | None = None
    cue: str = "said"
    channel: str = ""
    sentence: str = ""
    status: str = ALONE
    outlet: str = ""
    since: str | None = None  # from which day on was counted, if it was said
    scope: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "speaker": self.speaker, "office": self.office, "side": self.side, "channel": self.channel,
            "date_said": self.said_on, "date_meant": self.meant, "cue": self.cue, "content": self.content,
            "value": self.value, "unit": self.unit, "qualifier": self.qualifier, "sentence": self.sentence,
            "status": self.status,
        }  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a claim stands, why in words, and the claims (by their place in the list) that it stands so against."""

    status: str
    why: Message
    against: tuple[int, ...] = ()


def standings(claims: Sequence[Claim]) -> list[Standing]:
    """Each claim's standing against all the others, in their order; what `status` they bring is not read."""
    alike: dict[tuple[str, str, str | None], list[int]] = defaultdict(list)
    for at, claim in enumerate(claims):
        alike[_matter(claim)].append(at)
    silent = [at for at, claim in enumerate(claims) if claim.content == SILENCE]
    return [
        _standing(claims, at, [other for other in alike[_matter(claim)] if other != at], silent)
        for at, claim in enumerate(claims)
    ]


def judged(claims: Sequence[Claim]) -> list[Claim]:
    """The same claims, each with its status."""
    return [replace(claim, status=each.status) for claim, each in zip(claims, standings(claims), strict=True)]


def _standing(claims: Sequence[Claim], at: int, alike: Sequence[int], silent: Sequence[int]) -> Standing:
    claim = claims[at]
    if claim.content == SILENCE:
        return Standing(UNCOMMENTED, Message("claim.why.silence", {"who": claim.speaker}))
    compared = [other for other in alike if _same_time(claim, claims[other])]
    own = [at_ for at_ in compared if _one_voice(claim, claims[at_])]
    others = [at_ for at_ in compared if claims[at_].side and claim.side and claims[at_].side != claim.side]
    if found := [each for each in own if _later(claims[each], claim) and _excludes(claims[each], claim)]:
        return Standing(SUPERSEDED, _why("claim.why.superseded", claims, found), tuple(found))
    if found := [each for each in others if _contradicts(claims[each], claim)]:
        return Standing(CONTRADICTED, _why("claim.why.contradicted", claims, found), tuple(found))
    if found := [each for each in others if _agrees(claims[each], claim)]:
        return Standing(CORROBORATED, _why("claim.why.corroborated", claims, found), tuple(found))
    if found := [each for each in silent if _passes_over(claims[each], claim)]:
        return Standing(UNCOMMENTED, _why("claim.why.uncommented", claims, found), tuple(found))
    if found := [each for each in compared if claims[each].side == claim.side and _agrees(claims[each], claim)]:
        repeats = all(_one_voice(claim, claims[each]) for each in found)
        why = "claim.why.repeated" if repeats else "claim.why.one_side"
        return Standing(ALONE, _why(why, claims, found), tuple(found))
    return Standing(ALONE, Message("claim.why.alone"))


def _why(name: str, claims: Sequence[Claim], found: Sequence[int]) -> Message:
    speakers = dict.fromkeys(claims[each].speaker for each in found)
    return Message(name, {"who": tuple(Name(speaker) for speaker in speakers)})


def _matter(claim: Claim) -> tuple[str, str, str | None]:
    """The counting rule: what can stand against each other. A claim too loose to compare has a matter of its own."""
    if claim.content in ("territory", "mediator", "place"):
        return claim.content, str(claim.value), None
    return claim.content, claim.unit, claim.since


def _same_time(one: Claim, other: Claim) -> bool:
    """Whether both are about the same time: both say it; or neither does, in one paper; or one does, and the other was
    said within three days of it."""
    if one.content in _LOOSE:
        return False
    if one.content in OF_WAR and one.content != "territory" and " of " not in one.unit:
        return one.side == other.side and one.speaker == other.speaker
    if one.content == "target-date":
        return True
    if one.meant == other.meant:
        return one.meant is not None or one.outlet == other.outlet
    days = [one.meant or one.said_on or "", other.meant or other.said_on or ""]
    if None not in (one.meant, other.meant) or not all(len(day) == 10 for day in days):
        return False
    first, last = sorted(map(date.fromisoformat, days))
    return (last - first).days <= NEAR_DAYS


def _one_voice(one: Claim, other: Claim) -> bool:
    return (one.side, one.speaker) == (other.side, other.speaker)


def _later(one: Claim, other: Claim) -> bool:
    return one.said_on is not None and other.said_on is not None and one.said_on > other.said_on


def _contradicts(one: Claim, other: Claim) -> bool:
    return (one.cue == "denied") != (other.cue == "denied") or _excludes(one, other)


def _excludes(one: Claim, other: Claim) -> bool:
    """Whether both cannot hold: numbers that have no number in common, or two days for one thing."""
    if one.content == "target-date":
        return None not in (one.meant, other.meant) and one.meant != other.meant
    if not (isinstance(one.value, int) and isinstance(other.value, int)):
        return False
    (low, high), (its_low, its_high) = _span(one), _span(other)
    return high < its_low or its_high < low


_MOST = 10**15


def _span(claim: Claim) -> tuple[int, int]:
    """The numbers that a claim leaves open: about 300, a tenth either way; a possible or a further number, any."""
    assert isinstance(claim.value, int)
    n = claim.value
    return {
        AT_LEAST: (n, _MOST), OVER: (n + 1, _MOST), UP_TO: (0, n), UNDER: (0, n - 1), ABOUT: (n - n // 10, n + n // 10),
        NEARLY: (n - n // 10, n), POSSIBLE: (0, _MOST), FURTHER: (0, _MOST),
    }.get(claim.qualifier, (n, n))  # fmt: skip


def _agrees(one: Claim, other: Claim) -> bool:
    if "denied" in (one.cue, other.cue):
        return False
    if one.content == "target-date":
        return one.meant is not None and one.meant == other.meant
    return (one.value, one.qualifier) == (other.value, other.qualifier) and one.qualifier != FURTHER


def _passes_over(silence: Claim, claim: Claim) -> bool:
    if not silence.side or silence.side == claim.side or silence.side in NEUTRAL:
        return False
    return silence.scope == claim.sentence if silence.scope else claim.content in OF_EXCHANGE


# --- the claims on the ledger -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnRecord:
    """A claim with the entry that recorded it."""

    claim: Claim
    fact: ClaimFact = field(repr=False)


def on_record(state: State) -> list[OnRecord]:
    """Every claim on the ledger, in the order in which they were said, each with its status against the others."""
    facts = sorted(state.claims, key=lambda each: (each.said_on, each.index))
    claims = judged([of_ledger(fact, state) for fact in facts])
    return [OnRecord(claim, fact) for claim, fact in zip(claims, facts, strict=True)]


def of_ledger(fact: ClaimFact, state: State) -> Claim:
    """A recorded number as a claim: its side is the member whose office spoke, its counting rule the code it names."""
    member = max((name for name in state.members if fact.speaker == name or fact.speaker.startswith(f"{name}-")),
                 key=len, default="")  # fmt: skip
    unit = f"{fact.counted} of {fact.of}" if fact.of else fact.counted
    return Claim(
        fact.speaker, fact.speaker.removeprefix(member).lstrip("-") if member else fact.speaker, member, fact.counted,
        fact.number, unit, said_on=fact.said_on, meant=fact.until, since=fact.since, outlet=fact.source,
    )  # fmt: skip


def said(state: State) -> list[dict[str, Any]]:
    """Every claim on record as a row, with how it stands."""
    records = on_record(state)
    found = standings([each.claim for each in records])
    return [
        {
            "said_on": each.fact.said_on, "speaker": each.fact.speaker, "number": each.fact.number,
            "counted": each.fact.counted, "of": each.fact.of, "since": each.fact.since, "until": each.fact.until,
            "in_words": in_words(each.fact), "status": each.claim.status, "why": standing.why.id,
            "against": [records[at].fact.speaker for at in standing.against],
            "source": each.fact.source, "recorded_by": each.fact.by,
        }
        for each, standing in zip(records, found, strict=True)
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
