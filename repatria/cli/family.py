"""`repatria family`: who asks for somebody, what they are told, and by what they can check it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from weakref import WeakKeyDictionary

import typer

from repatria.cli.register import Language, known_language
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.families import commands
from repatria.families.case import (
    ENDS,
    HOW_HANDED,
    IDENTITY,
    KINSHIP_SHOWN,
    LANGUAGES,
    RELEASE_WHY,
    Case,
    parse_request,
)
from repatria.families.commands import Known, Lists, case_of, cases, not_to_be_told
from repatria.files.locales import load_language
from repatria.files.whole import write_whole
from repatria.ledger.note import encode_b64
from repatria.office import Done
from repatria.problem import Problem

if TYPE_CHECKING:
    from repatria.exchange.state import State
    from repatria.report.blocks import Document
    from repatria.store.tiles import LogStore

app = noun("Families: requests, letters and the page by which a family checks; what is held about somebody.")

CaseNumber = Annotated[str, typer.Argument(metavar="CASE", help="The case's number.", show_default=False)]
Who = Annotated[str, typer.Option("--who", metavar="NAME", help="Who does it, by their name at this office.")]
OPENED_NAMES = ("family_name", "given_names", "father_name")


@verb(app)
def take(
    at: AtNode,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The request, as TOML.", show_default=False)],
) -> Done | list[Problem]:
    """Take in a tracing request: whom a family asks for, and who asks. It stays in this node's vault.

    A file has the tables [sought], with fields of a list such as family_name and date_of_birth, and [enquirer] with
    name, kinship, reach and language.

    Example: repatria family take north request.toml
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [Problem("family.toml", file.name, "not UTF-8 text", "save it as UTF-8")]
    request = parse_request(text, file.name)
    return at.run(commands.take_request, commands.TakeRequest(request))


@verb(app)
def match(
    at: AtNode,
    case: CaseNumber,
    row: Annotated[
        str | None, typer.Argument(metavar="ROW", help="The row of our own list of the sought.", show_default=False)
    ] = None,
    who: Who = "officer",
) -> Done | list[Problem]:
    """Who is asked for: without ROW the likeliest rows of our own list, with it somebody's word that it is that one.

    Example: repatria family match north CASE ROW --who officer-2
    """
    if row is None:
        return at.run(commands.find_rows, commands.FindRows(at.node.member, case))
    return at.run(commands.match_case, commands.MatchCase(at.node.member, case, row, at.by(who)))


@verb(app)
def check(
    at: AtNode,
    case: CaseNumber,
    identity: Annotated[str, typer.Option("--identity", metavar="WORD", help=", ".join(IDENTITY))],
    kinship: Annotated[str, typer.Option("--kinship", metavar="WORD", help=", ".join(KINSHIP_SHOWN))],
    who: Who = "liaison",
) -> Done | list[Problem]:
    """Say by which papers whoever asks has shown who they are and how they belong to the person.

    Example: repatria family check north CASE --identity passport --kinship birth_record
    """
    return at.run(commands.check_family, commands.CheckFamily(case, identity, kinship, at.by(who)))


@verb(app, "list")
def list_(at: AtNode) -> dict[str, Any]:
    """The cases, by number and where they stand, and what families are owed before the public hears; no names.

    Example: repatria family list north
    """
    state = at.node.state()
    known = Known(state, at.given, at.node.member)
    found = cases(at.given)
    rows = [
        {
            "case": each.number, "since": each.received[:10], "state": known.state_of(each),
            "status": known.told(each).status, "next": commands.next_step(known, each), "letters": len(each.letters),
        }
        for each in found
    ]  # fmt: skip
    owed = [
        {"stage": each.stage, "letters": len(each.letters), "nobody_asked": len(each.unasked)}
        for each in commands.owed(known, state.counted_stages)
    ]
    return {**commands.counted(known, found), "rows": rows, "owed_before_the_public": owed}


@verb(app)
def status(
    at: AtNode, case: CaseNumber, who: Who = "liaison", language: Language = "en"
) -> dict[str, Any] | list[Problem]:
    """What may be said now to whoever asked, in words; it goes on the record of reads.

    Example: repatria family status north CASE --language uk
    """
    found, problems = _tellable(at, case)
    if found is None:
        return problems
    record(at, who, "family-status", [found.number])
    from repatria.message import Day, Message

    told = Known(at.node.state(), at.given, at.node.member).told(found)
    say = load_language(known_language(language)).sentence
    day = {} if told.day is None else {"day": Day(told.day, full=True)}
    text = [say(Message(f"letter.status.{told.status}")), say(Message(f"letter.kind.{told.kind}", day))]
    return {"case": found.number, "status": told.status, "kind": told.kind, "text": text}


