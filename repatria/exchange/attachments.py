"""Which attachments an entry names, and so must travel with it.

    >>> from repatria.exchange.events import Sha256, Slug, TermsSigned
    >>> named_by(TermsSigned(Slug("r"), Sha256("0" * 64))) == ("0" * 64,)
    True
"""

from __future__ import annotations

from repatria.exchange.events import (
    AnswersGiven,
    CountsPublished,
    Event,
    FinalListSigned,
    LotteryCommitted,
    PlanProposed,
    PlanRevised,
    PlanSigned,
    TermsAmended,
    TermsSigned,
    Transcribed,
)


def named_by(event: Event) -> tuple[str, ...]:
    """The hashes of the attachments without which the fold cannot judge this event."""
    match event:
        case TermsSigned(terms=name) | TermsAmended(terms=name) | AnswersGiven(answers=name) | Transcribed(data=name):
            return (name,)
        case LotteryCommitted(freeze=name) | PlanProposed(plan=name) | PlanRevised(plan=name) | PlanSigned(plan=name):
            return (name,)
        case CountsPublished(table=name):
            return (name,)
        case FinalListSigned():
            return (event.list, event.classes)
    return ()
