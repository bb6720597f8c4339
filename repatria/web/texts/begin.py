"""Beginning: this member's card and the others', an exchange opened with them, or joined."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.begin.title": "Begin an exchange",
    "web.begin.none": "This node is in no exchange yet.",
    "web.begin.here": "The ledger of an exchange is here. This member has not joined it yet.",
    "web.begin.joined": "This member has joined. The exchange is open as soon as every founder has.",
    "web.begin.open": "The exchange is open: every founder has joined it.",
    "web.begin.next": "What comes next",
    "web.begin.card": "This member's card",
    "web.begin.card.line": "Give it to every other founder, by any way: it is public. Then call each of them and read"
    " these figures aloud. They must be the same on what the other has; nothing else tells a true card from a false"
    " one.",
    "web.begin.card.take": "Download the card",
    "web.begin.card.text": "The card as text",
    "web.begin.cards": "Cards of the others",
    "web.begin.cards.line": "Bring the cards that the other founders gave you. Nothing is signed by that. Call each of"
    " them, have the figures read to you, and compare.",
    "web.begin.cards.none": "None has been brought yet.",
    "web.begin.cards.files": "Files of cards, several at once ({kind})",
    "web.begin.cards.text": "Or the text of cards, one after another",
    "web.begin.cards.add": "Bring the cards",
    "web.begin.cards.remove": "Put this card away",
    "web.begin.opening": "Open an exchange as its secretariat",
    "web.begin.opening.line": "One mediator does this for all: it keeps the ledger, and puts in order what the others"
    " sign. The founders are this member and those whose cards stand above. Before anything is signed you see what it"
    " is.",
    "web.begin.opening.other": "An exchange is opened by one of its mediators. Give that one your card.",
    "web.begin.origin": "What the ledger is called, for good",
    "web.begin.origin.help": "Small Latin letters, digits, and the signs . / - only. Take a name that is yours, such as"
    " {example}. A name under {reserved} makes it a rehearsal, and every page says so.",
    "web.begin.quorum": "Mediators whose clocks make the time",
    "web.begin.quorum.help": "Every deadline is counted from what so many of them say. With two or more, none of them"
    " can move the time alone.",
    "web.begin.signatories": "Signatories who bind a party",
    "web.begin.signatories.help": "So many of a party's own people must sign what binds it: two at least, so that no"
    " single key ever suffices.",
    "web.begin.cooling": "Hours before a new signatory or supervisor stands",
    "web.begin.cooling.help": ("It holds once a round has begun. Within that time the others can object, in case a key"
                               " was stolen. At most {n} hour.",
                               "It holds once a round has begun. Within that time the others can object, in case a key"
                               " was stolen. At most {n} hours."),
    "web.begin.look": "Show what would be signed",
    "web.begin.bring": "Or bring the ledger that you were given",
    "web.begin.bring.line": "Once another member has opened the exchange, it gives you a bundle. Take it in; then this"
    " page shows which exchange that is and who its founders are, and you join it.",
    "web.begin.bring.link": "Take in a bundle",
    "web.begin.carry.link": "Take a bundle to the others",
    "web.begin.exchange": "The exchange",
    "web.begin.exchange.log": "Its ledger is called",
    "web.begin.exchange.number": "The exchange's number",
    "web.begin.exchange.by": "Opened by",
    "web.begin.founders": "Its founders",
    "web.begin.founders.line": "Compare the figures of each with that founder, by voice or on paper. Where they differ,"
    " somebody else's key stands here: sign nothing.",
    "web.begin.founder.own": "This node's own card, as it was made here.",
    "web.begin.founder.same": "The same key as on the card that was brought here.",
    "web.begin.founder.differs": "Another key or role than on the card that was brought here.",
    "web.begin.founder.unknown": "No card of it was brought here.",
    "web.begin.founder.joined": "Has joined.",
    "web.begin.founder.away": "Has not joined yet.",
    "web.begin.join": "Join",
    "web.begin.join.line": "By joining, this member says with its key which key it witnesses this ledger with, and"
    " which key letters to it are sealed to. It binds itself to this exchange and no other, and cannot take that back.",
    "web.begin.compared": "I have compared each founder's figures with that founder, and they are the same.",
    "web.begin.join.do": "Sign it and join",
    "web.begin.aside": "This is not the exchange that was agreed on",
    "web.begin.aside.line": "Whoever has your card can open an exchange with it and send you its ledger. Nothing was"
    " signed here for this one. It is put away as evidence, and another ledger can be brought.",
    "web.begin.aside.confirm": "This ledger is to be put away.",
    "web.begin.aside.do": "Put the ledger away",
    "web.begin.sign": "What opens the exchange",
    "web.begin.sign.line": "Read it before you sign. It cannot be changed afterwards: whoever finds a mistake begins"
    " again with new nodes.",
    "web.begin.sign.key": "It is signed with the key of this node. Every founder reads it and joins, or does not.",
    "web.begin.sign.do": "Sign it and open the exchange",
    "web.begin.sign.back": "Change something",
}  # fmt: skip