@verb(app)
def letter(
    at: AtNode,
    case: CaseNumber,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The letter, one HTML file; it holds names.")],
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="The same for print, as PDF.")] = None,
    proof: Annotated[
        Path | None, typer.Option("--proof", metavar="FOLDER", help="Where the page goes by which the family checks.")
    ] = None,
    without_proof: Annotated[bool, typer.Option("--without-proof", help="No page to check goes with it.")] = False,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="By default that of whoever asks.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", metavar="FILE", help="What members are called, by language.")
    ] = None,
    who: Who = "liaison",
) -> Done | list[Problem]:
    """Write the letter that follows from the facts, to whoever is entitled, and the page by which they check.

    Example: repatria family letter north CASE --out letter.html --pdf letter.pdf --proof stick
    """
    found, problems = _tellable(at, case)
    if found is None:
        return problems
    if (proof is None) != without_proof:
        do = "name a folder with --proof, or say --without-proof"
        return [Problem("family.proof", "--proof", "it is not said whether a page to check goes with it", do)]
    made = prepare(at, found, known_language(language or found.enquirer.language), who, proof is not None, names)
    if isinstance(made, list):
        return made
    files: dict[Path, bytes] = {}
    if pdf is not None:  # first: where no typesetter is installed nothing is kept
        from repatria.files.pdf import pdf as printed
        from repatria.report.blocks import print_data

        files[pdf] = printed(print_data(made.document))
    files[out] = made.html()
    if proof is not None and made.page is not None:
        files[proof / made.page_name] = made.page
    done = at.run(commands.write_letter_of, made.request)
    if isinstance(done, list):
        return done
    record(at, who, "family-letter", [found.number])
    if proof is not None:
        proof.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        write_whole(path, data)
    return Done(done.events, {**done.answer, "files": sorted(path.name for path in files)})


@verb(app)
def hand(
    at: AtNode,
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="The letter's number.", show_default=False)],
    how: Annotated[str, typer.Option("--how", metavar="WORD", help=", ".join(HOW_HANDED))],
    who: Who = "liaison",
) -> Done | list[Problem]:
    """Say that a letter was handed over; each is handed over once, and only while it still says what is so.

    Example: repatria family hand north LETTER --how in_person
    """
    done = at.run(commands.hand_letter, commands.HandLetter(at.node.member, letter, how, at.by(who)))
    if not isinstance(done, list):
        record(at, who, "family-handed", [str(done.answer["case"])])
    return done


@verb(app)
def end(
    at: AtNode,
    case: CaseNumber,
    why: Annotated[str, typer.Option("--why", metavar="WORD", help=", ".join(ENDS))],
    who: Who = "liaison",
) -> Done | list[Problem]:
    """End a case before anybody is home.

    Example: repatria family end north CASE --why withdrawn
    """
    return at.run(commands.end_case, commands.EndCase(case, why, at.by(who)))


@verb(app)
def release(
    at: AtNode,
    stage: Annotated[list[str], typer.Option("--stage", metavar="STAGE", help="A stage that is over; may repeat.")],
    why: Annotated[str, typer.Option("--why", metavar="WORD", help=", ".join(RELEASE_WHY))],
    number: Annotated[
        list[str] | None, typer.Option("--number", metavar="NUMBER", help="Of whom; may repeat. Without: all unasked.")
    ] = None,
    who: Who = "liaison",
) -> Done | list[Problem]:
    """Let the public hear of people of stages before a letter: without --number, of all for whom nobody has asked.

    Example: repatria family release north --stage s1 --why nobody_asks
    """
    by = at.by(who)
    request = commands.ReleaseStages(at.node.member, tuple(stage), why, by, tuple(number or ()))
    return at.run(commands.release_stages, request)


@verb(app)
def about(
    at: AtNode,
    row: Annotated[
        str,
        typer.Argument(
            metavar="ROW", help="A row of one of our own lists, or its record number there.", show_default=False
        ),
    ],
    identity: Annotated[
        str, typer.Option("--identity", metavar="WORD", help=f"How they showed who they are: {', '.join(IDENTITY)}")
    ],
    acting: Annotated[str, typer.Option("--as", metavar="WORD", help="self or representative.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="One HTML file; it holds names.")],
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="The same for print, as PDF.")] = None,
    language: Language = "en",
    names: Annotated[
        Path | None, typer.Option("--names", metavar="FILE", help="What members are called, by language.")
    ] = None,
    who: Who = "liaison",
) -> Done | list[Problem]:
    """Everything that this office holds about one person, in their language, and what is not given and why.

    For the person themselves, or whoever may act for them, after identity was shown; that it was given is kept.

    Example: repatria family about north ROW --identity passport --as self --out about.html --language uk
    """
    given = held_about(at, row, identity, acting, known_language(language), who, names)
    if isinstance(given, list):
        return given
    request, document = given
    files: dict[Path, bytes] = {}
    if pdf is not None:
        from repatria.files.pdf import pdf as printed
        from repatria.report.blocks import print_data

        files[pdf] = printed(print_data(document))
    from repatria.report.blocks import page
    from repatria.report.plan_document import PAGE_CSS

    files[out] = page(document, PAGE_CSS).encode()
    done = at.run(commands.give_about, request)
    if isinstance(done, list):
        return done
    record(at, who, "family-about", [request.row])
    for path, data in files.items():
        write_whole(path, data)
    return Done(done.events, {**done.answer, "files": sorted(path.name for path in files)})


