"""The node's own copy of the ledger, verified as `repatria verify` does it: from its files, believing nothing kept."""

from __future__ import annotations

from dataclasses import dataclass

from repatria.audit.ledger import Audit, Check
from repatria.cli.reading import LedgerFolder
from repatria.cli.verify import audited, notes, problems_of
from repatria.ledger.note import parse_vkey
from repatria.message import Message
from repatria.problem import Problem
from repatria.web.served import Served

_UNCOSIGNED = "log.checkpoint.cosignature.missing"


@dataclass(frozen=True)
class Verified:
    """What the audit found, and which members' cosignatures this copy does not bear yet: said, and no fault of it."""

    audit: Audit
    problems: tuple[Problem, ...]
    cosigned: tuple[str, ...]
    uncosigned: tuple[str, ...]

    @property
    def checks(self) -> list[tuple[str, bool | None, Message]]:
        """Each check: its name, whether it holds (None where it could not be asked), what was checked."""
        return [(check.name, check.ok or (check.ok is False and _only_early(check)), check.what)
                for check in self.audit.checks]  # fmt: skip

    @property
    def notes(self) -> list[Message]:
        """What a reader of a yes must know."""
        return notes(self.audit, list(self.audit.checks))

    @property
    def holds(self) -> bool:
        return not self.problems and all(ok for _, ok, _ in self.checks)


def _only_early(check: Check) -> bool:
    return bool(check.problems) and all(problem.code == _UNCOSIGNED for problem in check.problems)


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
    audit = audited(folder, [parse_vkey(key) for key in (str(state.logs[0].key), *witnesses.values())])
    problems = tuple(each for each in problems_of(folder, list(audit.checks)) if each.code != _UNCOSIGNED)
    return Verified(audit, problems, cosigned, tuple(name for name in witnesses if name not in cosigned))
