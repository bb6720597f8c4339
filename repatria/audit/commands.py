"""What only a member can check: that the records in its own node give the classes and roots that the ledger has.

Everybody else reads "classes attested, not re-derived". Whoever holds the sealed rows and the annex derives every
class again; whoever holds a register's records computes its root again.
"""

from __future__ import annotations

from repatria.audit.ledger import Audit, Check
from repatria.deal.classes import decode_classes
from repatria.deal.commands import agreed_of, check_quotas, derive, rows_of
from repatria.deal.terms import decode_terms
from repatria.exchange.documents import FinalList, read
from repatria.exchange.events import RegisterCommitted
from repatria.office import Given
from repatria.people.commands import root_of
from repatria.problem import Problem

_SYNC = "sync this node with the others, then verify again"


def check_records(audit: Audit, member: str, exchange: str, given: Given) -> Check:
    """The check `records`: this member's own registers, and the class of everyone on every list in force."""
    problems: list[Problem] = []
    if exchange != audit.state.exchange:
        what = "this node is of another exchange than the ledger"
        problems.append(Problem("audit.records.exchange", f"node of {member}", what, "name a node of this exchange"))
        return Check("records", "not asked", False, tuple(problems))
    registers, rows = _registers(audit, member, given, problems)
    people = _classes(audit, given, problems)
    own = f"; {registers} of the registers that {member} committed, {rows:,} people, hash to their roots"
    what = f"{people:,} classes derived again" + (own if registers else "")
    return Check("records", what, not problems, tuple(problems))


def _registers(audit: Audit, member: str, given: Given, problems: list[Problem]) -> tuple[int, int]:
    count = people = 0
    for index, (verdict, body) in enumerate(zip(audit.verdicts, audit.bodies, strict=True)):
        if body is None or not verdict.applied or body.author != member or not isinstance(body.data, RegisterCommitted):
            continue
        records = given.records(body.data.register)
        where = f"entry {index}, register {body.data.register}"
        if len(records) != body.data.rows:
            what = f"{len(records):,} of its {body.data.rows:,} records are in this node: its root cannot be computed"
            do = "verify at the node that committed it; what was erased cannot be shown again"
            problems.append(Problem("audit.records.missing", where, what, do))
        elif root_of(audit.state.exchange, records).hex() != body.data.root:
            what = "the records in this node are not those that were committed"
            do = "find out which copy of the register is the true one, before anybody relies on it"
            problems.append(Problem("audit.records.root", where, what, do))
        else:
            count, people = count + 1, people + len(records)
    return count, people


def _classes(audit: Audit, given: Given, problems: list[Problem]) -> int:
    state, attachments = audit.state, audit.reading.attachments
    if state.terms is None:
        return 0
    terms = decode_terms(state.terms_text.encode())
    agreed = agreed_of(given, terms)
    if agreed is None:
        problems.append(
            Problem("audit.records.annex", "terms", "the annex with the categories is not in this node", _SYNC)
        )
        return 0
    people = 0
    for holder, fact in sorted(state.lists.items()):
        rows = rows_of(given, fact.list)
        if rows is None:
            what = "the sealed rows of this list are not in this node"
            problems.append(Problem("audit.records.rows", f"list of {holder}", what, _SYNC))
            continue
        listed = read(FinalList, attachments[fact.list])
        classes = {name: known.key for name, known in decode_classes(attachments[fact.classes]).items()}
        wrong = derive(listed, classes, rows, terms, agreed[1])
        problems += [Problem(f"audit.records.{p.code}", f"list of {holder}, {p.where}", p.what, p.do) for p in wrong]
        people += len(listed.rows) - len(wrong)
        stay = [f for number, f in rows.items() if number not in state.persons or not state.persons[number].withdrawn]
        off = check_quotas(state, given, holder, stay, agreed)
        problems += [Problem(f"audit.records.{p.code}", p.where, p.what, p.do) for p in off]
    return people
