"""The ledger as pages: entries, proofs, verification."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.ledger.title": "The ledger",
    "web.ledger.size": ("{n} entry, in the order in which it was taken in.",
                        "{n} entries, in the order in which they were taken in."),
    "web.ledger.root": "Root",
    "web.ledger.cosigned": "Cosigned by",
    "web.ledger.uncosigned": "Not cosigned yet by",
    "web.ledger.verify": "Verify the ledger",
    "web.ledger.entries": "Entries, the latest first",
    "web.ledger.index": "Index",
    "web.ledger.day": "Day",
    "web.ledger.kind": "Kind",
    "web.ledger.author": "Author",
    "web.ledger.became": "What became of it",
    "web.ledger.refused": "refused:",
    "web.ledger.applied": "in force",
    "web.ledger.pages": "Further entries",
    "web.ledger.newer": "Newer entries",
    "web.ledger.older": "Older entries",
    "web.ledger.entry": "Entry {n}",
    "web.ledger.keys": "Keys that signed",
    "web.ledger.text": "What was signed",
    "web.ledger.proof": "Proof that it stands in the ledger",
    "web.ledger.proof.line": "These hashes lead from the leaf to the root of the tree of {n} entries. They"
    " were checked when this page was made.",
    "web.ledger.leaf": "Leaf",
    "web.ledger.holds": "Yes: every check holds for the {n} entries of this ledger.",
    "web.ledger.fails": "No: not every check holds for the {n} entries of this ledger.",
    "web.ledger.checks": "The checks",
    "web.ledger.notes": "To bear in mind",
    "web.ledger.check": "Check",
    "web.ledger.ok": "Holds",
    "web.ledger.checked": "What was checked",
    "web.ledger.none": "There is no signed ledger here yet.",
}
