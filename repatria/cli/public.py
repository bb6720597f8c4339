"""`repatria public`: claims put on record, counts for the public signed, and what may be shown of both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria import __version__
from repatria.cli import acting
from repatria.cli.reading import read_vkeys
from repatria.cli.verb import AtNode, noun, verb
from repatria.deal.definitions import COUNTED, OFFICES, OUTSIDE
from repatria.files.dataset import export
from repatria.files.locales import load_language
from repatria.files.public import load_chronology
from repatria.files.site import check_folder, write_folder
from repatria.files.site import site as made
from repatria.files.whole import write_whole
from repatria.message import Message, Name
from repatria.office import Done
from repatria.problem import Problem
from repatria.public import commands
from repatria.public.record import Ledger, Record
from repatria.report.language import CODES

app = noun("The public: what was said, and what every party confirmed, told apart.")


@verb(app)
def claim(
    at: AtNode,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="How many, as it was said.")],
    speaker: Annotated[str, typer.Option("--speaker", metavar="NAME", help="A member, or such as north-ombudsman.")],
    said_on: Annotated[str, typer.Option("--said-on", metavar="DAY", help="When it was said.")],
    counted: Annotated[str, typer.Option("--counted", metavar="CODE", help="One of `public definitions`.")],
    source: Annotated[Path, typer.Option("--source", metavar="FILE", help="What was published; its hash is recorded.")],
    of: Annotated[str | None, typer.Option("--of", metavar="PARTY", help="Whose people were counted.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Counted from this day on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="To this day; else when said.")] = None,
) -> Done | list[Problem]:
    """Put on record what somebody said in public; it confirms nothing.

    Example: repatria public claim gulf 307 --speaker north-ombudsman --said-on 2025-12-10 \
--counted came-home --of north --source page.html
    """
    request = commands.RecordClaim(
        acting.alone(at), speaker, said_on, counted, of, since, until or said_on, number, source.read_bytes()
    )
    return at.run(commands.record_claim, request)


@verb(app)
def counts(at: AtNode) -> Done | list[Problem]:
    """Sign the table of counts for the public; it is published when every party and a mediator have.

    Example: repatria public counts north --key-file sig-1.key --key-file sig-2.key
    """
    return at.run(commands.publish_counts, commands.PublishCounts(acting.member(at)))


@verb(app)
def show(at: AtNode) -> dict[str, Any]:
    """What may be shown: claims by speaker, and the counts that were published.

    Example: repatria public show north
    """
    from repatria.files.locales import load_language

    say, shown = load_language("en").say, commands.shown(at.node.state(), at.given)
    claims = [
        {**row, "why": say(Message(row["why"], {"who": tuple(map(Name, row["against"]))}))} for row in shown["claims"]
    ]
    return {**shown, "claims": claims}


@verb(app)
def prove(
    at: AtNode,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the table with its proof.")],
) -> dict[str, Any] | list[Problem]:
    """The latest table that was published, with the proof that its signatures stand in the log, and nothing else of it.

    Example: repatria public prove north --out counts.json
    """
    found = commands.proven_table(at.node.ledger_state(), at.given.attachment, at.node.prove)
    if isinstance(found, list):
        return found
    write_whole(out, found.data, 0o644)
    return {"table": found.table, "entries": found.entries, "signed_by": list(found.by), "file": out.name}


@verb(app)
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `public prove` wrote.")],
    vkeys: Annotated[Path, typer.Option("--vkeys", metavar="FILE", help="Keys of the log and its witnesses.")],
) -> dict[str, Any] | list[Problem]:
    """Check a published table with its proof, with no ledger at hand: the rows, who signed them, who cosigned the log.

    The log's key is the one of its own kind that bears the log's name, wherever it stands in the file; the answer says
    which it was.

    Example: repatria public verify counts.json --vkeys ledger.vkeys
    """
    return commands.verify_table(file.read_bytes(), file.name, read_vkeys(vkeys, in_order=False))


@verb(app)
def definitions() -> dict[str, Any]:
    """How numbers can have been counted, and who can have said them.

    Example: repatria public definitions
    """
    return {
        "counted": [
            {"code": code, "of_a_party": each.of_a_party, "counts": each.says} for code, each in COUNTED.items()
        ],
        "offices": list(OFFICES),
        "outside": list(OUTSIDE),
    }


@verb(app)
def site(
    at: AtNode | None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new or empty folder, or one made before.")],
    language: Annotated[
        list[str] | None, typer.Option("--language", metavar="CODE", help=f"{', '.join(CODES)}; by default all.")
    ] = None,
    names: Annotated[Path | None, typer.Option("--names", metavar="FILE", help="What members are called.")] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Tables as Parquet too; takes the extra scale.")] = False,
) -> dict[str, Any] | list[Problem]:
    """The public pages as files, in five languages, with their data: opened from a disk, with no server and no script.

    Without --node the chronology alone; with it also what the node's exchange has published of itself.

    Example: repatria public site --node north --out public
    """
    codes = list(dict.fromkeys(language or CODES))
    if strange := sorted(set(codes) - set(CODES)):
        do = f"one of {', '.join(CODES)}"
        return [Problem("public.language", code, "no language of the pages", do) for code in strange]
    check_folder(out)
    record = Record(load_chronology(), None if at is None else ledger_of(at), __version__)
    exported = export(record, parquet)
    files = made(record, {code: load_language(code, names) for code in codes}, exported)
    write_folder(out, files)
    return {"folder": out.name, "pages": sum(name.endswith(".html") for name in files), "files": len(exported.data),
            "edition": record.edition, "hash": record.hash}  # fmt: skip


def ledger_of(at: AtNode) -> Ledger | None:
    """What the node's exchange has published of itself, as its pages show it; None where there is no exchange."""
    found = commands.published_ledger(at.node.ledger_state(), at.given.attachment, at.node.prove)
    return commands.as_shown(found, at.given.document(commands.SHOWN))
