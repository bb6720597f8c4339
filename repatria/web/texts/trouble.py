"""Disputes, and people taken off a list."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.trouble.disputes": "Disputes",
    "web.trouble.line": "A dispute stands on the record and stops nothing by itself. It ends when whoever raised it and"
    " every party have signed the same; whoever raised it can withdraw it alone.",
    "web.trouble.none": "No dispute is open.",
    "web.trouble.open": ("{n} dispute is open.", "{n} disputes are open."),
    "web.trouble.is_open": "Open",
    "web.trouble.subject": "What it is about",
    "web.trouble.elsewhere": "An event that is not in this ledger.",
    "web.trouble.entry": "Entry {index} of the ledger",
    "web.trouble.to_sign": "To end it as “{outcome}” it still takes: {who}",
    "web.trouble.outcome": "How it ended",
    "web.trouble.settle": "Sign how it ended",
    "web.trouble.settled": "Settled",
    "web.trouble.raise": "Raise a dispute",
    "web.trouble.raise.this": "Dispute this entry",
    "web.trouble.raise.line": "Everybody sees that you dispute this entry, and on which ground. Nothing else changes:"
    " what the entry did stands until another one puts it right.",
    "web.trouble.raise.where": "A dispute is raised at the entry that it is about: open it from the timeline or the"
    " ledger. Or give the hash of its event.",
    "web.trouble.hash": "The event's hash, {digits} digits",
    "web.trouble.code": "About",
    "web.trouble.raise.do": "Put it on record",
    "web.trouble.wanted.raise": "A dispute",
    "web.trouble.wanted.settle": "How a dispute ended",
    "web.withdraw.title": "Take somebody off the list",
    "web.withdraw.line": "For somebody who should not be on a list at all, such as a person listed twice. Whoever does"
    " not want to go, or cannot, is told by the neutral's word and stays on the list.",
    "web.withdraw.number": "The person's number on the final list",
    "web.withdraw.reason": "Why; it is sealed in this node, and the ledger has a fingerprint of it",
    "web.withdraw.look": "Show what it would do",
    "web.withdraw.would": "What it would do",
    "web.withdraw.holder": "Held by {holder}, to be received by {to}. As the ledger stands: {state}.",
    "web.withdraw.planned": "They are in the plan: {stage}, {day}, {place}. The plan has to be revised without them.",
    "web.withdraw.counts": "They are inside the ratio. Whoever is taken off counts neither as handed over nor as"
    " offered: {holder} may have to bring somebody else before the other side goes on.",
    "web.withdraw.outside": "They are outside the ratio. Nobody else is held up by this.",
    "web.withdraw.together": ("{n} other person was to go with them, and stays on the list.",
                              "{n} other people were to go with them, and stay on the list."),
    "web.withdraw.right": "A right to hand them over is out. They cannot be taken off before it comes back.",
    "web.withdraw.over": "They have been received, or taken off before. Nothing can be done any more.",
    "web.withdraw.final": "The number is not used again. Should it turn out to be a mistake, they come on a later"
    " version of the list under another number.",
    "web.withdraw.seen": "Every member sees that this number was taken off, by whom and when. Nobody sees why.",
    "web.withdraw.do": "Ask for the signatures",
    "web.withdraw.wanted": "A person is taken off the list",
}
