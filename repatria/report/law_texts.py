"""What the law's review says around what its checks say, in English, by id.

    >>> TEXTS["law.review.open.none"]
    'everything asked is known.'
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "law.review.asked": "questions asked: {n}; of {of}.",
    "law.review.asked.nothing": "questions asked: {n}. Nothing is there yet to be asked about.",
    "law.review.of": "{about}: {n}",
    "law.review.stops": "what stops what it is about: {n}.",
    "law.review.warnings": "warnings:",
    "law.review.warnings.none": "no warnings.",
    "law.review.open": "not known, and who can tell:",
    "law.review.open.none": "everything asked is known.",
    "law.review.row": "{article}, {check}: open for {n}; about: {about}",
    "law.review.fact": "{fact} ({source}): {how}",
    "law.review.from.ledger": "from the ledger",
    "law.review.from.records": "from records",
    "law.review.from.told": "told",
    "law.review.from.neutral": "from the neutral alone",
    "law.review.neutral": "left to the neutral:",
}  # fmt: skip
