"""Remains that were handed over, and whose they are."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.remains.title": "Remains",
    "web.remains.line": "Whoever received a set of remains says whose they are, and says it again when more is known."
    " One person may be in several sets, and a set may hold several people or nobody who can be told apart.",
    "web.remains.none": "No set of remains has been received.",
    "web.remains.counts": "In figures",
    "web.remains.from": "From",
    "web.remains.to": "To",
    "web.remains.sets": "Sets",
    "web.remains.examined": "Examined",
    "web.remains.people": "People told apart",
    "web.remains.sought": "Of them on a list",
    "web.remains.own": "Of them of the side that handed over",
    "web.remains.contradicted": ("{n} person was found among remains and received alive. One of the two is wrong.",
                                 "{n} people were found among remains and received alive. One of the two is wrong."),
    "web.remains.each": "Set by set",
    "web.remains.number": "Number",
    "web.remains.versions": "Said",
    "web.remains.say": "Say whose they are",
    "web.remains.set": "Set {number}, from {holder}",
    "web.remains.whole": "Say all that is known now, not only what is new: it takes the place of what was said before.",
    "web.remains.rows": "People on a list of the sought: the row of our own list, or list and row as {example}, one on"
    " a line",
    "web.remains.cases": "People on no list: their case number, or “{new}”, and on whom they depended, as {example},"
    " one on a line",
    "web.remains.nobody": "Leave both empty where nobody can be told apart.",
    "web.remains.seen": "Every member sees the rows and case numbers, and nobody's name. A family whose person is named"
    " here can be told of a death: be sure before you sign.",
    "web.remains.do": "Ask for the signatures",
    "web.remains.wanted": "Whose remains were handed over",
}
