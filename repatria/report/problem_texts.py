"""What is translated of problems beside the sentences that stand where each is found.

The sentences themselves are in no table: `tests/report/problem_sources.py` reads them out of the source, and
`locale/<language>/LC_MESSAGES/problems.po` holds them. `IN_GENERAL` is for codes whose sentence comes from elsewhere
(an operating system, a parser, another library): what is wrong in general, with the exact English beneath it. `PARTS`
and `WORDS` stand in the places of sentences; `WHERE` are the words that tell a place.
"""

from __future__ import annotations

from collections.abc import Mapping

# By code, or by the family that a code is of.
IN_GENERAL: Mapping[str, str] = {
    "api.form": "the request is not in the form that this verb takes",
    "api.usage": "the request is not in the form that this verb takes",
    "attachment.form": "the attachment is not in the form of its kind",
    "audit.records": "the classes that this node derives are not those that the list attests",
    "bundle": "the bundle cannot be taken in",
    "cli.file": "the file could not be used",
    "entry.malformed": "what was filled in does not make a well-formed entry",
    "counts.proof": "what the file proves does not hold",
    "family": "what the file proves does not hold",
    "file.json.line": "the line is no object of plain values",
    "file.read": "the file could not be read",
    "file.workbook": "the workbook could not be read",
    "job.failed": "the background work failed",
    "label.row": "the row does not say what a label says",
    "law.fact.form": "the facts are not in the form that is read",
    "link.run": "the kept run cannot be used again",
    "link.weights": "the file of weights cannot be read",
    "log": "the copy of the log is damaged, or not that of the log",
    "log.cosignature.malformed": "the witness's answer is not a cosignature",
    "paper.form": "what the paper says is not an event of its kind",
    "plan.infeasible": "no plan meets all terms together",
    "receipt.form": "the receipt cannot be read",
    "secretariat.card": "not the card of a successor",
    "sync.damaged": "a file came damaged",
    "table.unfit": "the table cannot be linked as it stands",
    "terms.field": "the term is not in its form",
    "terms.form": "the terms are not in the form that this version knows",
    "verify.folder": "the folder cannot be verified",
    "verify.vkeys": "the file of keys cannot be used",
    "web.port": "the address cannot be listened at",
    "witness.refused": "the witness does not cosign this",
}
PARTS: tuple[str, ...] = (
    # why a whole name should be looked at
    "its order is not that of its column", "a part is missing beside its comma", "it has more than one comma",
    "two of its words end like a patronymic", "a known given name stands where its column has the family name",
    "it begins with ibn or bint", "it has more words than a rule has places for",
    # why two rows may be one person
    "the same service number", "the same name and the same date of birth",
    "the same name, and dates of birth that can be one day",
    "the same given name and date of birth, and family names near in spelling",
    "the same family name and date of birth, and given names near in spelling",
    "{fields} agrees", "{fields} agree", "{fields} is near or may be the same", "{fields} are near or may be the same",
    "{fields} differs", "{fields} differ",
    # what may be written in a cell
    "one of {choices}", "names with their script, as Latn=..., and | between them", "a date, a space, and who found it",
    "a date, a space, and the kind of proof",
    "{script} (character {places})", "{script} (characters {places})",
)  # fmt: skip
WORDS: tuple[str, ...] = (
    "listed", "right-out", "released", "received", "not-going", "withheld", "absent", "substituted", "unconfirmed",
    "withdrawn", "held", "sought", "missing", "remains", "party", "mediator", "guarantor", "neutral", "host",
    "observer", "signatory", "supervisor", "desk", "gate", "interviewer", "physician", "officer", "liaison", "keeper",
    "number", "date", "word", "yes", "no", "none", "unknown", "by whom", "why", "given name", "father's name",
    "family name", "date of birth", "date of capture", "record number", "service number", "unit", "rank", "Latin",
    "Cyrillic", "Arabic", "Greek", "Hebrew", "Georgian", "Armenian", "proof-of-life", "identity",
)  # fmt: skip
WHERE: tuple[str, ...] = (
    "row {n}", "line {n}", "column {name}", 'sheet "{name}"', "entry {n}", "number {number}", "place {place}",
    "stage {stage}", "side {side}", "file {n}", "object {n}", "event {event}", "attachment {name}", "class {id}",
    "clause {clause}", "category {id}", 'category "{id}"', "register {number}", "total of {side}", "dispute {event}",
    "list of {holder}", "the file", "the list", "the bundle", "the person", "the pair", "the receipt", "the purpose",
    "the day", "the kind", "the findings", "the worker", "the terms", "the plan", "the first typing",
    "the second typing", "checkpoint", "ledger", "document {n}", "letter {n}", "the age identity", "row 1",
    "the number", "the reason", "the request", "the name", "the box", "the cards", "the form", "the last word",
    "the new key", "the rows", "the minutes", "the readers", "the code", "what was shown", "the token",
    "the tokens", "the desk", "the card", "the row", "terms", "enquirer.name", "enquirer.reach", "enquirer.kinship",
    "enquirer.language",
)  # fmt: skip