@verb(app)
def verify(
    page: Annotated[Path, typer.Argument(metavar="PAGE", help="The page that came with a letter.", show_default=False)],
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="The code of the letter.")],
    language: Language = "en",
) -> Said | list[Problem]:
    """Check a family's page without a browser, by the code of the letter; nothing but the file is read.

    Example: repatria family verify check-0f3a.html --code 0123-4567-89AB-CDEF-GHJK
    """
    from repatria.families.proof import Wrong, check_bundle
    from repatria.files.families import sealed_in
    from repatria.message import Message
    from repatria.store.vault import open_under_code

    say = load_language(known_language(language)).sentence
    try:
        found = sealed_in(page.read_bytes())
        raw = None if found is None else open_under_code(found[1], code.strip().upper(), found[0])
        if found is None or raw is None:
            raise Wrong("form" if found is None else "code")
        shown = check_bundle(_in_json(raw))
    except Wrong as wrong:
        text = say(Message(f"check.wrong.{wrong.code}", wrong.places))
        do = "ask the family liaison for another file, and do not rely on this one"
        return Said({"right": False, "text": text}, problems=[Problem(f"family.{wrong.code}", page.name, text, do)])
    answer = {
        "right": True, "registers": list(shown.registers), "lists": [version for _, version, _ in shown.lists],
        "signed_by": sorted({member for *_, who in shown.lists for member in who}), "vouched_by": list(shown.witnesses),
        "entries": shown.size, "text": say(Message("check.right")),
    }  # fmt: skip
    return Said(answer)


def _in_json(raw: bytes) -> Any:
    """What somebody has sealed, who may have sealed anything."""
    from repatria.families.proof import Wrong

    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Wrong("form") from None


# --- what the pages ask for as well ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prepared:
    """A letter before it is kept: what is asked of the office, the letter, and the page that goes with it."""

    request: commands.WriteLetter
    document: Document
    page_name: str = ""
    page: bytes | None = None

    def html(self) -> bytes:
        from repatria.report.blocks import page
        from repatria.report.plan_document import PAGE_CSS

        return page(self.document, PAGE_CSS).encode()


def record(at: AtNode, who: str, what: str, about: Sequence[str]) -> None:
    """Put on the node's record of reads that somebody was told or shown this; no name goes there."""
    from repatria.store.reads import Read, Reads

    Reads(at.node.path / "reads").add(Read(at.given.now, at.by(who), what, True, "family", tuple(about)))


def prepare(
    at: AtNode, case: Case, language: str, who: str, with_proof: bool, names: Path | None = None,
    known: Known | None = None,
) -> Prepared | list[Problem]:  # fmt: skip
    """The letter of an entitled case, in that language, and the page by which its family checks."""

    from repatria.report.family_letter import Parts, letter

    known = known or Known(at.node.state(), at.given, at.node.member)
    state = known.state
    assert case.match is not None
    number, proof, check, sealed = at.given.random(8).hex(), "", None, None
    fields = known.records[case.match.register, case.match.row].fields
    if with_proof:
        made = _proof(at, state, known, case, language, names)
        if isinstance(made, list):
            return made
        proof, check, sealed = made
    request = commands.WriteLetter(at.node.member, case.number, number, language, at.by(who), proof)
    parts = Parts(
        at.node.member, _name(fields), case.enquirer.name, case.number, number, at.given.now[:10], check,
    )  # fmt: skip
    document = letter(known.told(case), parts, load_language(language, names))
    return Prepared(request, document, check.file if check is not None else "", sealed)


