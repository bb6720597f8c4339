"""A stage's desks and gates: appointed by their cards, and equipped by a file that their key alone opens."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.desks.title": "Desks and gates",
    "web.desks.one": "Stage {stage}: desks and gates",
    "web.desks.line": "A desk hands people over with nothing but its folder. Its key is made on its own machine and"
    " never comes here.",
    "web.desks.none": "Nobody is appointed here.",
    "web.desks.rights": "Rights that it holds now",
    "web.desks.made": "Entries of the ledger that it was equipped from",
    "web.desks.made.size": "{entries}; now {now}",
    "web.desks.made.unknown": "not known here",
    "web.desks.figures": "Its key, to be read aloud",
    "web.desks.card.none": "Its card is not here: bring it, so that a file can be sealed to it.",
    "web.desks.ask": "Ask for its equipment",
    "web.desks.ask.line": "The people on this manifest go with it, so a second person has to consent. It then leaves"
    " from the ledger as it is at that moment, and opens with this desk's key alone.",
    "web.desks.tokens": "Tokens for check-in",
    "web.desks.token": "Make a token for check-in",
    "web.desks.token.line": "Where the desk has a link, it sends with it what it signs, as it happens. It is shown"
    " once.",
    "web.desks.cards": "A new desk",
    "web.desks.step.card": "On the desk's own machine, with this member's card beside it, make its key and its card:",
    "web.desks.member": "This member's card",
    "web.desks.member.figures": "This member's figures, which the desk's machine has to show as well:",
    "web.desks.step.bring": "Bring the desk's card here.",
    "web.desks.card.file": "The desk's card",
    "web.desks.card.bring": "Bring it",
    "web.desks.step.appoint": "Read the figures with whoever has the desk, and appoint it where it stands.",
    "web.desks.waiting": "Cards that wait",
    "web.desks.waiting.none": "None.",
    "web.desks.appoint": "Appoint",
    "web.desks.forget": "Take the card away",
    "web.desks.place": "Where it stands",
    "web.desks.step.equip": "Carry the equipment to the desk's machine, and make its folder there, without a network:",
    "web.desks.back": "Back to the stage",
}
