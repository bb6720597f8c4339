"""Carrying a ledger between nodes: what goes out, what came in."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.carry.title": "Carry the ledger",
    "web.carry.line": "Nodes are joined by no network. What was signed goes from one to another by a stick: here as"
    " one file, the bundle, which you save on it.",
    "web.carry.out": "Take away",
    "web.carry.size": "Entries of the ledger here",
    "web.carry.waiting": "Our entries that wait to be ordered",
    "web.carry.letters": "Sealed letters for others",
    "web.carry.out_secretariat": "The ledger is ordered and signed here. Take the bundle to every other member.",
    "web.carry.out_member": "Take the bundle to {secretariat}, where the ledger is ordered, and bring back the answer.",
    "web.carry.nothing": "There is nothing to take away before there is an exchange. What the others need first is this"
    " member's card.",
    "web.carry.inside": "It holds the ledger, which names nobody, and letters that only their readers can open. It may"
    " be made again at any time.",
    "web.carry.download": "Download the bundle",
    "web.carry.in": "Bring in",
    "web.carry.file": "A bundle from another node ({kind})",
    "web.carry.checked": "Nothing in it is believed: every hash and every signature is checked first.",
    "web.carry.take": "Take it in",
    "web.carry.came": "What came in",
    "web.carry.whole": "Everything in it was whole.",
    "web.carry.refused": ("{n} thing in it was refused; the rest was taken in.",
                          "{n} things in it were refused; the rest was taken in."),
    "web.carry.count.size": "Entries of the ledger now",
    "web.carry.count.entries": "New entries",
    "web.carry.count.ledger": "Entries of the ledger in the bundle",
    "web.carry.count.cosignatures": "New signatures under the ledger by others",
    "web.carry.count.ordered": "Entries that were ordered",
    "web.carry.count.recorded_as_refused": "Entries recorded as refused",
    "web.carry.count.waiting": "Entries that wait for others before them",
    "web.carry.count.known": "Entries that were known",
    "web.carry.count.turned_away": "Entries turned away",
    "web.carry.count.letters": "New letters for us",
    "web.carry.count.letters_handed_on": "Letters to hand on to others",
    "web.carry.count.succession": "The ledger is ordered here from now on",
}  # fmt: skip
