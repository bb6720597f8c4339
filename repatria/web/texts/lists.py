"""The final list: drafted by its holder, signed by both."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.lists.title": "Final list",
    "web.lists.of": "Whom {holder} holds",
    "web.lists.none": "No list of this holder is in force.",
    "web.lists.in_force": ("In force, version {version}: {n} person", "In force, version {version}: {n} people"),
    "web.lists.waits": "A list is drafted and waits for signatures.",
    "web.lists.classes": "By class",
    "web.lists.tier": "Tier",
    "web.lists.ratio": "In the ratio",
    "web.lists.inside": "counted",
    "web.lists.outside": "outside it, held up by nothing",
    "web.lists.people": "People",
    "web.lists.draft": "Draft our list",
    "web.lists.draft_line": "Everybody answered “held” and linked comes on it, each under a random number; if anything"
    " is in the way, all of it is told and nothing is drafted.",
    "web.lists.without": "Rows to leave off, where a quota says so, one on a line (optional)",
    "web.lists.together": "Families and crews: the rows of one on each line (optional)",
    "web.lists.drafting": "The final list of those whom we hold",
    "web.lists.sign": "Check and sign the list of {holder}",
    "web.lists.sign_line": "It is checked against its sealed rows, our own records and the law before it is signed.",
    "web.lists.signing": "The final list of those whom {holder} holds",
    "web.lists.file": "Ask for the list as a workbook (names are in it)",
}
