"""Records erased, and what others have erased."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.erase.title": "Erase a record",
    "web.erase.line": "For a person who asks for it, or whose record's time is over. Nobody who stands on a final list"
    " and is still awaited can be erased.",
    "web.erase.register": "Register",
    "web.erase.rows": "Rows, or the sender's record numbers, one on a line",
    "web.erase.people": ("{n} record is destroyed in this node:", "{n} records are destroyed in this node:"),
    "web.erase.said_before": ("Of {n} the ledger says so already; only this node is cleared.",
                              "Of {n} the ledger says so already; only this node is cleared."),
    "web.erase.gone.letters": ("{n} letter of a list is rewritten without them, or taken away.",
                               "{n} letters of lists are rewritten without them, or taken away."),
    "web.erase.gone.pairs": ("{n} review of pairs is rewritten without them.",
                             "{n} reviews of pairs are rewritten without them."),
    "web.erase.gone.weighed": ("{n} weighing of pairs is taken away; looking for matches makes it again.",
                               "{n} weighings of pairs are taken away; looking for matches makes them again."),
    "web.erase.gone.reasons": ("{n} reason for taking somebody off a list is destroyed.",
                               "{n} reasons for taking somebody off a list are destroyed."),
    "web.erase.gone.waiting": ("{n} act that waits for signatures is prepared anew, without them.",
                               "{n} acts that wait for signatures are prepared anew, without them."),
    "web.erase.gone.families": ("{n} case or letter of a family is taken away, or rewritten without them.",
                                "{n} cases or letters of families are taken away, or rewritten without them."),
    "web.erase.gone.others": ("{n} other document is taken away.", "{n} other documents are taken away."),
    "web.erase.keys": "The records' keys, salts and fields are destroyed. Nobody can bring them back, you neither.",
    "web.erase.seen": "Every member sees that a row of this register was erased, and when. Nobody sees whose it was, or"
    " why. Everything in the ledger can still be verified.",
    "web.erase.copies": "Where copies may remain",
    "web.erase.copies.line": "This node cannot reach them. Whoever erases sees to them: write to whoever is named"
    " here.",
    "web.erase.wanted": ("{n} record is erased", "{n} records are erased"),
    "web.forget.title": "What others have erased",
    "web.forget.line": "When another member erases a record, this node takes out what it holds of it: rows of letters"
    " and of lists, pairs and notes. It signs nothing for it.",
    "web.forget.by": "Erased by {member}",
    "web.forget.none": "Nothing of it is here any more.",
    "web.forget.do": "Take it out",
}
