"""What the audit says that it looked at, and what a reader of a yes must know, in English, by id.

The audit makes messages (`audit/ledger.py`); other languages stand in `repatria/locale/`. A figure with its noun is a
text of its own, so that each language counts it in its own forms.

    >>> TEXTS["audit.asked.not"]
    'not asked: no signed tree with all its entries'
"""

from __future__ import annotations

from repatria.message import Message, Text, in_english

TEXTS: dict[str, Text] = {
    # figures with their nouns
    "audit.n.clauses": ("{n} clause", "{n} clauses"),
    "audit.n.offers": ("{n} offer", "{n} offers"),
    "audit.n.tasks": ("{n} task", "{n} tasks"),
    "audit.n.lists": ("{n} list", "{n} lists"),
    "audit.n.rights": ("{n} right", "{n} rights"),
    "audit.n.releases": ("{n} release", "{n} releases"),
    "audit.n.receipts": ("{n} receipt", "{n} receipts"),
    "audit.n.reconciliations": ("{n} reconciliation", "{n} reconciliations"),
    "audit.n.closings": ("{n} closing", "{n} closings"),
    "audit.n.claims": ("{n} claim", "{n} claims"),
    "audit.n.tables": ("{n} table", "{n} tables"),
    "audit.n.rule": "{n} {rule}",
    "audit.n.kind": "{n} {kind}",
    "audit.kind.terms": "terms",
    "audit.kind.answers": "answers",
    "audit.kind.list": "list",
    "audit.kind.classes": "classes",
    "audit.kind.freeze": "freeze",
    "audit.kind.counts": "counts",
    "audit.kind.plan": "plan",
    "audit.kind.paper": "paper of {kind}",
    # what each check looked at
    "audit.asked.not": "not asked: no signed tree with all its entries",
    "audit.records.not": "not asked",
    "audit.bytes.unsigned": "no checkpoint that the log's key has signed",
    "audit.bytes": "{size} entries and {attachments} attachments, signed by the log and cosigned by {witnesses}"
    " witnesses",
    "audit.keys": ("those given against those of the opening and {n} admission",
                   "those given against those of the opening and {n} admissions"),
    "audit.entries": "{applied} with effect, {refused} without",
    "audit.entries.rules": "{applied} with effect, {refused} without ({rules})",
    "audit.attachments": "{files} files",
    "audit.attachments.kinds": "{files} files: {kinds}",
    "audit.authority": "{applied} entries against the keys valid at their index, and the signatures each needs",
    "audit.consultation": "{clauses}, {offers} carried and {released} released, {tasks}",
    "audit.lists": "{people} people on {lists} against what was sought, answered and signed",
    "audit.conservation": "{people} people, each in exactly one state after every entry",
    "audit.rights": "{rights} and {releases}, one at a time for each person",
    "audit.cleared": "{people} let through the last gate, against the neutral's words",
    "audit.receipts": "{receipts} against the releases, {settled} settled by supervisors",
    "audit.balance": "the bound is {bound}",
    "audit.balance.ahead": "{ahead} ahead; the bound is {bound}",
    "audit.balance.most": "{side} at most {most}",
    "audit.withdrawals": "{withdrawals}, each against the rights that were out",
    "audit.suspensions": "{pauses}, against {gated} openings, grants and gates",
    "audit.disputes": "{raised} raised; {settled} settled, each by its raiser and every party, or withdrawn by its"
    " raiser",
    "audit.remains": ("{n} set examined, against who received it and what was shown",
                      "{n} sets examined, against who received it and what was shown"),
    "audit.draw.none": "none held",
    "audit.draw": "{draws} held; of the last {commitments} commitments and {parts} parts of nonces; chances,"
    " compositions and seed computed again",
    "audit.plan": "{plans} in force, verified in whole numbers at what its signatories had before them",
    "audit.figures": "{tallies} and {closings} counted again",
    "audit.published": "{claims} kept apart, and {tables} of counts, made again from people's own stories",
    "audit.records": "{people} classes derived again",
    "audit.records.own": "{derived}; {registers} of the registers that {member} committed, {rows} people, hash to their"
    " roots",
    "audit.records.erased": "{derived}, {less} of them by what is kept of records that were erased",
    "audit.records.unasked": "{derived}; {unasked} classes that nobody can derive again here, since their records were"
    " erased",
    # what a reader of a yes must know
    "audit.note.classes": "classes attested by {parties}, not re-derived",
    "audit.note.successor": "the log is kept by {secretariat} as successor, with a new key, from entry {since} on",
    "audit.note.malformed": ("{n} entry not well formed: nobody can say what the bytes mean",
                             "{n} entries not well formed: nobody can say what the bytes mean"),
    "audit.note.papers": ("{n} act entered from a member's paper by two others, not signed by that member's keys",
                          "{n} acts entered from a member's paper by two others, not signed by that member's keys"),
    "audit.note.unproved": "plan in force at entry {index}: {level} is {gap} short of its bound",
    "audit.note.beyond": "entry {index}, {kind}, puts {side} {by} ahead; the bound is {bound}",
    "audit.note.open": "round {round} is open: what is not in the ledger yet cannot be checked",
}  # fmt: skip


def told(message: Message) -> str:
    """What the audit says, in English, as `repatria verify` prints it."""
    return in_english(message, TEXTS)
