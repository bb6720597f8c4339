"""The terms: what they say, what law says of them, and drafting and signing them."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.terms.title": "Terms",
    "web.terms.draft": "The draft that you gave",
    "web.terms.says": "What they say",
    "web.terms.seen": "What others will see, once you have signed",
    "web.terms.seen.members": (
        "Every member of the exchange sees the numbers, days, places and rules, and who has signed."
    ),
    "web.terms.seen.readers": (
        "Whom the terms are about, the categories and quotas, goes sealed to: {to}. Everybody else sees its"
        " hash only."
    ),
    "web.terms.seen.public": "The public sees nothing of it.",
    "web.terms.draft.do": "Ask the signatories to sign this draft",
    "web.terms.in_force": "In force, or waiting to take their place",
    "web.terms.waiting": "Waiting for signatures",
    "web.terms.none": "No terms wait here, and none are in force.",
    "web.terms.sign.line": (
        "Read them first. Your node checks that what is signed is what the text in the sealed annex says."
    ),
    "web.terms.sign.do": "Ask the signatories to sign",
    "web.terms.make": "A draft",
    "web.terms.file": "A file of terms",
    "web.terms.text": "Or the text itself",
    "web.terms.check.do": "Look it through",
    "web.terms.begin": "To begin from",
    "web.terms.form": "The form, with every term filled in as an example",
    "web.terms.not_public": "Not public, and an example here",
    "web.terms.sources": "Sources",
    "web.terms.unmet": "What cannot be met, as far as is known here",
    "web.terms.law": "What law says of them",
    "web.terms.law.line": "What law asks, in plain words. A stop holds a draft back; a warning does not.",
    "web.terms.warnings": "Warnings",
    "web.terms.to_find_out": "To be found out",
    "web.terms.article": "Article",
    "web.terms.found": "Found",
    "web.terms.asks": "What it asks",
    "web.terms.found.complies": "kept",
    "web.terms.found.stop": "stop",
    "web.terms.found.warn": "warning",
    "web.terms.found.unknown": "not known",
    "web.terms.do.draft": "Terms that you are asked to sign",
    "web.terms.do.sign": "Terms of the other side that you are asked to sign",
    # agreements of the past, by the names of their files
    "web.terms.past.ankara-2024": "Ankara, 1 August 2024",
    "web.terms.past.dix-hill-1862": "The Dix-Hill cartel, 22 July 1862",
    "web.terms.past.istanbul-2022": "Istanbul, 2022: the standing protocols",
    "web.terms.past.istanbul-2025-1": "Istanbul, 16 May 2025: one thousand for one thousand",
    "web.terms.past.istanbul-2025-2": "Istanbul, 2 June 2025: all for all, and six thousand dead",
    "web.terms.past.istanbul-2025-3": "Istanbul, 23 July 2025: at least twelve hundred each",
    "web.terms.past.muscat-2025": "Muscat, 23 December 2025: twelve hundred for seventeen hundred",
    "web.terms.past.november-2025": "The twelve hundred, November 2025",
    "web.terms.past.stockholm-2018": "Stockholm, December 2018: all for all, by lists and answers",
}
