"""`repatria verify LEDGER --vkeys FILE`: is a ledger true? Offline, on a folder or a stick, with nothing else at hand.

Ends with 0 where every check holds, 1 where one does not, 2 where it could not be asked (no such folder, keys that
are no keys, a node that does not open).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repatria.cli.reading import LedgerFolder, read_vkeys
from repatria.cli.show import PROBLEMS, USAGE, Said, progress, show
from repatria.cli.verb import AsJson, PassphraseFile, at_time, passphrase
from repatria.ledger.tiles import WIDTH
from repatria.message import Message
from repatria.problem import Problem, Problems
from repatria.report.audit_texts import told

if TYPE_CHECKING:
    from repatria.audit.ledger import Audit, Check

Ledger = Annotated[
    Path, typer.Argument(metavar="LEDGER", help="The ledger's folder, or the stick it came on.", show_default=False)
]
Vkeys = Annotated[
    Path,
    typer.Option(
        "--vkeys", metavar="FILE", help="The log's key, then its witnesses' keys, one per line.", show_default=False
    ),
]
Records = Annotated[
    Path | None,
    typer.Option("--records", metavar="NODE", help="A member's node: derive the classes again.", show_default=False),
]


def command(
    ledger: Ledger,
    vkeys: Vkeys,
    records: Records = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> int:
    """Check a ledger: every byte, signature and rule.

    Example: repatria verify stick/ledger --vkeys ledger.vkeys
    """
    try:
        folder, keys = opened(ledger, vkeys)
        audit = audited(folder, keys)
        checks = list(audit.checks)
        if records is not None:
            checks.append(_with_records(audit, records, passphrase_file))
    except Problems as error:
        show(Said(problems=error.problems), as_json)
        return USAGE
    return _show(audit, checks, problems_of(folder, checks), as_json)


def opened(ledger: Path, vkeys: Path) -> tuple[LedgerFolder, Any]:
    """The folder and the keys, or every problem of both."""
    problems: list[Problem] = []
    found: list[Any] = []
    for read, path in ((LedgerFolder, ledger), (read_vkeys, vkeys)):
        try:
            found.append(read(path))
        except Problems as error:
            problems += error.problems
    if problems:
        raise Problems(problems)
    return found[0], found[1]


def audited(folder: LedgerFolder, keys: Any) -> Audit:
    from repatria.audit.ledger import audit_ledger
    from repatria.store.provers import WORTH_WHILE, Provers

    bundles = sum(path.startswith("tile/entries/") for path in folder.paths())
    with Provers(None if bundles * WIDTH >= WORTH_WHILE else 0) as prove:
        return audit_ledger(folder.read, folder.paths, keys, progress(), prove)


def problems_of(folder: LedgerFolder, checks: list[Check]) -> list[Problem]:
    """What the folder and the checks found; what could not be read is not reported once more as missing."""
    unread = {problem.where for problem in folder.problems}
    found = [problem for check in checks for problem in check.problems]
    return [*folder.problems, *(p for p in found if p.where not in unread or "missing" not in p.code)]


def answer_of(audit: Audit, checks: list[Check], yes: bool) -> dict[str, Any]:
    """What `--json` and the table say."""
    return {
        "verdict": "yes" if yes else "no",
        "origin": audit.reading.origin or None,
        "size": audit.reading.size,
        "root": audit.reading.root.hex(),
        "checks": [{"check": check.name, "ok": check.ok, "checked": told(check.what)} for check in checks],
        "notes": [told(note) for note in notes(audit, checks)],
    }


def notes(audit: Audit, checks: list[Check]) -> list[Message]:
    """What a reader of a yes must know, but for what has been looked at besides."""
    derived = any(check.name == "records" and check.ok for check in checks)
    return [note for note in audit.warnings if not (derived and note.id == "audit.note.classes")]


def _show(audit: Audit, checks: list[Check], problems: list[Problem], as_json: bool) -> int:
    yes = not problems and all(check.ok for check in checks)
    answer = answer_of(audit, checks, yes)
    if as_json:
        return show(Said(answer, problems=problems), as_json)
    code = show(Said({name: answer[name] for name in ("origin", "size", "root", "checks")}, problems=problems))
    for note in answer["notes"]:
        print(f"note: {note}")
    failed = [check.name for check in checks if check.ok is False] or ["bytes"]
    if yes:
        print(f"yes: all {len(checks)} checks hold for the {audit.reading.size:,} entries of this ledger")
    else:
        unasked = sum(check.ok is None for check in checks)
        rest = f"; {unasked} checks could not be asked" if unasked else ""
        print(f"no: {len(problems):,} problem{'s'[: len(problems) != 1]} in {', '.join(failed)}{rest}")
    return code if yes else PROBLEMS


def _with_records(audit: Audit, node: Path, passphrase_file: Path | None) -> Check:
    """The check that only a member can make, with its own node open."""
    from repatria.audit.commands import check_records
    from repatria.store.node import NodeFolder

    with NodeFolder.open(node, passphrase(f"the node in {node.name}", passphrase_file)) as opened_node:
        given = opened_node.given(at_time(None))
        return check_records(audit, opened_node.member, opened_node.state().exchange, given)
