"""`repatria register`: a list as a file becomes persons, sealed and committed; disclosed to those who shall answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from repatria.cli import acting
from repatria.cli.listfile import AnyKind, File, Kind, OldReadAs, OpenAs, ReadAs, beside, known_kind
from repatria.cli.looking import COLUMNS, changed_cells, look, records_of, remembered, told, with_doubts_across
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, at_time, noun, verb
from repatria.erasure import commands as erasure
from repatria.files.tables import read_text
from repatria.files.whole import write_whole
from repatria.office import Done
from repatria.people import commands
from repatria.people.columns import columns_to_toml, understood
from repatria.people.doubts import SHALL_BE_KNOWN
from repatria.people.person import IDENTITY_FIELDS, ListKind, person_to_fields
from repatria.people.tracing import KINDS as TRACED
from repatria.people.tracing import LONGEST_DAYS, READERS, to_trace
from repatria.people.vocabulary import LANGUAGES
from repatria.problem import Problem, Problems

if TYPE_CHECKING:
    from repatria.linkage.across import Elsewhere
    from repatria.report.readiness import Agreed

app = noun("Registers of people: check a file, compare two versions, import, see what would be shown, disclose, erase.")

Sender = Annotated[
    str, typer.Option("--from", metavar="SENDER", help="Whose columns these are, in any words; remembered in the node.")
]
Language = Annotated[str, typer.Option("--language", metavar="CODE", help=f"{', '.join(LANGUAGES)}.")]
Party = Annotated[str, typer.Option("--party", metavar="MEMBER", help="Whose list it is.")]
CATEGORIES = tuple(SHALL_BE_KNOWN)
SHOWN = 20  # rows on the screen
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+")
Register = Annotated[str, typer.Argument(metavar="REGISTER", help="The register's number, or `sought` / `held`.")]


@verb(app)
def columns(
    file: File,
    how: OpenAs,
    remember: Annotated[
        bool, typer.Option("--remember", help="Write the map beside the file, to be read with it.")
    ] = False,
) -> Said:
    """How each column of a file is understood, with samples on this screen only; corrected with --map.

    Example: repatria register columns list.xlsx --map "Callsign=unknown" --map C=unit --remember
    """
    table, said = how.table(file), how.columns_of(file)
    if remember:
        write_whole(beside(file), columns_to_toml(said.by_heading(table)).encode())
    rows = [
        {"column": at.letters, "heading": at.heading, "field": at.field or "", "by": at.by, "samples": list(at.samples)}
        for at in understood(table, said)
    ]
    return Said({"columns": rows}, problems=table.notes)


@verb(app)
def check(
    at: AtNode | None,
    file: File,
    kind: AnyKind,
    how: ReadAs,
    party: Party = "party",
    sender: Sender = "",
    released: Annotated[
        list[Path] | None,
        typer.Option("--released", metavar="FILE", help="People already released, as a list; may repeat."),
    ] = None,
    held: Annotated[
        list[Path] | None,
        typer.Option("--held", metavar="FILE", help="People whom somebody says it holds, as a list; may repeat."),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day ages are told at; else today.")] = None,
    annotated: Annotated[
        Path | None,
        typer.Option("--annotated", metavar="FILE", help="An XLSX of the file with its problems at the cells."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="An HTML page of the list's figures; no names.")
    ] = None,
    language: Language = "en",
) -> Said:
    """Every problem of a file at once, and how good the list is, before anything is imported; it needs no node.

    With --node, or lists of the --released and the --held, also who is probably one of them already.

    Example: repatria register check list.csv --kind sought --released march.xlsx --held own-camps.csv
    """
    from repatria.linkage.across import listed_in

    table, said = how.table(file), how.columns_of(file)
    elsewhere: list[Elsewhere] = []
    stopped: list[Problem] = []
    if at is not None:
        from repatria.linkage.commands import known_elsewhere

        party = at.node.member if party == "party" else party
        said = said.over(remembered(at.given, sender or at.node.member))
        elsewhere += known_elsewhere(at.node.state(), at.given, at.node.member, known_kind(kind))
    for other, gone in [*((each, True) for each in released or ()), *((each, False) for each in held or ())]:
        as_other = ReadAs(seconds=how.seconds, megabytes=how.megabytes)
        beside_it = as_other.register(as_other.table(other), as_other.columns_of(other), "missing", "party")
        stopped += [problem for problem in beside_it.stopping if problem.code != "import.source.differs"]
        elsewhere.append(listed_in(other.name, gone, [row.texts() for row in beside_it.cells]))
    reading = how.register(table, said, known_kind(kind), party)
    looked = look(table, reading, known_kind(kind), party, _day(on), elsewhere)
    if annotated is not None:
        from repatria.files.lists import format_annotated
        from repatria.files.locales import load_retelling

        marked = (*looked.problems, *looked.gaps)
        write_whole(annotated, format_annotated(looked.table, marked, load_retelling(known_language(language))))
    if page is not None:
        from repatria.files.locales import load_language
        from repatria.report.quality import format_quality

        text = format_quality(looked.quality, _day(on).isoformat(), load_language(known_language(language)))
        write_whole(page, text.encode())
    return Said(looked.answer, problems=(*stopped, *looked.problems))


@verb(app)
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier version: CSV or XLSX.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later version.")],
    kind: AnyKind,
    how: ReadAs,
    old_as: OldReadAs,
    party: Party = "party",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="An XLSX of the later version, with names and changes.")
    ] = None,
) -> Said:
    """Two versions of a list, person by person: who was added, who is gone, what changed; counts first, no names.

    What is said of the files is said of both, except where an --old- option says otherwise of the earlier one.

    Example: repatria register compare monday.csv friday.csv --kind held --map Callsign=unit --old-encoding cp1251
    """
    from repatria.linkage.versions import compare_versions

    earlier = old_as.instead_of(how)
    tables = [earlier.table(old), how.table(new)]
    of_new = how.columns_of(new).by_heading(tables[1])  # by heading, since the letters are those of the later version
    columns = [earlier.columns_of(old).over(of_new), of_new]
    readings = [
        each.register(table, said, known_kind(kind), party)
        for each, table, said in zip((earlier, how), tables, columns, strict=True)
    ]
    before, after = (list(records_of(reading)) for reading in readings)
    found = compare_versions(before, after)
    if out is not None:
        from repatria.files.lists import format_compared

        write_whole(out, format_compared(tables[1], changed_cells(tables[1], readings[1], found), told(found)))
    return Said(found.as_json(), problems=[problem for reading in readings for problem in reading.stopping])


@verb(app)
def ready(
    file: File,
    kind: AnyKind,
    how: ReadAs,
    party: Party = "party",
    terms: Annotated[
        Path | None, typer.Option("--terms", metavar="FILE", help="Terms in TOML, of which --party is a party.")
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="CATEGORY", help=f"{', '.join(CATEGORIES)}.")
    ] = None,
) -> Said:
    """How many of a list can be named in a round now, and what each of the others lacks; by terms, if there are any.

    Example: repatria register ready list.csv --kind held --terms terms.toml --party north
    """
    from repatria.report.readiness import readiness

    if category is not None and category not in CATEGORIES:
        raise typer.BadParameter(f"--category is one of {', '.join(CATEGORIES)}")
    agreed = _agreed(terms, party) if terms is not None else None
    table = how.table(file)
    reading = how.register(table, how.columns_of(file), known_kind(kind), party)
    found = readiness({row.number: row.texts() for row in reading.cells}, known_kind(kind), category, agreed)
    rows = [
        f"  row {each.row}: {'; '.join(filter(None, (', '.join(each.lacks).replace('_', ' '), each.why_not)))}"
        for each in found.rows
        if not each.ready
    ]
    more = [f"  and {len(rows) - SHOWN:,} more rows: --json has all of them"] if len(rows) > SHOWN else []
    page = "\n".join([*found.in_words(), *rows[:SHOWN], *more, ""])
    return Said(found.as_json(), problems=reading.stopping, page=page)


def _agreed(file: Path, party: str) -> Agreed:
    from repatria.deal.commands.terms import check_terms
    from repatria.files.law import figures
    from repatria.report.readiness import Agreed

    checked = check_terms(read_text(file), file.name, figures())
    if checked.terms is None or checked.problems:
        raise Problems(checked.problems)
    if party not in checked.terms.parties:
        parties = ", ".join(checked.terms.parties)
        raise Problems([Problem("terms.party", file.name, f"no party of these terms ({parties})", "name it: --party")])
    return Agreed(checked.terms, checked.categories, checked.quotas, party)


@verb(app)
def template(
    kind: AnyKind,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The workbook to write.")],
    language: Language = "en",
) -> dict[str, Any]:
    """An empty list to fill in: headings that are read again, words to choose from, a sheet of help.

    Example: repatria register template --kind held --language uk --out list.xlsx
    """
    from repatria.files.lists import format_template
    from repatria.files.locales import load_language
    from repatria.people.written import TEMPLATE

    write_whole(out, format_template(known_kind(kind), load_language(known_language(language))))
    return {"kind": kind, "language": language, "columns": len(TEMPLATE), "file": out.name}


@verb(app)
def dictionary(
    kind: AnyKind,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .xlsx or .csv file; nobody is in it.")],
    language: Language = "en",
) -> dict[str, Any]:
    """What every column of a list means: its words, an example, which article wants it of whom, and who may see it.

    Example: repatria register dictionary --kind held --language tr --out columns.xlsx
    """
    from repatria.files.lists import write_dictionary
    from repatria.files.locales import load_language

    known = known_kind(kind)
    count = write_dictionary(out, known, load_language(known_language(language)))
    return {"kind": kind, "language": language, "columns": count, "file": out.name}


@verb(app)
def export(
    at: AtNode,
    register: Register,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .xlsx or .csv file; it will hold names.")],
    language: Language = "en",
) -> dict[str, Any]:
    """Write a register of this node as a list, with what its columns mean; importing it gives the same records.

    Example: repatria register export north held --out held.xlsx --language uk
    """
    from repatria.files.lists import write_list
    from repatria.files.locales import load_language

    name = _named(at, register)
    fact, records = at.node.state().registers.get(name), at.given.records(name)
    if fact is None or not records:
        what = "no such register in this node"
        raise Problems([Problem("register.unknown", register, what, "look at the registers")])
    ordered = sorted((record.fields for record in records), key=lambda fields: fields.get("record_id", ""))
    write_list(out, ordered, cast(ListKind, str(fact.list_kind)), load_language(known_language(language)))
    return {"register": name, "people": len(records), "language": language, "file": out.name}


@verb(app)
def trace(
    at: AtNode | None,
    register: Annotated[str, typer.Argument(metavar="REGISTER", help="A register of --node, or a FILE with --kind.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PFIF 1.4 file to write; it will hold names.")],
    reader: Annotated[str, typer.Option("--for", metavar="READER", help=f"Who gets it: {', '.join(READERS)}.")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="The day it is to be deleted, within a year.")],
    domain: Annotated[str, typer.Option("--domain", metavar="DOMAIN", help="Yours, as in north.example.")],
    how: ReadAs,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="REGISTER is a file: sought or missing.")]
    = None,
) -> dict[str, Any] | list[Problem]:
    """Write the sought as PFIF for authorised tracing: only those who agreed to it, identity alone, with an end.

    Example: repatria register trace missing.csv --kind missing --for icrc --until 2026-06-01 --domain north.example
    --out trace.xml
    """
    from repatria.files.pfif import format_pfif

    today = _day(at.given.now[:10] if at is not None else None)
    end = _until(until, today)
    if reader not in READERS or not _DOMAIN.fullmatch(domain):
        raise typer.BadParameter(f"--for is one of {', '.join(READERS)}; --domain is such as north.example")
    if kind is not None:
        file = Path(register)
        reading = how.register(how.table(file), how.columns_of(file), known_kind(kind, TRACED), "party")
        if reading.stopping:
            return list(reading.stopping)
        records: list[Mapping[str, str]] = [person_to_fields(person) for person in reading.persons]
    elif at is None:
        raise typer.BadParameter("say which --node the register is of, or --kind where REGISTER is a file")
    else:
        name = _named(at, register)
        fact, own = at.node.state().registers.get(name), at.given.records(name)
        if fact is None or not own:
            what = "no such register in this node"
            return [Problem("register.unknown", register, what, "look at the registers")]
        if fact.list_kind not in TRACED:
            what = f"a register of kind {fact.list_kind} is not for tracing: it would say who is held"
            return [Problem("register.held_whole", register, what, "trace the people you seek")]
        records = sorted((record.fields for record in own), key=lambda fields: fields.get("record_id", ""))
    people, left = to_trace(records, reader, end, today)
    if not people:
        what = f"of {len(records)} people nobody may be given to this reader: " + ", ".join(
            f"{why.replace('_', ' ')} {count}" for why, count in left.items()
        )
        do = "record whom each may be shared with, under sharing consent"
        return [Problem("tracing.nobody", register, what, do, "Data protection")]
    sender = at.node.member if at is not None else domain
    write_whole(out, format_pfif(people, domain, sender, today, reader))
    elements = sorted({name for person in people for name in person.fields if name != "id"})
    return {
        "for": reader, "people": len(people), "left_out": left, "shown": ["person_record_id", *elements],
        "birth_dates_widened": sum(person.widened for person in people), "delete_by": end.isoformat(), "file": out.name,
    }  # fmt: skip


@verb(app)
def import_(
    at: AtNode,
    file: File,
    kind: Kind,
    how: ReadAs,
    sender: Sender = "",
) -> Said | Done | list[Problem]:
    """Import a list, seal it, commit to it; told besides: who was probably released, or is held and sought.

    Example: repatria register import north list.csv --kind held
    """
    table = how.table(file)
    sender = sender or at.node.member
    said = how.columns_of(file).over(remembered(at.given, sender)).by_heading(table)
    reading = how.register(table, said, known_kind(kind, ("held", "sought")), at.node.member)
    reading = with_doubts_across(reading, table, at.node.state(), at.given, at.node.member, known_kind(kind))
    remember = {f"{COLUMNS}{sender}": columns_to_toml(said).encode()} if said.fields else {}
    return at.run(commands.commit_register, commands.CommitRegister(acting.alone(at), kind, reading, remember))


@verb(app)
def preview(
    at: AtNode | None,
    register: Annotated[str, typer.Argument(metavar="REGISTER", help="A register of --node, or a FILE with --kind.")],
    how: ReadAs,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="REGISTER is a file of this kind.")] = None,
    reader: Annotated[str | None, typer.Option("--for", metavar="MEMBER", help="Who would see it.")] = None,
) -> dict[str, Any] | list[Problem]:
    """Exactly what another member would see of a register, or of a file before it is committed; on this screen only.

    Example: repatria register preview sought.csv --kind sought --for south
    """
    state = at.node.state() if at is not None else None
    owner = at.node.member if at is not None else ""
    fields = commands.shown_fields(state) if state is not None else IDENTITY_FIELDS
    if kind is not None:
        file = Path(register)
        table, said = how.table(file), how.columns_of(file)
        if at is not None:
            said = said.over(remembered(at.given, owner))
        reading = how.register(table, said, known_kind(kind, ("held", "sought")), owner or "party")
        if reading.stopping:
            return list(reading.stopping)
        rows = [
            {"row": str(row), "fields": {name: texts[name] for name in fields if name in texts}}
            for row, texts in zip(reading.rows, map(person_to_fields, reading.persons), strict=True)
        ]
    elif at is None or state is None:
        raise typer.BadParameter("say which --node the register is of, or --kind where REGISTER is a file")
    else:
        name = _named(at, register)
        rows = commands.preview(at.given.records(name), fields)
        kind = state.registers[name].list_kind if name in state.registers else ""
    if reader is None:
        return {"rows": rows}
    nothing = commands.sees_nothing(state, owner, reader, kind)
    if nothing is not None and nothing.code == "register.to":
        return [nothing]
    return {
        "for": reader,
        "in_the_ledger": {"kind": kind, "people": len(rows)},  # what a commitment shows to every member
        "fields": [] if nothing else list(fields),
        "people": 0 if nothing else len(rows),
        "why_nobody": nothing.what if nothing else None,
        "rows": [] if nothing else rows,
    }


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
    language: Language = "en",
) -> Done | list[Problem]:
    """Destroy records of an own register, and say in the ledger that they are erased, never why.

    Example: repatria register erase north sought ROW --key-file sig-1.key --key-file sig-2.key
    """
    from repatria.files.locales import load_language

    say = load_language(known_language(language))
    request = erasure.EraseRecords(acting.member(at), _named(at, register), tuple(rows))
    done = at.run(erasure.erase_records, request)
    if isinstance(done, list):
        return done
    told = {"copies": [say.sentence(each) for each in done.answer["copies"]]}
    return replace(done, answer={**done.answer, **told, "sealed_letters_carried": len(list(at.node.letters()))})


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


def known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise typer.BadParameter(f"--language is one of {', '.join(LANGUAGES)}")
    return code


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or at_time(None)[:10])
    except ValueError:
        raise typer.BadParameter("--on is a day such as 2025-12-01") from None


def _until(text: str, today: date) -> date:
    try:
        end = date.fromisoformat(text)
    except ValueError:
        end = today
    if not today < end <= today + timedelta(days=LONGEST_DAYS):
        raise typer.BadParameter(f"--until is a day within {LONGEST_DAYS} days, such as {today + timedelta(days=180)}")
    return end


def _named(at: AtNode, register: str) -> str:
    if register in ("held", "sought"):
        return latest(at, at.node.member, register) or register
    return register
