"""What is claimed: the words of a saying taken apart into single claims, each of one thing.

Every number with a unit is a claim of its own, every mediator, every place taken or struck; an agreement, an exchange,
talks, a ceasefire, a day by which people shall be home are one each. What is none of these is a statement. A number
says whose people it counts where the words do: "our", "1,200 Ukrainians", "handed over to".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from repatria.public.claims import EACH_SIDE, FURTHER, POSSIBLE, STATEMENT, Claim
from repatria.public.quotation import masked
from repatria.public.sides import Sides
from repatria.public.speaker import TOKEN
from repatria.public.tongue import Tongue, each
from repatria.public.when import Moment, moments

NUMBERS_MOST = 40  # of a clause
_NEAR = 160  # characters beside a number
Found = Mapping[str, re.Match[str] | None]
"""Where each kind of thing is spoken of in a clause, if it is."""


@dataclass(frozen=True)
class Contents:
    """What can be claimed in one language, in an article of one day."""

    tongue: Tongue
    sides: Sides
    published: str
    parties: tuple[str, ...] = ()  # the two sides that the article is about

    def claims(self, content: str, whole: Claim) -> Iterator[Claim]:
        """The claims in the words of one saying, each made of `whole`, which says by whom and when."""
        before: Claim | None = None  # the number before, whose unit "a further 190" takes
        for clause in self._clauses(content):
            for claim in self._of_clause(clause, whole, before):
                before = claim if isinstance(claim.value, int) else before
                yield claim

    def _moments(self, text: str, ahead: bool = False, day: str | None = None) -> list[Moment]:
        return moments(text, (day or self.published)[:10], self.tongue, ahead)

    def _clauses(self, content: str) -> list[str]:
        """What was said, in statements that can stand alone."""
        parts: list[str] = []
        start = 0
        for match in self.tongue.clause.finditer(masked(content)):
            left, right = content[start : match.start()], content[match.end() :]
            verb = self.tongue.finite.search(right[:60])
            subject = right[: verb.start()].strip() if verb else ""
            stands = bool(subject) and len(subject.split()) <= 6 and _HANGS.search(subject) is None
            explicit = match[0].strip(" ,").lower() != self.tongue.and_
            if (explicit or stands) and self.tongue.finite.search(left):
                parts.append(left)
                start = match.end()
        return [each for each in (*parts, content[start:]) if each.strip()]

    def _of_clause(self, clause: str, whole: Claim, before: Claim | None) -> list[Claim]:
        tongue = self.tongue
        has = {name: pattern.search(clause) for name, pattern in tongue.contents.items()}
        times = self._moments(clause, tongue.ahead.search(clause) is not None, whole.said_on)
        meant = times[0].day if times else None
        if meant is None and tongue.overnight.search(clause):
            meant = whole.said_on or self.published
        dated = replace(whole, meant=meant)
        numbers = [replace(each, meant=meant) for each in self._numbers(clause, whole, has, before)]
        made = [*numbers, *self._of_exchange(clause, dated, has, numbers)]
        made += [replace(dated, content="territory", value=place, unit="place") for place in self._taken(clause)]
        if not made and (has["attack"] or has["interception"]):
            made = self._struck(clause, dated, has)
        return sorted(made, key=lambda claim: _ORDER.get(claim.content, 9)) if made else [dated]

    def _of_exchange(self, clause: str, dated: Claim, has: Found, numbers: Sequence[Claim]) -> Iterator[Claim]:
        """What is said of an exchange besides its numbers; and of a ceasefire."""
        tongue, bare = self.tongue, replace(dated, meant=None)
        agreed = has["agreement"]
        if agreed is not None and tongue.negated.search(clause, max(0, agreed.start() - 20), agreed.start()):
            agreed = None
        mediators = [
            replace(bare, content="mediator", value=side, unit="state") for side in self._mediators(clause, bare)
        ]
        made_in = next((match["place"] or match["named"] for match in tongue.agreed_in.finditer(clause)), None)
        held_at = next((match["place"] for match in tongue.held_at.finditer(clause)), None)
        if held_at is not None and (self.sides.named(held_at) or self._moments(held_at) or held_at == made_in):
            held_at = None
        target = has["home"] is not None and not numbers and agreed is None and self._is_to_come(dated.meant)
        if agreed is not None:
            place = None if made_in is None or self.sides.named(made_in) else made_in
            yield replace(bare, content="agreement", value=place, unit="place" if place else "")
        if target:
            yield replace(dated, content="target-date")
        if has["ceasefire"] is not None:
            yield replace(dated, content="ceasefire")
        elif has["talks"] is not None and agreed is None and not target:
            yield replace(dated, content="talks")
        said_more = agreed or has["talks"] or target or held_at or mediators
        if (exchange := has["exchange"]) is not None and not said_more and not _is_counted(clause, exchange, numbers):
            yield replace(dated, content="exchange")
        yield from mediators
        if held_at is not None:
            yield replace(bare, content="place", value=held_at, unit="place")

    def _is_to_come(self, day: str | None) -> bool:
        """Whether a day, or a month, is behind the day of publication; of a season nobody can tell."""
        return day is not None and day > self.published[: len(day)] and day[5:6] in ("0", "1")

    def _struck(self, clause: str, dated: Claim, has: Found) -> list[Claim]:
        """An attack, once for every place that it is said to have hit; or what was shot down, uncounted."""
        if has["attack"] is None:
            return [replace(dated, content="interception")]
        places = [match["place"] for match in self.tongue.in_place.finditer(clause)]
        struck = replace(dated, content="attack")
        return [replace(struck, value=place, unit="place") for place in places if not self._moments(place)] or [struck]

    def _mediators(self, clause: str, whole: Claim) -> Iterator[str]:
        """The states that are named right behind "mediated by"."""
        match = self.tongue.brought.search(clause)
        if match is None:
            return
        end, first = match.end(), True
        for named in self.sides.named(clause):
            gap = clause[end : named.start]
            if named.start < match.end() or named.side == whole.side:
                continue
            linked = re.search(rf"(?:,|(?<!\w)(?:{self.tongue.and_}))", gap, re.IGNORECASE)
            if len(gap.split()) > (4 if first else 3) or re.search(r"[.;:]", gap) or not (first or linked):
                return
            yield named.side
            end, first = named.end, False

    def _taken(self, clause: str) -> Iterator[str]:
        """The places that are said to be taken."""
        match = self.tongue.taken.search(clause)
        if match is None:
            return
        listed = re.split(
            r",? (?:in|on|near|at|after|from|у|в|на|під|біля|после|под|около|що|что|about|про) |, (?=[a-zа-яіїєґ])",
            match["places"],
        )[0]
        for place in re.split(rf",\s*|\s+(?:{self.tongue.and_})\s+", listed):
            if (plain := place.strip(" ,.")) and plain[0].isupper() and not self.sides.named(plain):
                yield re.match(r"[^\W\d_][\w’\-]*(?: [A-ZА-ЯІЇЄҐЁ][\w’\-]*)*", plain)[0]  # type: ignore[index]

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _numbers(self, clause: str, whole: Claim, has: Found, before: Claim | None) -> Iterator[Claim]:
        """Every number with a unit, each a claim of its own. A further number is of what the one before was of."""
        done = 0
        for match in itertools.islice(self._figures(clause), NUMBERS_MOST):
            value = self._value(match)
            if value is None or match.start() < done:
                continue
            front, behind = clause[: match.start()], clause[match.end() :][:_NEAR]
            code, end = self._unit(behind)
            owner = self.sides.side_of(behind[:end]) if end else ""
            swap = None if code else re.match(r"\s*(?:for|на|x|×|х)\s+(\d[\d,. ]*)", behind)
            if swap and self._value(swap[1]) == value and (has["exchange"] or has["release"]):
                before = replace(whole, content="release", value=value, unit="people", qualifier=EACH_SIDE)
                done = match.end() + swap.end()
                yield before
                continue
            if code == "people" and _at_end(self.tongue.bodies_of, front):
                code = "bodies"
            if not code and before is not None and self._goes_on(front, behind):
                code, _, owner = before.unit.partition(" of ")
            if not code:
                continue
            done = match.end()
            owner = owner or self._owner(code, clause, match, behind[:end], whole)
            before = replace(
                whole, content=self._content(code, clause, match.start(), before), value=value,
                unit=f"{code} of {owner}" if owner else code, qualifier=self._qualifier(front, clause),
            )  # fmt: skip
            yield before

    def _goes_on(self, front: str, behind: str) -> bool:
        """Whether a number without a unit counts the same as the number before it: "of which 40", "a further 190"."""
        tongue = self.tongue
        which = re.search(rf"(?:{tongue.of_which.pattern})\s*(?:\w+\s*)?$", front[-_NEAR:], re.IGNORECASE)
        return bool(which) or _at_end(tongue.further, front) or tongue.further.match(behind.lstrip()) is not None

    def _qualifier(self, front: str, clause: str) -> str:
        for pattern, code in self.tongue.qualifiers:
            if _at_end(pattern, front):
                return code
        if self.tongue.each_side.search(clause):
            return EACH_SIDE
        if _at_end(self.tongue.further, front):
            return FURTHER
        return POSSIBLE if self.tongue.possible.search(front) else ""

    def _figures(self, clause: str) -> Iterator[re.Match[str]]:
        names = "|".join(sorted(self.tongue.numbers, key=len, reverse=True))
        return re.finditer(
            rf"(?<![\w.,-])(?:\d{{1,3}}(?:[,\u00a0 ]\d{{3}})+|\d+(?:\.\d+)?)(?![\w%]|-\w)|(?<!\w)(?:{names})(?!\w)",
            clause,
            re.IGNORECASE,
        )

    def _value(self, found: re.Match[str] | str) -> int | None:
        text = found if isinstance(found, str) else found[0]
        plain = text.strip().lower()
        if plain in self.tongue.numbers:
            value: float = self.tongue.numbers[plain]
        else:
            digits = re.sub(r"[,\s\u00a0]", "", plain)
            if not re.fullmatch(r"\d{1,9}(?:\.\d+)?", digits):
                return None
            value = float(digits)
        if not isinstance(found, str):
            times = re.match(r"\s+([^\W\d_]+\.?)", found.string[found.end() :])
            value *= self.tongue.times.get(times[1].lower(), 1) if times else 1
        return int(value) if value == int(value) else None

    def _unit(self, behind: str) -> tuple[str, int]:
        """The unit behind a number, over a few words that describe it: its code, and where it ends."""
        at, passed = 0, 0
        for token in TOKEN.finditer(behind[:120]):
            word, after = token[0], behind[token.end() :]
            if re.search(r"[.,;:()“”«»—–]", behind[at : token.start()]) or passed > 5:
                break
            for pattern, code in self.tongue.units:
                if match := pattern.match(behind, token.start()):
                    return code, match.end() + self._of_whom(behind[match.end() :])
            if self._lost.match(behind, token.start()):
                return "people", token.end()
            if self.sides.named(word) and self._is_people(word, after):
                return "people", token.end()
            if word.lower() in _STOP[self.tongue.code]:
                both = re.match(r"\s+(\d[\d,\u00a0 ]*|[^\W\d_]+)\s+", after)
                if not both or self._value(both[1]) is None or not self.sides.named(behind[:at]):
                    break
                return self._unit(after[both.end() :])[0], at  # "100 Russian and 100 Ukrainian soldiers"
            at, passed = token.end(), passed + 1
        return "", 0

    def _of_whom(self, behind: str) -> int:
        """How far the words behind a unit go on to say whose they are: "soldiers of Norland"."""
        named = self.sides.named(behind[:40])
        return named[0].end if named and behind[: named[0].start] in (" ", " of ", " of the ") else 0

    def _is_people(self, word: str, behind: str) -> bool:
        """Whether a state's word means its people: "1,200 Ukrainians", and no unit follows."""
        follows = re.match(r"(?:\s+[\w’-]+){0,2}", behind)
        if follows and any(pattern.search(follows[0]) for pattern, _ in self.tongue.units):
            return False
        return bool(re.search(r"(?:ns|ers|is|ans|ese|ів|ян|цев|цы|ці|ани|ане|ан|ей)$", word.lower()))

    def _content(self, code: str, clause: str, at: int, before: Claim | None) -> str:
        tongue = self.tongue
        if code == "bodies":
            return "remains"
        if code in ("drones", "missiles"):
            return (
                _nearest(clause, at, {name: tongue.contents[name] for name in ("attack", "interception", "loss")})
                or "attack"
            )
        if code == "settlements":
            return "territory" if tongue.taken.search(clause) else STATEMENT
        if code == "exchanges":
            return "exchange"
        if not tongue.contents["release"].search(clause) and before is not None and before.unit.startswith("people"):
            return before.content
        return self._of_people(clause, at)

    def _of_people(self, clause: str, at: int) -> str:
        """What is said of a number of people: released, lost or held; the nearest, and a deed before a state."""
        named = self.tongue.contents
        deed = _nearest(clause, at, {"release": named["freed"], "loss": self._lost})
        if deed or not named["held"].search(clause):
            return deed or ("release" if named["release"].search(clause) else STATEMENT)
        return "held"

    @property
    def _lost(self) -> re.Pattern[str]:
        """Words of loss that do not merely describe: "wounded", but not "the wounded soldiers released"."""
        units = "|".join(pattern.pattern for pattern, code in self.tongue.units if code == "people")
        return re.compile(rf"{self.tongue.contents['loss'].pattern}(?!\s+{units})", re.IGNORECASE)

    def _owner(self, code: str, clause: str, number: re.Match[str], words: str, whole: Claim) -> str:
        """Whose they are: ours, or those of whoever they were given to or got them."""
        tongue = self.tongue
        if code not in ("people", "bodies"):
            return ""
        before = clause[: number.start()]
        if match := tongue.received.search(before):
            subjects = self.sides.named(before[: match.start()])
            if subjects:
                return subjects[-1].side
            if tongue.ours.search(words):
                return whole.side
        if match := tongue.ours.search(words):
            subjects = [] if match[0].lower().startswith(("our", "наш")) else self.sides.named(before)
            return subjects[0].side if subjects else whole.side
        match = tongue.given_to.search(clause)
        if match is None and tongue.handed.search(before) and not self.sides.named(before):
            others = [side for side in self.parties if side != whole.side]
            return others[0] if len(others) == 1 else ""
        if match is not None:
            named = self.sides.named(clause[match.start("to") :])
            return named[0].side if named and named[0].start <= 5 else ""
        return ""


