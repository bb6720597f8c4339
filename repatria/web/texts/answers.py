"""Answers, and the final list that comes of them."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.answers.title": "Answers",
    "web.answers.ours": "Whom others ask us about",
    "web.answers.theirs": "Whom we ask others about",
    "web.answers.none": "Nobody is asked about yet.",
    "web.answers.sought": "Sought by {owner}, version {version}",
    "web.answers.holder": "Asked of {holder}, version {version}",
    "web.answers.people": "Names",
    "web.answers.answered": "Answered",
    "web.answers.blank": "Blank",
    "web.answers.due": "Due by {day}",
    "web.answers.overdue": "Overdue: what is blank is on record as a breach.",
    "web.answers.names": "Name by name",
    "web.answers.give": "Give the answers",
    "web.answers.others": "Answer “not held” for everybody of whom no pair is left to judge",
    "web.answers.would": "Now it would say: held {held}, not held {not_held}, blank {blank}.",
    "web.answers.count": "See what it would say now",
    "web.answers.links": "Only those whom a reviewer has linked are answered “held”. A row with a pair that nobody has"
    " decided stays blank.",
    "web.answers.review": "Review the pairs",
    "web.answers.giving": "Answers to a register of the sought",
    "web.answer.of": "Answer of {member}",
    "web.answer.all": "All",
    "web.answer.file": "Ask for the answers as a workbook (names are in it)",
}
