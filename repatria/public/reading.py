"""The claims in an article: who said what, read by rule. Each is a proposal with its sentence, for a person to judge.

Sentence by sentence, every verb of saying is looked for outside of quotations. What stands beside it, an office, a
body, a state or a name, is the speaker; days and channels beside it belong to the saying; the rest is what was said:

    SPEAKER said on Saturday that CONTENT          CONTENT, SPEAKER said on Sunday, adding that CONTENT
    "CONTENT," wrote SPEAKER on X                  according to SPEAKER, CONTENT
    SPEAKER did not immediately comment            (a silence, and no denial)

A sentence that is a quotation and nothing else goes on with the last speaker. Who "he" or "the ministry" is, see
`speaker.py`; how what was said is taken apart, `content.py`. What the paper says in its own voice is nobody's claim.

*The day of saying* is the one beside the verb; else the day of the same speaker's last dated words; else, in the
present tense, and of a silence, the day of publication; and the same where it is about that very day. Otherwise it is
not known.

A recogniser of names (a language model, see `files/news.py`) may be given: it says which spans of a sentence are people
and bodies, where words with capital letters are all that the rules go by.

    >>> from repatria.public.sides import parse_sides
    >>> sides, _ = parse_sides('north = ["Norland*"]')
    >>> text = "Norland’s army said on Friday that 30 people came home. It did not comment on the losses."
    >>> article = Article("", "2026-03-07", "", "en", (text,))
    >>> [(each.speaker, each.said_on, each.content, each.value) for each in read_claims(article, sides)]
    [('Norland’s army', '2026-03-06', 'release', 30), ('Norland’s army', '2026-03-07', 'silence', None)]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from repatria.public.article import Article
from repatria.public.claims import SILENCE, STATEMENT, Claim, judged
from repatria.public.content import Contents
from repatria.public.quotation import is_quotation, masked, sentences
from repatria.public.sides import Sides
from repatria.public.speaker import Phrase, Spans, Speaker, Speakers
from repatria.public.tongue import Cue, Tongue
from repatria.public.tongues import BY_CODE
from repatria.public.when import Moment, moments

SENTENCES_MOST = 5_000
SENTENCE_LONGEST = 2_000  # what is longer is no sentence that a person wrote
CLAIMS_MOST = 2_000
SILENT = "did-not-comment"

Recogniser = Callable[[str], Spans]


def read_claims(article: Article, sides: Sides, recogniser: Recogniser | None = None) -> list[Claim]:
    """Every claim of the article, in its order, each with its status against the others."""
    tongue = BY_CODE[article.language]
    contents = Contents(tongue, sides, article.published, _parties(article, sides))
    return judged(
        _Reading(article, tongue, Speakers(tongue, sides), contents, recogniser or (lambda text: ())).claims()
    )


@dataclass(frozen=True)
class _Said:
    """One saying in one sentence."""

    phrase: Phrase | None  # none: of the speaker before
    cue: str
    content: str
    sentence: str
    beside: str = ""  # days and channels beside the cue
    present: bool = False
    earlier: bool = False  # a day before what it hangs on
    goes_on: bool = False  # with the day and the channel of the saying before
    on_facts: bool = False  # a silence about what was said just before


@dataclass(frozen=True)
class _Last:
    """The saying before: what a pronoun and a bare quotation go on from."""

    paragraph: int
    speaker: Speaker
    said: _Said
    day: str | None


@dataclass
class _Line:
    """A sentence, the same with its quotations blanked, and what in it is known to belong to a saying."""

    text: str
    blank: str
    spans: Spans
    taken: list[tuple[int, int]] = field(default_factory=list)
    subject: Phrase | None = None  # of the saying before in this sentence

    def free(self, start: int, end: int) -> bool:
        return all(end <= first or start >= last for first, last in self.taken)

    def without(self, start: int, end: int) -> str:
        return f"{self.text[:start].strip(' ,')} {self.text[end:].strip(' ,')}".strip()


@dataclass(frozen=True)
class _Frame:
    """The words about a verb that belong to the saying: where they begin and end, and whose they are."""

    first: int
    right: int
    phrase: Phrase
    beside: str
    inverted: bool = False  # the speaker stands behind the verb
    shared: bool = False  # the verb is the second of its subject: "She thanked them and said"


_Going = tuple[int, int, str]  # where "adding" begins and ends, and the cue it stands for


@dataclass
class _Reading:
    """One article, being read."""

    article: Article
    tongue: Tongue
    speakers: Speakers
    contents: Contents
    recogniser: Recogniser

    def claims(self) -> list[Claim]:
        told = [
            (number, sentence[:SENTENCE_LONGEST])
            for number, paragraph in enumerate(self.article.paragraphs)
            for sentence in sentences(paragraph)
        ][:SENTENCES_MOST]
        sayings = [(number, sentence, self._sayings(sentence)) for number, sentence in told]
        self._meet(said.phrase for _, _, found in sayings for said in found)
        claims: list[Claim] = []
        last: _Last | None = None
        recent: dict[str, Speaker] = {}  # the last person and the last body that was spoken of
        before, untold = "", ""  # the sentence before with a saying in it, and the one before if there is none in it
        for number, sentence, found in sayings:
            if not found and last is not None and last.paragraph == number and is_quotation(sentence):
                found = [replace(last.said, phrase=None, content=sentence, sentence=sentence, goes_on=True)]
            meant = here = None
            for each in found:
                about_this = not each.content and each.cue != SILENT
                said = replace(each, content=untold) if about_this else each
                goes_on = said.phrase is None or said.phrase.pronoun == "of"
                meant_by = None if goes_on or said.phrase is None else recent.get(said.phrase.pronoun)
                speaker = self.speakers.of(said.phrase, meant_by or (last.speaker if last is not None else None))
                recent["person" if speaker.name in self.speakers.people else "body"] = speaker
                day = last.day if said.goes_on and last is not None else self._day_said(said, speaker, here)
                here = here or day
                made = list(self._claims_of(said, speaker, day, meant, before))
                meant = meant or next((claim.meant for claim in made), None)
                if made and day is not None and said.cue != SILENT:
                    speaker.said_on = day
                claims += made
                last = _Last(number, speaker, said, day)
            before, untold = (sentence, "") if found else (before, sentence)
            if not found and (subject := self.speakers.subject(sentence)) is not None:
                recent["person" if subject.name in self.speakers.people else "body"] = subject
        return claims[:CLAIMS_MOST]

    def _meet(self, phrases: Iterator[Phrase | None]) -> None:
        """Whoever is named in full anywhere is known before the first sentence is judged."""
        for phrase in phrases:
            if phrase is not None and " " in phrase.person:
                self.speakers.known(phrase)
            elif phrase is not None and phrase.body and phrase.side:
                self.speakers.of(phrase, None)

    # --- sayings ------------------------------------------------------------------------------------------------------

    def _sayings(self, sentence: str) -> list[_Said]:
        """Every saying in a sentence, in order."""
        line = _Line(sentence, masked(sentence), self.recogniser(sentence))
        found = [*self._silences(line), *self._according(line), *self._by_verbs(line)]
        return [said for _, said in sorted(found, key=lambda each: each[0])]

    def _silences(self, line: _Line) -> Iterator[tuple[int, _Said]]:
        tongue = self.tongue
        for match in tongue.silence.finditer(line.blank):
            end, beside = self._strip_left(line.blank, match.start())
            phrase = self.speakers.left(line.text, line.blank, end, line.spans)
            if phrase is not None and line.free(phrase.start, match.end()):
                line.taken.append((phrase.start, match.end()))
                line.subject = phrase
                on_facts = tongue.silence_on_facts.search(line.blank, match.end()) is not None
                yield phrase.start, _Said(phrase, SILENT, "", line.text, beside, on_facts=on_facts)
        for match in tongue.silence_of.finditer(line.blank) if tongue.silence_of is not None else ():
            phrase = self.speakers.right(line.text, line.blank, match.end(), line.spans)
            if phrase is not None and line.free(match.start(), phrase.end):
                line.taken.append((match.start(), phrase.end))
                yield match.start(), _Said(phrase, SILENT, "", line.text)

    def _according(self, line: _Line) -> Iterator[tuple[int, _Said]]:
        tongue = self.tongue
        for match in tongue.by_pronoun.finditer(line.blank):
            if line.free(match.start(), match.end()):
                line.taken.append((match.start(), match.end()))
                kind = "person" if tongue.pronouns.get(match["who"].lower()) in ("person", "of") else "body"
                phrase = Phrase(match.start(), match.end(), pronoun=kind)
                yield match.start(), _Said(phrase, "said", line.without(match.start(), match.end()), line.text)
        for match in tongue.according.finditer(line.blank):
            found = self.speakers.right(line.text, line.blank, match.end(), line.spans)
            if found is not None and (
                more := re.match(rf"\s(?:{tongue.who.pattern})\s[^,;]*,", line.blank[found.end :])
            ):
                found = replace(found, end=found.end + more.end())  # "an official who asked not to be named, "
            if found is not None and line.free(match.start(), found.end):
                line.taken.append((match.start(), found.end))
                content = line.without(match.start(), found.end)
                yield match.start(), _Said(self.speakers.without_case(found), "said", content, line.text)

    def _by_verbs(self, line: _Line) -> Iterator[tuple[int, _Said]]:
        verbs = sorted(
            (
                (match.start(), match.end(), cue)
                for cue in self.tongue.cues
                for match in cue.pattern.finditer(line.blank)
            ),
            key=lambda each: each[:2],
        )
        going: list[_Going] = sorted(
            (match.start(), match.end(), code)
            for pattern, code in self.tongue.going_on
            for match in pattern.finditer(line.blank)
            if match.start() > 2
        )
        frames: list[tuple[int, int, int, Cue, _Frame]] = []
        for start, end, cue in verbs:
            if line.free(start, end) and not any(first <= start < last for first, last, _ in going):
                found = self._frame(line, start, end)
                if found is not None:
                    line.taken.append((found.first, max(found.right, end)))
                    line.subject = found.phrase
                    frames.append((found.first, start, end, cue, found))
        begins = 0  # of what is left for the next saying's content
        for at, (first, start, _, cue, found) in enumerate(frames):
            next_one = frames[at + 1][0] if at + 1 < len(frames) else len(line.text)
            if found.shared:
                content = line.text[found.right : next_one]
                yield start, _Said(found.phrase, cue.code, content, line.text, found.beside, cue.present)
                continue
            ahead = [each for each in going if found.right <= each[0] < next_one]
            until = min([next_one, *(each[0] for each in ahead)])
            beside, lead = found.beside, line.blank[begins:first].strip(" ,")
            if self.tongue.leads.match(lead):
                beside = f"{lead} {beside}"
            content, begins = self._content(line, begins, found, until)
            yield first, self._saying(line, found.phrase, cue, content, beside, first)
            for place, (_, behind, code) in enumerate(ahead):
                last = ahead[place + 1][0] if place + 1 < len(ahead) else next_one
                yield behind, _Said(None, code, line.text[behind:last], line.text, goes_on=True)

    def _saying(self, line: _Line, phrase: Phrase, cue: Cue, content: str, beside: str, first: int) -> _Said:
        earlier = re.search(rf"(?:{self.tongue.day_after.pattern})\s*$", line.blank[:first], re.I) is not None
        return _Said(phrase, cue.code, content, line.text, beside, cue.present, earlier)

    def _frame(self, line: _Line, start: int, end: int) -> _Frame | None:
        """The words about a verb of saying, if somebody is its speaker and it is not negated."""
        tongue, speakers = self.tongue, self.speakers
        left, beside = self._strip_left(line.blank, start)
        negated = re.search(rf"(?:{tongue.not_said.pattern})\s*$", line.blank[:left], re.I)
        if negated is not None or tongue.not_said.search(line.blank[left:start]):
            return None
        right, more = self._strip_right(line.blank, end)
        beside = f"{beside} {more}"
        phrase = speakers.left(line.text, line.blank, left, line.spans)
        if phrase is not None:
            free = line.free(phrase.start, phrase.end)
            return _Frame(min(start, phrase.start), right, phrase, beside) if free else None
        phrase = speakers.right(line.text, line.blank, right, line.spans, further=not tongue.that_further)
        if phrase is None:
            if re.search(rf"(?<!\w)(?:{tongue.joins})$", line.blank[:left], re.I):
                phrase = line.subject or speakers.beginning(line.text, 0, line.spans)
            return _Frame(start, right, phrase, beside, shared=True) if phrase is not None else None
        apart = phrase.pronoun in ("person", "body") and line.blank[end : phrase.start].strip()
        if apart or not line.free(phrase.start, phrase.end):
            return None
        right, still = self._strip_right(line.blank, phrase.end)
        return _Frame(min(start, left), right, phrase, f"{beside} {still}", inverted=True)

    def _content(self, line: _Line, begins: int, frame: _Frame, until: int) -> tuple[str, int]:
        """What was said, before the saying's own words or behind them; and where the next saying's may begin."""
        tongue, blank, text, first, right = self.tongue, line.blank, line.text, frame.first, frame.right
        if relative := re.search(rf",\s*(?:{tongue.relative.pattern})\s*$", blank[:first], re.I):
            return text[begins : relative.start()], begins
        if re.search(rf"(?:^|[\s(«“])(?:{tongue.about_this.pattern})\s*$", blank[:first], re.I):
            return "", begins
        after = blank[right:until].lstrip()[:1]
        if after in ("", *",.;—–!?”»") or _told_before(blank[begins:first], frame.inverted):
            content, rest = text[begins:first], text[right:until].strip(" ,—–")
            if not content.strip(" ,") or tongue.relative.fullmatch(content.strip(" ,")):
                content = rest
            elif not self._is_clause(content) and rest[:1].islower() and until == len(text):
                content = f"{content.strip(' ,')} {rest}"  # "The exchange, he said, will take place"
            return content, begins
        content = text[right:until]
        cut = re.search(rf",\s*(?:{tongue.relative.pattern})\s*$", blank[right:until], re.I)
        if cut is not None:
            content = content[: cut.start()]
        return re.sub(rf"[,;]?\s+(?:{tongue.joins})\s*$", "", content), right

    def _is_clause(self, content: str) -> bool:
        return self.tongue.finite.search(content) is not None or content.strip()[:1] in '“«"'

    # --- what stands beside a verb ------------------------------------------------------------------------------------

    def _strip_left(self, blank: str, end: int) -> tuple[int, str]:
        """The text before a verb without days, channels and adverbs: its end, and what was taken off."""
        floor = max(0, end - 160)
        until = len(blank[:end].rstrip())
        while until > floor:
            piece = blank[floor:until]
            cut = next((each.start for each in reversed(self._moments(piece)) if each.end == len(piece)), None)
            if cut is None:
                match = re.search(rf"(?<!\w)(?:{self.tongue.beside.pattern})$", piece, re.IGNORECASE)
                negated = re.search(rf"(?<!\w)(?:{self.tongue.not_said.pattern})$", piece, re.IGNORECASE)
                if match is None or negated is not None or (match.start() == 0 and floor):
                    break
                cut = match.start()
            until = len(blank[: floor + cut].rstrip())
        return until, blank[until:end]

    def _strip_right(self, blank: str, start: int) -> tuple[int, str]:
        """The same of the text behind a verb, and of "that" at its end."""
        tongue, at = self.tongue, start
        window = min(len(blank), start + 200)
        that = re.compile(rf",?\s*(?:{tongue.that.pattern})(?!\w)", re.IGNORECASE)
        beside = re.compile(rf"(?:{tongue.beside.pattern})(?!\w)", re.IGNORECASE)
        for _ in range(20):
            if match := that.match(blank, at):
                return match.end(), blank[start:at]
            piece = blank[at:window]
            gap = len(piece) - len(piece.lstrip())
            days = [
                each.end for each in self._moments(piece)
                if each.start <= gap + 3 and not re.search(r"[,.;]", piece[: each.start])
            ]  # fmt: skip
            if days:
                at += max(days)
                continue
            if tongue.that_further and (place := _IN_PLACE.match(blank, at)):
                at = place.end()
                continue
            match = beside.match(blank, at + gap) if gap or at == start else None
            if match is None or match.end() == at:
                break
            at = match.end()
        if tongue.that_further and (
            match := re.search(rf"(?<!\w)(?:{tongue.that.pattern})(?!\w)", blank[at : at + 90])
        ):
            passed = blank[at : at + match.start()]
            if not re.search(r"[.,;“”\"]", passed) and not tongue.finite.search(passed):
                return at + match.end(), blank[start : at + match.start()]
        return at, blank[start:at]

    def _moments(self, text: str) -> list[Moment]:
        return moments(text, self.article.published, self.tongue)

    # --- when it was said, and the claims -----------------------------------------------------------------------------

    def _day_said(self, said: _Said, speaker: Speaker, here: str | None) -> str | None:
        published = self.article.published
        if said.cue == SILENT:
            return published
        days = [each.day for each in self._moments(said.beside) if len(each.day) == 10]
        if said.earlier:
            return (date.fromisoformat(here or published) - timedelta(1)).isoformat()
        if days:
            return days[-1]
        if self.tongue.vague.search(said.beside):
            return None
        return published if said.present else speaker.said_on

    def _claims_of(
        self, said: _Said, speaker: Speaker, day: str | None, meant_before: str | None, before: str
    ) -> Iterator[Claim]:
        if not speaker.name:
            return
        side = speaker.side or self._side_by_place(said, speaker)
        whole = Claim(
            speaker.name, speaker.office, side, STATEMENT, said_on=day, cue=said.cue, sentence=said.sentence,
            outlet=self.article.outlet,
        )  # fmt: skip
        if said.cue == SILENT:
            yield replace(whole, content=SILENCE, scope=before if said.on_facts else "")
            return
        content = said.content.strip(" ,;:—–.")
        if not content:
            return
        if said.cue in ("said", "claimed"):
            cue = next((code for pattern, code in self.tongue.expecting if pattern.search(content)), said.cue)
            whole = replace(whole, cue=cue)
        around = said.sentence.replace(said.content.strip(), " ") if said.content != said.sentence else said.beside
        channel = next((code for pattern, code in self.tongue.channels if pattern.search(around)), "")
        for claim in self.contents.claims(content, replace(whole, channel=channel)):
            meant, said_on = claim.meant, claim.said_on
            if meant is None and said.goes_on and claim.content in ("attack", "interception", "loss"):
                meant = meant_before
            if said_on is None and meant == self.article.published:
                said_on = self.article.published
            yield replace(claim, meant=meant, said_on=said_on)

    def _side_by_place(self, said: _Said, speaker: Speaker) -> str:
        """A body without a state, speaking of a place: whose place that is."""
        sides = self.speakers.sides
        known = sides.side_of(speaker.name)
        if known or speaker.name in self.speakers.people:
            return known
        named = (sides.named(match[0]) for match in self.tongue.in_place.finditer(said.content))
        return next((found[0].side for found in named if found), "")


_IN_PLACE = re.compile(
    r"\s*(?:in|at|from) (?:the )?[A-Z][\w’-]+(?: [A-Z][\w’-]+)*(?=[,.;]|\s+(?:on|last|that|late|early)\b|$)"
)


def _parties(article: Article, sides: Sides) -> tuple[str, ...]:
    """The two sides that an article names most often."""
    named = Counter(each.side for paragraph in article.paragraphs for each in sides.named(paragraph))
    return tuple(side for side, _ in named.most_common(2))


def _told_before(before: str, inverted: bool) -> bool:
    """Whether what stands before a speaker was said by him: a quotation, or a clause that a comma or a dash ends."""
    if re.search(r"[”»\"][,.]?\s*[—–-]?\s*$", before):
        return True
    return inverted and re.search(r"[,—–]\s*$", before) is not None
