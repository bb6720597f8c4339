"""Who speaks: the words that name a speaker in a sentence, and whom they mean in an article.

A speaker is named by an office, a body, a state, a name, or two of these beside each other: "Rustem Umerov, secretary
of Ukraine’s National Security and Defence Council", "Finnish President Alexander Stubb", "authorities in Moscow". The
words are walked through from the verb of saying outwards, for as long as each is one that can stand in such a name.
Further down he is "he", a surname, "the president"; `Speakers` keeps who that is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from repatria.public.sides import Named, Sides
from repatria.public.tongue import Tongue

TOKEN = re.compile(r"[^\W_](?:[\w’.\-]*\w)?(?:(?<=s)’(?!\w))?")
Spans = Sequence[tuple[int, int, str]]
"""Of a sentence: where a recogniser of names sees a "person", a "body", or the "subject" of a verb."""
SUBJECT = "subject"


@dataclass(frozen=True)
class Phrase:
    """Words that name a speaker: where they stand, and what they are."""

    start: int
    end: int
    person: str = ""
    office: str = ""  # of a person; of a body, its own words without its state
    title: str = ""  # of a body, as if it were a person's office: only a state before it left out
    body: str = ""
    side: str = ""
    pronoun: str = ""  # "person", "body", or "of" where only a possessive says whose


@dataclass
class Speaker:
    name: str
    office: str
    side: str
    said_on: str | None = None


@dataclass
class Speakers:
    """Everybody who speaks in one article."""

    tongue: Tongue
    sides: Sides
    people: dict[str, Speaker] = field(default_factory=dict)
    bodies: dict[str, Speaker] = field(default_factory=dict)

    # --- the words that name one --------------------------------------------------------------------------------------

    def left(self, sentence: str, masked: str, end: int, spans: Spans) -> Phrase | None:
        """The speaker whose words end here, with what is said of him between commas."""
        if masked[:end].endswith(","):
            told = list(re.finditer(rf",\s*(?:{self.tongue.who.pattern})\s", masked[:end], re.IGNORECASE))
            if told and (phrase := self.ending(sentence, masked, told[-1].start(), spans)) is not None:
                return replace(phrase, end=end)
            comma = masked.rfind(",", 0, end - 1)
            for _ in range(3):
                if comma < 0:
                    return None
                chunk = self.ending(sentence, masked, end - 1, spans, comma + 1)
                before = self.ending(sentence, masked, comma, spans)
                if chunk is not None and before is not None and not masked[comma + 1 : chunk.start].strip(" "):
                    return self._both(before, chunk, sentence)
                comma = masked.rfind(",", 0, comma)
            return None
        phrase = self.ending(sentence, masked, end, spans)
        if phrase is not None and not phrase.person and masked[: phrase.start].rstrip().endswith(","):
            return phrase
        return phrase

    def _both(self, first: Phrase, second: Phrase, sentence: str) -> Phrase:
        """A name and an office that stand beside each other, in either order."""
        person = first.person or second.person
        if not person:
            return replace(first, end=second.end)
        other = second if first.person else first
        side = self.sides.side_of(sentence[other.start : other.end]) or first.side or second.side
        office = other.title or other.office or first.office or second.office
        start, end = min(first.start, second.start), max(first.end, second.end)
        return Phrase(start, end, person, office, side=side)

    def right(self, sentence: str, masked: str, start: int, spans: Spans, further: bool = False) -> Phrase | None:
        """The speaker whose words begin here, with an apposition behind a comma.

        Args:
            further: a few other words may stand before him, such as the paper that he spoke to.
        """
        gap = len(masked[start:]) - len(masked[start:].lstrip())
        phrase = self.beginning(sentence, start + gap, spans)
        if further and (phrase is None or self._is_bare(phrase)):
            words = TOKEN.finditer(masked, start + gap, min(len(masked), start + gap + 80))
            for token in itertools.islice(words, 1, 4):
                if masked[start + gap : token.start()].strip(" «»“”") and re.search(
                    r"[.,;:—–]", masked[start : token.start()]
                ):
                    break
                later = self.beginning(sentence, token.start(), spans)
                if later is not None and not later.pronoun and not self._is_bare(later):
                    phrase = later
                    break
        if phrase is None:
            return None
        if masked[phrase.end : phrase.end + 2] == ", ":
            behind = self.beginning(sentence, phrase.end + 2, spans)
            if behind is not None and not behind.pronoun and (phrase.person == "") != (behind.person == ""):
                ends = masked[behind.end : behind.end + 1]
                heads = self.tongue.heads.search(
                    sentence[behind.start : behind.end] + sentence[phrase.start : phrase.end]
                )
                if ends in (",", ".", ";", "") and heads:
                    return self._both(phrase, behind, sentence)
        return phrase

    def _is_bare(self, phrase: Phrase) -> bool:
        """One word that is no known name, no office and no state: it may be anything with a capital letter."""
        bare = " " not in phrase.person and not phrase.office and not phrase.body and not phrase.side
        known = any(_alike(name.split()[-1], phrase.person) for name in self.people)
        return bare and not phrase.pronoun and not known and not self.sides.side_of(phrase.person)

    def ending(self, sentence: str, masked: str, end: int, spans: Spans, floor: int = 0) -> Phrase | None:
        """The longest speaker's phrase that ends here."""
        tokens = list(TOKEN.finditer(sentence, max(floor, end - 200), end))
        taken: list[re.Match[str]] = []
        for token in reversed(tokens):
            behind = taken[-1].start() if taken else end
            if masked[token.end() : behind].strip() or masked[token.start()] == " ":
                break
            kind = self._kind(token[0], token.start() == 0 or sentence[: token.start()].rstrip()[-1:] in "“«,;:—–")
            if any(s <= token.start() and token.end() <= e for s, e, kind_of in spans if kind_of != SUBJECT):
                kind = "name"
            if kind == "pronoun" and not taken:
                return Phrase(token.start(), token.end(), pronoun=self.tongue.pronouns[token[0].lower()]) if (
                    self.tongue.pronouns[token[0].lower()] != "of"
                ) else None  # fmt: skip
            if kind == "of" and taken:
                taken.append(token)
                break
            if kind in ("", "pronoun", "of"):
                break
            taken.append(token)
        found = self._phrase(sentence, list(reversed(taken)))
        return found or next(
            (self._subject(sentence, s, e) for s, e, kind in spans if kind == SUBJECT and e == end), None
        )

    def _subject(self, sentence: str, start: int, end: int) -> Phrase:
        """Whoever a recogniser takes for the subject of a verb, in his own words."""
        text = re.sub(r"^(?:the|a|an) ", "", sentence[start:end], flags=re.IGNORECASE)
        return Phrase(start, end, office=text, title=text, body=text, side=self.sides.side_of(text))

    def beginning(self, sentence: str, start: int, spans: Spans) -> Phrase | None:
        """The longest speaker's phrase that begins here."""
        taken: list[re.Match[str]] = []
        at = start
        for token in TOKEN.finditer(sentence, start, min(len(sentence), start + 200)):
            if sentence[at : token.start()].strip() or any(
                p.match(sentence, token.start()) for p, _ in self.tongue.channels
            ):
                break
            kind = self._kind(token[0], False)
            if any(s <= token.start() and token.end() <= e for s, e, kind_of in spans if kind_of != SUBJECT):
                kind = "name"
            if kind in ("pronoun", "of") and not taken:
                what = self.tongue.pronouns[token[0].lower()]
                if what != "of":
                    return Phrase(token.start(), token.end(), pronoun=what)
                taken.append(token)
            elif kind in ("", "pronoun", "of"):
                break
            else:
                taken.append(token)
            at = token.end()
        while taken and taken[-1][0].lower() in self.tongue.links:
            taken.pop()
        return self._phrase(sentence, taken)

    def _kind(self, word: str, begins: bool) -> str:
        """What a word may be in a speaker's phrase: a state, an office, a name, a link; or nothing."""
        tongue, low = self.tongue, word.lower()
        if low in tongue.pronouns:
            return "of" if tongue.pronouns[low] == "of" else "pronoun"
        if low in tongue.links or word in ("’s",):
            return "link"
        if self.sides.named(word):
            return "state"
        if low in tongue.numbers:
            return "the"
        if tongue.heads.fullmatch(word) or tongue.modifiers.fullmatch(word):
            return "office" if not (begins and word in tongue.openers) else "the"
        if word in tongue.openers:
            return ""
        return "name" if word[0].isupper() else ""

    def _phrase(self, sentence: str, tokens: list[re.Match[str]]) -> Phrase | None:
        tongue = self.tongue
        while tokens and (tokens[0][0].lower() in tongue.links):
            tokens = tokens[1:]
        while tokens and (tokens[-1][0].lower() in tongue.links):
            return None  # it goes on beyond: not the speaker himself
        if not tokens or re.search(r"[’']s?$", tokens[-1][0]):
            return None
        start, end = tokens[0].start(), tokens[-1].end()
        text = sentence[start:end]
        named = self.sides.named(text)
        kinds = [self._kind(token[0], False) for token in tokens]
        person = len(tokens)
        in_state = [any(n.start <= token.start() - start < n.end for n in named) for token in tokens]
        while person and kinds[person - 1] == "name" and not in_state[person - 1]:
            person -= 1
        if person and person < len(tokens) and tokens[person - 1][0].lower() in tongue.links:
            person = len(tokens)
        name = sentence[tokens[person].start() : end] if person < len(tokens) else ""
        rest = tokens[:person]
        has_head = tongue.heads.search(text) is not None
        if name and not rest and not self._looks_like_name(name):
            return None
        if not name and not has_head and not named:
            return None
        side = self.sides.side_of(text) if named else ""
        possessive = tokens[0][0].lower() in tongue.pronouns
        if possessive and not side:  # "its ombudswoman": of the state that the sentence begins with
            side = next((each.side for each in self.sides.named(sentence[:start])), "")
        office = self._office(sentence, rest, named, start, whole=not name)
        if name and (has_head or named or not rest):
            return Phrase(start, end, name, office, side=side, pronoun="of" if possessive else "")
        if name:
            return None
        body = re.sub(r"^(?:the|a|an) ", "", text, flags=re.IGNORECASE)
        title = self._office(sentence, rest, named, start, whole=False)
        return Phrase(start, end, "", office, title, body, side, "of" if possessive else "")

    def _looks_like_name(self, name: str) -> bool:
        return all(word[0].isupper() for word in name.split()) and len(name) > 2

    def _office(
        self, sentence: str, tokens: Sequence[re.Match[str]], named: Sequence[Named], start: int, whole: bool
    ) -> str:
        """The words of an office; its state is left out where it stands before it, and in a body's name everywhere."""
        kept = list(tokens)
        while kept and (
            any(n.start <= kept[0].start() - start < n.end for n in named)
            or kept[0][0].lower() in ("the", "a", "an")
            or kept[0][0].lower() in self.tongue.pronouns
        ):
            kept = kept[1:]
        if not kept:
            return ""
        if not whole:
            return sentence[kept[0].start() : kept[-1].end()]
        words = [token[0] for token in kept if not any(n.start <= token.start() - start < n.end for n in named)]
        while words and (words[-1].lower() in self.tongue.links or words[-1].lower() == "the"):
            words.pop()
        return " ".join(words)

    def without_case(self, phrase: Phrase) -> Phrase:
        """A name behind "according to", where the language puts it into another case, as it is in the nominative."""
        if not phrase.person or not self.tongue.names:
            return phrase
        parts = phrase.person.split()
        if len(parts) == 1:
            return phrase
        surname = next((last[: len(last) - len(a)] + b for a, b in self.tongue.names
                        for last in parts[-1:] if last.endswith(a)), parts[-1])  # fmt: skip
        woman = surname.endswith(("ова", "ева", "єва", "іна", "ина", "ька", "ая"))
        endings = (
            (("ии", "ия"), ("ії", "ія"), ("ы", "а"), ("и", "а"), ("і", "я"))
            if woman
            else (("а", ""), ("я", "й"), ("у", ""))
        )
        office = self._nominative(phrase.office)
        given = next((parts[0][: len(parts[0]) - len(a)] + b for a, b in endings if parts[0].endswith(a)), parts[0])
        return replace(phrase, person=" ".join((given, *parts[1:-1], surname)), office=office)

    # --- who it is ----------------------------------------------------------------------------------------------------

    def known(self, phrase: Phrase) -> Speaker:
        """Somebody who is named in full; what his first mention leaves out, a later one adds."""
        speaker = self.people.setdefault(phrase.person, Speaker(phrase.person, phrase.office, phrase.side))
        speaker.office = speaker.office or phrase.office
        speaker.side = speaker.side or phrase.side or self.sides.side_of(phrase.person)
        return speaker

    def of(self, phrase: Phrase | None, last: Speaker | None) -> Speaker:
        if phrase is None or phrase.pronoun in ("person", "body"):
            if last is not None:
                return last
            return Speaker("", "", "")
        if phrase.pronoun == "of":
            side = phrase.side or (last.side if last is not None else "")
            if not phrase.person:
                return self._by_office(phrase.office, side) or Speaker(phrase.body, phrase.office, side)
            phrase = replace(phrase, side=side)
        if phrase.person:
            if phrase.person in self.people:
                return self.people[phrase.person]
            if " " not in phrase.person:
                for name, speaker in self.people.items():
                    if _alike(name.split()[-1], phrase.person):
                        return speaker
            return self.known(phrase)
        bare = self.tongue.spoken_for.fullmatch(phrase.body) or self.tongue.spoken_for.fullmatch(f"the {phrase.body}")
        if not phrase.side and bare:
            kind = re.sub("^the ", "", phrase.body.lower())[:6]
            same = [each for each in self.bodies.values() if kind in each.name.lower()]
            if same or (last is not None and any(last is each for each in self.bodies.values())):
                return same[-1] if same else last  # type: ignore[return-value]
        if not phrase.side:
            if found := self._by_bare_office(phrase.body):
                return found
            same = [each for each in self.bodies.values() if each.side and each.office.lower() == phrase.office.lower()]
            if len({each.side for each in same}) == 1:
                return same[0]
        key = phrase.body.lower()
        if key not in self.bodies:
            self.bodies[key] = Speaker(self._nominative(phrase.body), self._nominative(phrase.office), phrase.side)
        return self.bodies[key]

    def subject(self, sentence: str) -> Speaker | None:
        """Who a sentence begins with, if he is one who could speak, and says nothing in it."""
        phrase = self.beginning(sentence, 0, ())
        if (
            phrase is None
            or phrase.pronoun
            or not (self.tongue.heads.search(phrase.body) or phrase.person in self.people)
        ):
            return None
        return self.of(phrase, None)

    def _by_office(self, office: str, side: str) -> Speaker | None:
        """Somebody of that side whose office is told in the same words, but for its last."""
        wanted = {word.lower() for word in office.split()} - {"chief", "head", "top", "minister", "secretary"}
        for speaker in self.people.values():
            held = {word.lower().removesuffix("’s") for word in speaker.office.split()}
            if wanted and wanted <= held and (not side or not speaker.side or speaker.side == side):
                return _with_office(speaker, office)
        return None

    def _by_bare_office(self, body: str) -> Speaker | None:
        """ "The president": somebody whose office begins so, if there is one."""
        wanted = {word.lower() for word in body.split()}
        held = [each for each in self.people.values() if each.office and wanted <= set(each.office.lower().split())
                and each.office.lower().split()[0] in wanted]  # fmt: skip
        return held[0] if len(held) == 1 else None

    def _nominative(self, body: str) -> str:
        """A body's name behind a preposition, as it is by itself: its first word alone changes."""
        first, _, rest = body.partition(" ")
        plain = self.tongue.plain.get(first.lower())
        return body if plain is None else f"{plain} {rest}".strip()


def _with_office(speaker: Speaker, office: str) -> Speaker:
    """The same speaker under the words that his office has here."""
    return Speaker(speaker.name, office, speaker.side, speaker.said_on)


def _alike(one: str, other: str) -> bool:
    """Whether two words can be one surname, in one case or another."""
    if one == other:
        return True
    stem = min(len(one), len(other)) - 2
    return stem >= 4 and one[:stem] == other[:stem] and not one.isascii()
