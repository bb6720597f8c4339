"""The draw as pages, step by step."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.draw.title": "The draw",
    "web.draw.line": "Who goes among equals is drawn. Each member commits to a secret number before"
    " any is revealed, so that nobody can choose the result or stop a draw that they dislike unseen.",
    "web.draw.members": "What each member has done",
    "web.draw.member": "Member",
    "web.draw.committed": "Committed",
    "web.draw.held": "Held by",
    "web.draw.revealed": "Revealed",
    "web.draw.freeze": "Frozen lists, terms and chances",
    "web.draw.seed": "Seed",
    "web.draw.commit": "Commit",
    "web.draw.commit.what": "Freeze lists, classes, terms and chances, and commit to a secret number.",
    "web.draw.share": "Share",
    "web.draw.share.what": "Seal the parts of the secret number to its holders, once everybody has committed.",
    "web.draw.hold": "Say what is held",
    "web.draw.hold.what": "Check the parts of others that have come, and say so.",
    "web.draw.reveal": "Reveal",
    "web.draw.reveal.what": "Reveal the secret number once every one is held.",
    "web.draw.open": "Open for the silent",
    "web.draw.open.what": "As a holder, open the numbers of members that keep quiet.",
    "web.draw.verify": "Compute the draw again",
    "web.draw.holds": "Yes: the draw follows from the ledger, ticket by ticket.",
    "web.draw.fails": "No: something about the draw or the ledger does not hold.",
    "web.draw.table": "Chances and places",
    "web.draw.side": "Side",
    "web.draw.stratum": "Group",
    "web.draw.units": "Of them",
    "web.draw.chance": "Chance",
    "web.draw.places": "Places",
}
