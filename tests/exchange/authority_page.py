"""docs/authority.md, made from the table in the code: `python -m tests.exchange.authority_page` writes it again."""

from __future__ import annotations

from pathlib import Path

from repatria.exchange.authority import (
    AFTER_CLOSING,
    APPOINTS,
    BEFORE_OPENING,
    CHANGES_WHO_BINDS,
    DESK_KINDS,
    EVERYONE,
    GATE_WORDS,
    KEY,
    ON_PAPER,
    PARTY_QUORUM_LEAST,
    SIGNATORIES,
    TABLE,
    WHERE_ASKED,
    WITH_A_SAY,
    Rule,
)
from repatria.exchange.events import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "authority.md"

HEAD = f"""# Who may do what

Made from `repatria/exchange/authority.py` by `python -m tests.exchange.authority_page`; a test fails where it is old.

- **By** is what signs: the member's `key`; its `key and signatories`, as many of them as its quorum (a party's is at
  least {PARTY_QUORUM_LEAST}); or a delegate in one of the roles named.
- **Quorum**: `yes` where the signatories always sign; `who binds` where they sign if the entry changes who can bind the
  member: a signatory, a supervisor, or the member's own key.
- **Paper**: whether two other members may enter it from the member's signed paper.
- **Judged at**: the index of the ledger at which the key must stand: the entry's `own`, or for devices out of contact
  the size that the entry names in `seen`.
- **where asked**: a member of such a role signs only where the terms ask for it by name (`[signatures]`), and then its
  signature is needed besides the others; of terms and lists it signs what a party has signed before.
- Kinds marked * may be said before every founder has joined. Once the exchange is closed nothing may be
  said but {", ".join(AFTER_CLOSING)}.
- A new signatory or supervisor, and a new key of one, stands after the cooling-off that the opening names, counted in
  the log's time, once a first round has been activated. A revocation stops a key at once, and other signatories can
  object to it for as long.

| event | members | by | quorum | paper | judged at |
|---|---|---|---|---|---|
"""


def page() -> str:
    rows = [_row(kind, TABLE[kind]) for kind in KINDS]
    appoints = [f"| {role} | {', '.join(APPOINTS[role]) or 'nobody'} |" for role in EVERYONE]
    tail = "\n\n## Which delegates a member appoints\n\n| member | delegates |\n|---|---|\n"
    return HEAD + "\n".join(rows) + tail + "\n".join(appoints) + "\n"


def _row(kind: str, rule: Rule) -> str:
    names = {EVERYONE: "all", WITH_A_SAY: "all but observers"}
    asked = WHERE_ASKED.get(kind, ())
    usual = tuple(role for role in rule.members if role not in asked)
    members = names.get(usual, ", ".join(usual)) + (f"; where asked: {', '.join(asked)}" if asked else "")
    quorum = "yes" if rule.by == SIGNATORIES else "who binds" if kind in CHANGES_WHO_BINDS else ""
    paper = "yes" if kind in ON_PAPER else ""
    event = KINDS[kind]
    judged = "seen" if event in DESK_KINDS else "own; a gate's: seen" if event in GATE_WORDS else "own"
    name = kind + "*" * (kind in BEFORE_OPENING)
    return f"| {name} | {members} | {_by(rule)} | {quorum} | {paper} | {judged} |"


def _by(rule: Rule) -> str:
    if isinstance(rule.by, tuple):
        return ", ".join(rule.by)
    return {KEY: "key", SIGNATORIES: "key and signatories"}[rule.by]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
