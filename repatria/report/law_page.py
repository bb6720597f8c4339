"""The law's review for an officer, in words: what stops, what warns, and by fact what is not known and who can tell it.

What a check finds and how a fact is found out are sentences of the law's own, retold here as every problem is.

    >>> from repatria.report.retelling import ENGLISH
    >>> print(law_page(Review((), (), 0, ()), Language("en", TEXTS), ENGLISH), end="")
    Questions asked: 0. Nothing is there yet to be asked about.
    What stops what it is about: 0.
    <BLANKLINE>
    No warnings.
    <BLANKLINE>
    Everything asked is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from repatria.law.review import Review, to_find_out
from repatria.message import Message, Place
from repatria.report.language import Language
from repatria.report.law_texts import TEXTS
from repatria.report.retelling import Retelling

__all__ = ["TEXTS", "law_page"]


def law_page(found: Review, language: Language, telling: Retelling) -> str:
    """The review as lines to be read. Stops are told as problems; here stands how many there are."""
    return "\n".join((*_lines(found, language, telling), ""))


def _lines(found: Review, language: Language, telling: Retelling) -> Iterator[str]:
    def say(name: str, **places: Place) -> str:
        return language.sentence(Message(f"law.review.{name}", places))

    def in_words(text: str) -> str:
        return telling.sentence(text) or text

    of = tuple(Message("law.review.of", {"n": n, "about": in_words(about)}) for about, n in found.subjects)
    yield say("asked", n=found.asked, of=of) if of else say("asked.nothing", n=found.asked)
    yield say("stops", n=len(found.stops))
    yield ""
    yield say("warnings" if found.warnings else "warnings.none")
    yield from (f"  {telling.said(problem)}" for problem in found.warnings)
    rows = to_find_out(found.open)
    yield ""
    yield say("open" if rows else "open.none")
    for row in rows:
        yield "  " + say(
            "row", article=row["article"], check=row["check"], n=row["subjects"], about=in_words(row["about"])
        )
        for fact in row["facts"]:
            source = Message(f"law.review.from.{fact['from']}")
            yield "    " + language.say(
                Message("law.review.fact", {"fact": fact["fact"], "source": source, "how": in_words(fact["how"])})
            )
    if found.left_to_the_neutral:
        yield ""
        yield say("neutral")
        yield from (f"  {each.cites}, {each.code}" for each in found.left_to_the_neutral)
