"""What terms say, sentence by sentence, as messages for every language.

    >>> from repatria.deal.terms import EXAMPLE, parse_terms
    >>> terms, _ = parse_terms(EXAMPLE, bytes(32))
    >>> print(*(in_english(each, TEXTS) for each in sentences(terms)), sep="\\n")
    north hands over 10 people inside the ratio
    south hands over 12 people inside the ratio
    nobody is ahead of what the other side has offered by more than 6 people
    1 stage by 2025-12-31; answers are due by 2025-12-01
    a private chance to decline at most 7 days before the stage
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from repatria.deal.classes import EXCHANGE, Category
from repatria.deal.quota import Quota
from repatria.deal.terms import HOLDER, NEUTRAL, Terms, limits_in_words, marks_of
from repatria.deal.terms_texts import TEXTS
from repatria.message import Day, Message, Name, Place, in_english

__all__ = ["TEXTS", "in_english", "sentences"]


def sentences(
    terms: Terms, categories: Sequence[Category] = (), quotas: Sequence[Quota] = ()
) -> Iterator[Message]:
    """Every clause of the terms, and of the annex as far as it is at hand."""
    unit = "points" if terms.historical else "people"
    most = "" if terms.tolerance is None else ".most"
    for side, total in sorted(terms.totals.items()):
        yield Message(f"term.total.{unit}{most}", {"side": _whom(terms, side)}, total)
    yield from map(_category, categories)
    yield from map(_quota, quotas)
    for mark in sorted(marks_of(terms)) if categories else ():
        bearing = tuple(category.id for category in categories if mark in category.marks)
        yield Message("term.mark", {"mark": mark, "categories": bearing})
    yield from limits_in_words(terms)
    yield Message(f"term.bound.{unit}", {}, terms.bound)
    days: dict[str, Place] = {"target": Day(terms.target_date, full=True), "due": Day(terms.answers_due, full=True)}
    yield Message("term.days", days, len(terms.stages))
    yield Message("term.chance", {}, terms.chance_days)
    if terms.requires:
        asked = tuple(Message(f"term.seen.{each}") for each in terms.requires)
        yield Message("term.requires", {"asked": asked})
    for act, members in terms.signatures.items():
        yield Message("term.signers", {"members": tuple(map(Name, members)), "act": Message(f"term.act.{act}")})
    for member, count in terms.quorums.items():
        yield Message("term.quorum", {"member": Name(member), "n": count})
    if terms.disclosure is not None:
        to = tuple(
            Message(f"term.reader.{each}") if each in (HOLDER, NEUTRAL) else Name(each) for each in terms.disclosure.to
        )
        fields = tuple(Message(f"term.field.{name}") for name in terms.disclosure.fields)
        yield Message("term.disclosure", {"to": to, "fields": fields})


def _whom(terms: Terms, side: str) -> Place:
    parties = terms.sides[side]
    if parties == (side,):
        return Name(side)
    return Message("term.side", {"side": Name(side), "parties": tuple(map(Name, parties))})


def _category(category: Category) -> Message:
    inside = "inside" if category.account == EXCHANGE else f"outside.{category.account}"
    said = Message(
        "term.category",
        {
            "category": category.id, "inside": Message(f"term.{inside}"),
            "going": Message("term.all" if category.all else "term.some"),
        },
    )  # fmt: skip
    return said if category.points == 1 else Message("term.category.points", {"said": said, "n": category.points})


def _quota(quota: Quota) -> Message:
    places: dict[str, Place] = {"category": quota.category, "side": Name(quota.side)}
    if quota.at_least is not None and quota.at_most is not None:
        return Message("term.quota.both", {**places, "least": quota.at_least}, quota.at_most)
    way, n = ("least", quota.at_least) if quota.at_most is None else ("most", quota.at_most)
    return Message(f"term.quota.{way}", places, n)
