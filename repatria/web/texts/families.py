"""What a family liaison says, and saves for a family."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.families.title": "For families",
    "web.families.line": "What may be told about one person whom we seek, in words that can be read to a family as they"
    " stand. There is no more here than may be said.",
    "web.families.person": "Number on the final list, or row or record number in our own list of the sought",
    "web.families.purpose": "What you ask for; it is kept on record with your name",
    "web.families.ask": "Show what may be said",
    "web.families.unlisted": "This person is on no signed list yet. We go on looking for them.",
    "web.families.no_plan": "There are signed lists, and no signed plan yet. Nobody can say now who goes when.",
    "web.families.receipt": "Save the family's receipt of the draw",
    "web.families.receipt.line": "With the receipt a family can check the draw by itself. Nobody else stands in it. It"
    " is given to the family, and to nobody else.",
}
