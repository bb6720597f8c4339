"""The node's own copy of the ledger, verified as `repatria verify` does it: from its files, believing nothing kept."""

from __future__ import annotations

from dataclasses import dataclass

from repatria.audit.ledger import Audit
from repatria.cli.reading import LedgerFolder
from repatria.cli.verify import audited, problems_of
from repatria.ledger.note import parse_vkey
from repatria.problem import Problem
from repatria.web.served import Served


@dataclass(frozen=True)
class Verified:
    """What the audit found."""

    audit: Audit
    problems: tuple[Problem, ...]
    cosigned: tuple[str, ...]  # members whose cosignature this copy bears, each verified
    uncosigned: tuple[str, ...]  # members whose cosignature has not come yet: said, and no problem of the copy

    @property
    def holds(self) -> bool:
        return not self.problems and all(check.ok for check in self.audit.checks)


def verified(served: Served) -> Verified | None:
    """Every byte, signature and rule of the ledger as it lies in the node's folder; None where there is none yet.

    A node's copy is newer than the last stick that went round, so that not every witness has cosigned it yet.
    """
    with served.lock:
        state, ledger = served.node.ledger_state(), served.node.ledger
        if ledger is None or ledger.checkpoint() is None:
            return None
        folder = LedgerFolder(served.node.path / "ledger")
        cosigned = tuple(served.node.cosigners())
    witnesses = {name: str(fact.witness) for name, fact in sorted(state.members.items()) if fact.witness is not None}
    keys = [parse_vkey(key) for key in (str(state.logs[0].key), *(witnesses[name] for name in cosigned))]
    audit = audited(folder, keys)
    missing = tuple(name for name in witnesses if name not in cosigned)
    return Verified(audit, tuple(problems_of(folder, list(audit.checks))), cosigned, missing)
