"""What a family reads when it checks its receipt of the draw, in English, by id. Never a chance, and never a reason."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "receipt.right": "This receipt is right: the draw gives this number this ticket.",
    "receipt.wrong": "This receipt is not right. Ask the office that gave it, and another member of the exchange.",
    "receipt.drawn": "The ticket is not above the cut-off: the draw gave it a place.",
    "receipt.not_drawn": "The ticket is above the cut-off: in this draw there was no place for it.",
    "receipt.everybody": "Everybody in this group has a place: the draw had nothing to decide here.",
    "receipt.nobody": "The places ended before this group: the draw had nothing to decide here.",
    "receipt.compare": "The seed of the draw is the same in every receipt. Compare it with the one that was published,"
    " or with another family's.",
    "receipt.number": "Number: {value}",
    "receipt.ticket": "Ticket: {value}",
    "receipt.cut_off": "Cut-off: {value}",
    "receipt.seed": "Seed of the draw: {value}",
    "receipt.only_the_draw": "A receipt tells of the draw only. When somebody travels, the office will say.",
}
