"""`repatria register`: a list as a file becomes persons, sealed and committed; disclosed to those who shall answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.erasure import commands as erasure
from repatria.office import Done
from repatria.people import commands
from repatria.people.register import read_register
from repatria.problem import Problem, Problems

app = noun("Registers of people: check a file, import it, see what would be shown, disclose, erase.")

Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="held or sought.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or XLSX file with headings.")]
DateFormat = Annotated[str | None, typer.Option("--dates", metavar="ORDER", help="dmy, mdy or ymd, if declared.")]
Register = Annotated[str, typer.Argument(metavar="REGISTER", help="The register's number, or `sought` / `held`.")]


@verb(app)
def check(file: File, kind: Kind, dates: DateFormat = None, party: str = "party") -> Said:
    """Every problem of a file at once, before anything is imported.

    Example: repatria register check list.csv --kind held
    """
    reading = _read(file, kind, dates, party)
    answer = {"people": len(reading.persons), "notes": len(reading.notes)}
    return Said(answer, problems=reading.problems)


@verb(app)
def import_(at: AtNode, file: File, kind: Kind, dates: DateFormat = None) -> Said | Done | list[Problem]:
    """Import a list, seal it, commit to it.

    Example: repatria register import north list.csv --kind held
    """
    reading = _read(file, kind, dates, at.node.member)
    return at.run(commands.commit_register, commands.CommitRegister(acting.alone(at), kind, reading))


@verb(app)
def preview(at: AtNode, register: Register) -> dict[str, Any]:
    """Exactly what would be disclosed under the terms in force, on this screen only.

    Example: repatria register preview north sought
    """
    return {"rows": commands.preview(at.given.records(_named(at, register)), commands.shown_fields(at.node.state()))}


@verb(app)
def disclose(
    at: AtNode,
    register: Register,
    to: Annotated[list[str], typer.Option("--to", metavar="MEMBER", help="Who may read it; may repeat.")],
) -> Done | list[Problem]:
    """Seal the identity fields to a reader.

    Example: repatria register disclose north sought --to south --key-file sig-1.key
    """
    request = commands.DiscloseRegister(acting.member(at), _named(at, register), tuple(to))
    return at.run(commands.disclose_register, request)


@verb(app)
def erase(
    at: AtNode,
    register: Register,
    rows: Annotated[list[str], typer.Argument(metavar="ROW...", help="The row numbers, as `register preview` shows.")],
) -> Done | list[Problem]:
    """Destroy records of an own register, and say in the ledger that they are erased, never why.

    Example: repatria register erase north sought ROW --key-file sig-1.key --key-file sig-2.key
    """
    request = erasure.EraseRecords(acting.member(at), _named(at, register), tuple(rows))
    done = at.run(erasure.erase_records, request)
    if isinstance(done, list):
        return done
    return replace(done, answer={**done.answer, "sealed_letters_carried": len(list(at.node.letters()))})


@verb(app)
def forget(at: AtNode) -> Done | list[Problem]:
    """Take out of this node what the ledger says is erased: by other members, or of letters that came in since.

    Example: repatria register forget south
    """
    return at.run(erasure.follow, acting.alone(at))


@verb(app, "list")
def list_(at: AtNode) -> dict[str, Any]:
    """The registers of the exchange.

    Example: repatria register list north
    """
    return {
        "registers": [
            {"register": name, "owner": fact.owner, "kind": fact.list_kind, "version": fact.version,
             "people": fact.rows, "erased": fact.erased, "asked": list(fact.asked),
             "answered": {holder: given.answered for holder, given in sorted(fact.answers.items())}}
            for name, fact in sorted(at.node.state().registers.items())
        ]
    }  # fmt: skip


def latest(at: AtNode, owner: str, kind: str) -> str | None:
    """The newest register of a member and kind in the ledger."""
    found = [
        (fact.version, name)
        for name, fact in at.node.state().registers.items()
        if (fact.owner, fact.list_kind) == (owner, kind)
    ]
    return max(found)[1] if found else None


Of = Annotated[str | None, typer.Option("--of", metavar="MEMBER", help="Whose register, where several have asked.")]


def asked(at: AtNode, of: str | None = None) -> str:
    """The newest register that was disclosed to this member for its answers.

    Raises:
        Problems: several members have disclosed one, and `of` does not say whose is meant.
    """
    found = {
        fact.owner: (fact.version, name)
        for name, fact in sorted(at.node.state().registers.items(), key=lambda item: item[1].version)
        if at.node.member in fact.asked and of in (None, fact.owner)
    }
    if len(found) > 1:
        what = f"{', '.join(sorted(found))} have each disclosed a register"
        raise Problems([Problem("register.whose", at.node.member, what, "say whose with --of")])
    return next(iter(found.values()))[1] if found else ""


def _named(at: AtNode, register: str) -> str:
    if register in ("held", "sought"):
        return latest(at, at.node.member, register) or register
    return register


def _read(file: Path, kind: str, dates: str | None, party: str) -> Any:
    from repatria.files.tables import read_table

    if kind not in ("held", "sought"):
        raise typer.BadParameter("--kind is held or sought")
    if dates not in (None, "dmy", "mdy", "ymd"):
        raise typer.BadParameter("--dates is dmy, mdy or ymd")
    return read_register(read_table(file), kind, party, dates)  # type: ignore[arg-type]