_HANGS = re.compile(r",|\b(?:to|of|in|on|by|with|for|from|at)$")  # no subject of a verb
_ORDER = {
    "agreement": 0,
    "exchange": 0,
    "talks": 0,
    "release": 1,
    "remains": 2,
    "target-date": 1,
    "place": 3,
    "mediator": 4,
}
_STOP = {
    "en": frozenset(each("and in on to at by with for were was are is had have has who which that as after before")),
    "uk": frozenset(each("і та у в на до з що який які були було є це")),
    "ru": frozenset(each("и в на до с что который которые были было это")),
}


def _nearest(clause: str, at: int, patterns: Mapping[str, re.Pattern[str]]) -> str:
    """Which of the patterns stands nearest to a place."""
    found = [
        (min(abs(match.start() - at), abs(match.end() - at)), name)
        for name, pattern in patterns.items() for match in pattern.finditer(clause)
    ]  # fmt: skip
    return min(found)[1] if found else ""


def _is_counted(clause: str, exchange: re.Match[str], numbers: Sequence[Claim]) -> bool:
    """Whether a number says all of an exchange: "an exchange of 300", "300 for 300"."""
    if any(each.content == "exchange" or each.qualifier == EACH_SIDE for each in numbers):
        return True
    counted = any(each.content in ("release", "remains") for each in numbers)
    return counted and re.match(r"\s+(?:of|of about|of at least)?\s*\d", clause[exchange.end() :]) is not None


def _at_end(pattern: re.Pattern[str], front: str) -> bool:
    """Whether the words before a place end so."""
    return re.search(rf"(?<!\w)(?:{pattern.pattern})\s*$", front[-_NEAR:], re.IGNORECASE) is not None
