"""Where copies of an erased record may be that this node cannot reach, in English, by id."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "erase.copy.disclosed": "{reader}: the identity fields, disclosed to it",
    "erase.copy.listed": "{reader}: the person's row of a final list",
    "erase.copy.desks": "the desks of stage {stage} at {place}: the person's row",
    "erase.copy.file": "the file that the register was imported from",
    "erase.copy.drafts": ("{n} list that was brought to this node's pages and not imported yet",
                          "{n} lists that were brought to this node's pages and not imported yet"),
    "erase.copy.registers": "this node's other registers, where the person may stand under another row",
    "erase.copy.sticks": "sticks that carried letters with the person",
    "erase.copy.families": "letters to families, and the pages by which they check, in families' hands",
    "erase.copy.backups": "backups of this node's vault: the record in them has no key any more, but letters in them"
    " open with the keyring",
    "erase.copy.keys": "every copy of {file}: the erasure is complete when it has been rewritten",
}