def _proof(
    at: AtNode, state: State, known: Known, case: Case, language: str, names: Path | None
) -> tuple[str, Any, bytes] | list[Problem]:
    """The number of the proof, what the letter says of it, and the page."""
    from repatria.files.families import page_of, square
    from repatria.report.check_page import Sealed, code_of, file_name
    from repatria.report.family_letter import Check
    from repatria.store.vault import seal_under_code

    bundle = bundle_of(at, state, known, case)
    if isinstance(bundle, list):
        return bundle
    if names is not None:
        bundle["names"] = {code: dict(load_language(code, names).names) for code in LANGUAGES}
    id, code = at.given.random(8).hex(), code_of(at.given.random(20))
    sealed = seal_under_code(json.dumps(bundle, ensure_ascii=False).encode(), code, id, at.given.random)
    versions = [each["version"] for each in bundle["lists"]]
    file = file_name(id)
    check = Check(file, code, square(f"{file}#{code}"), (versions[0], versions[-1]) if versions else None)
    return id, check, page_of(Sealed(id, sealed[0], *map(encode_b64, sealed[1:])), language)


def bundle_of(at: AtNode, state: State, known: Known, case: Case) -> dict[str, Any] | list[Problem]:
    """The proof for the person of a case, from this node's signed copy of the log."""
    from repatria.families.proof import Log, Row, Wrong, check_bundle, make_bundle
    from repatria.people.commands import fields_of, leaves_of

    ledger = at.node.ledger
    note = None if ledger is None else ledger.checkpoint_note()
    checkpoint = None if ledger is None else ledger.checkpoint()
    if ledger is None or note is None or checkpoint is None:
        what, do = "no signed ledger is here", "bring the stick, then write the letter"
        return [Problem("family.proof.early", "proof", what, do)]
    assert case.match is not None
    size = checkpoint.size
    rows = []
    for register, row in known.rows(case.match.register, case.match.row):
        if (register, row) not in known.records:
            continue
        roots = known.roots(register)
        record_ = known.records[register, row]
        leaves, order = leaves_of(state.exchange, record_), fields_of(record_)
        rows.append(Row(register, row, record_.fields, record_.salts, order, leaves, roots))
    log = Log(note.decode(), _concerning(ledger, size), lambda index: ledger.tree.prove_inclusion(index, size))
    made = make_bundle(
        state, log, at.given.attachment, at.node.member, rows, known.number(case), at.given.now[:10]
    )  # fmt: skip
    if isinstance(made, list):
        return made
    try:
        check_bundle(json.loads(json.dumps(made)))
    except Wrong as wrong:
        what = f"the page would not hold ({wrong.code}): the log is not cosigned by most members, or a key has ended"
        return [Problem("family.proof.early", "proof", what, "carry the stick round once more, then write the letter")]
    return made


def _concerning(ledger: LogStore, size: int) -> list[tuple[int, bytes]]:
    """The entries of the log that proofs need, read once while this process has the ledger open."""
    from repatria.families.proof import concerns

    upto, found = _read.get(ledger, (0, []))
    found += [(at, entry) for at, entry in enumerate(ledger.entries(upto, size), upto) if concerns(entry)]
    _read[ledger] = max(upto, size), found
    return found


_read: WeakKeyDictionary[LogStore, tuple[int, list[tuple[int, bytes]]]] = WeakKeyDictionary()


def held_about(
    at: AtNode, called: str, identity: str, acting: str, language: str, who: str, names: Path | None = None,
    lists: Lists | None = None,
) -> tuple[commands.GiveAbout, Document] | list[Problem]:  # fmt: skip
    """What is asked of the office to give somebody what is held about them, and the document.

    Args:
        called: a row of one of our own lists, or its record number there.
    """
    from repatria.report.family_letter import about as document_of

    state, own = at.node.state(), at.node.member
    row = commands.row_called(state, at.given, own, called, lists) or called
    request = commands.GiveAbout(own, row, identity, acting, at.by(who))
    found = commands.collected(state, request, at.given, _reads_of(at, row), lists)
    if isinstance(found, list):
        return found
    return request, document_of(found, load_language(language, names))


def _reads_of(at: AtNode, row: str) -> list[str]:
    """The days on which somebody looked at that row."""
    from repatria.store.reads import Reads

    found = Reads(at.node.path / "reads").all()
    return sorted({each.at[:10] for each in found if each.allowed and row in each.about})


def _tellable(at: AtNode, case: str) -> tuple[Case | None, list[Problem]]:
    """The case, if whoever asked may be told; or every reason why not."""
    found = case_of(at.given, case)
    if found is None:
        return None, [Problem("family.case.unknown", case[:16], "no such case in this node", "look at the cases again")]
    problems = not_to_be_told(found)
    return (None, problems) if problems else (found, [])


def _name(fields: Mapping[str, str]) -> str:
    return " ".join(fields[name] for name in OPENED_NAMES if fields.get(name)) or "-"
