"""A whole ledger, verified: from the bytes on the disk to what may never happen, every problem at once.

The order is that of trust. First the bytes: without a signed tree and all its entries nothing more can be said. Then
every entry is folded, and what takes effect is watched by a second opinion that shares no code with the reducers
(`invariants.py`); every figure that a member signed is counted again (`recount.py`); the draw and each plan that came
into force are verified again (`draw.py`).

Entries without effect are no problem in themselves: the record is there to hold them. An entry that had effect
against a rule is, and so is every difference between the fold and the second opinion.

    >>> audit = audit_ledger({}.get, lambda: [], [])
    >>> [check.name for check in audit.checks if check.ok is False], audit.ok
    (['bytes'], False)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from repatria.audit.acts import Acts, Read
from repatria.audit.consulted import Consulted
from repatria.audit.disputes import Disputes
from repatria.audit.documents import Named, check_documents, note
from repatria.audit.draw import Draw, Drawn
from repatria.audit.invariants import Point, Watch, compare
from repatria.audit.overdue import Overdue
from repatria.audit.published import Published
from repatria.audit.remains import Remains
from repatria.exchange.authority import keys_known
from repatria.exchange.codec import Body, decode_body
from repatria.exchange.counting import balance_ahead
from repatria.exchange.events import SecretariatSucceeded
from repatria.exchange.fold import Prove, apply, fold
from repatria.exchange.person import Person
from repatria.exchange.state import State, Verdict
from repatria.ledger.checkpoint import BadCheckpoint, parse_checkpoint
from repatria.ledger.entry import Proven, decode_entry
from repatria.ledger.log import CHECKPOINT, LogReading, read_log
from repatria.ledger.note import BadNote, VerifierKey, format_vkey, key_of, parse_note, parse_vkey, verify_line
from repatria.ledger.tiles import ENTRIES, BadBundle, new_tiles, parse_bundle
from repatria.message import Message, Name, Place
from repatria.problem import Problem

Progress = Callable[[str, int, int], None]

_BUNDLES_MOST = 2**16  # a hostile size makes nobody look for more: 16 million entries

# What is checked, in the order of trust; the second part of a problem's code, audit.<check>.<what>.
CHECKS = (
    "bytes", "keys", "entries", "attachments", "authority", "consultation", "lists", "conservation", "rights",
    "cleared", "receipts", "balance", "withdrawals", "suspensions", "disputes", "remains", "draw", "plan", "figures",
    "published",
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One line of the answer. `ok` is None where it could not be asked, because something before it failed."""

    name: str
    what: Message
    ok: bool | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Audit:
    """What a ledger holds and whether it is true. `warnings`: what a reader must know though nothing is wrong."""

    reading: LogReading
    state: State
    checks: tuple[Check, ...]
    warnings: tuple[Message, ...]
    verdicts: tuple[Verdict, ...] = ()
    bodies: tuple[Body | None, ...] = ()
    points: tuple[Point, ...] = ()
    watch: Watch | None = field(default=None, repr=False)
    draws: tuple[Drawn, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for check in self.checks for problem in check.problems)

    @property
    def ok(self) -> bool:
        """Whether every check was asked and every answer is yes."""
        return all(check.ok for check in self.checks)


def audit_ledger(
    read: Callable[[str], bytes | None],
    list_paths: Callable[[], Iterable[str]],
    vkeys: Sequence[VerifierKey],
    progress: Progress = lambda what, done, total: None,
    prove: Prove | None = None,
) -> Audit:
    """The ledger in a directory, verified from its bytes on.

    Args:
        read: gives the bytes of a file by its path in the directory, or None if there is none.
        list_paths: gives the path of every file in the directory.
        vkeys: the log's key, then its witnesses'.
        prove: verifies the fold's signatures ahead of it; the second opinion verifies them all for itself.
    """
    progress("reading the ledger", 0, 1)
    found_once: dict[str, bytes | None] = {}

    def read_once(path: str) -> bytes | None:
        """What finding the signer has read already is not read, and not reported, a second time."""
        return found_once[path] if path in found_once else read(path)

    signer = _signer(read, vkeys, found_once)
    reading = read_log(read_once, list_paths, [*signer, *vkeys[1:]])
    files = Check("bytes", _of_bytes(reading), not reading.problems, tuple(reading.problems))
    if not reading.is_whole:
        unasked = tuple(Check(name, Message("audit.asked.not"), None) for name in CHECKS[1:])
        return Audit(reading, State(), (files, *unasked), ())
    run = Run(reading)
    run.all(progress, prove)
    found = run.found(vkeys, signer)
    counted = run.counted()
    checks = [
        Check(name, counted[name], False if found[name] else None if run.stopped else True, tuple(found[name]))
        for name in CHECKS[1:]
    ]
    return Audit(
        reading, run.state, (files, *checks), tuple(run.warnings()), tuple(run.verdicts), tuple(run.bodies),
        tuple(run.watch.points), run.watch, tuple(run.draw.draws),
    )  # fmt: skip


class _Persons(dict[str, Person]):
    """The fold's persons, with a note of whom an entry set or removed."""

    def __init__(self, persons: Iterable[tuple[str, Person]] = ()) -> None:
        super().__init__(persons)
        self.changed: set[str] = set()

    def __setitem__(self, number: str, person: Person) -> None:
        self.changed.add(number)
        super().__setitem__(number, person)

    def __delitem__(self, number: str) -> None:
        self.changed.add(number)
        super().__delitem__(number)


class Run:
    """One pass over the entries: the fold, and beside it everyone who watches."""

    def __init__(self, reading: LogReading) -> None:
        self.entries, self.attachments = reading.entries, reading.attachments
        self.reading = reading
        self.state = State()
        self.state.persons = self.persons = _Persons()
        self.acts = Acts()
        self.watch = Watch(self.acts.authority, self.attachments.get, self.acts.fallen)
        self.consulted = Consulted(self.acts.authority, self.attachments.get)
        self.disputes = Disputes(self.acts.authority)
        self.remains = Remains(self.acts.authority, self.watch)
        self.overdue = Overdue(self.acts.authority, self.watch)
        self.published = Published(self.acts.authority, self.watch, self.attachments.get)
        self.draw = Draw(self.watch, self.attachments.get, self.before)
        self.verdicts: list[Verdict] = []
        self.bodies: list[Body | None] = []
        self.named: dict[str, Named] = {}
        self.problems: list[Problem] = []
        self.stages = 0
        self.stopped = False

    def before(self, index: int) -> State:
        """The state before an entry, folded from the beginning."""
        return fold(self.entries[:index], self.attachments.get)

    def all(self, progress: Progress, prove: Prove | None = None) -> None:
        total = len(self.entries)
        if not total:
            self.bad("audit.entries.none", 0, "the log is signed and empty: there is no exchange in it")
        index = 0
        try:
            for index, (data, proven) in enumerate(self._entries(prove)):
                if index % 256 == 0:
                    progress("checking entries", index, total)
                self.one(index, data, proven)
            progress("checking entries", total, total)
            self.compare_all(total)
        except Exception as error:  # noqa: BLE001  a hostile entry must not end in silence, nor in a traceback
            self.stopped = True
            self.bad("audit.entries.stopped", index, f"checking stopped here ({type(error).__name__})")

    def _entries(self, prove: Prove | None) -> Iterable[tuple[bytes, Proven | None]]:
        if prove is None:
            return ((data, None) for data in self.entries)
        return prove(self.entries, lambda: keys_known(self.state))

    def one(self, index: int, data: bytes, proven: Proven | None = None) -> None:
        read = self.acts.read(data)
        wanted = read is not None and self.draw.wants_before(read.body)
        before = self.state.fork() if wanted else None
        verdict = apply(self.state, data, self.attachments.get, proven)
        self.verdicts.append(verdict)
        self.bodies.append(None if read is None else read.body)
        changed = self._changed()
        if read is not None:
            note(self.named, index, read.body.data)
        if not verdict.applied:
            self.overdue.time(index, self.state.breaches)
            self.published.time(index)
            if read is not None:
                self.acts.leave(index, read)
            if changed:
                what = f"an entry without effect changed {len(changed)} people"
                self.bad("audit.entries.refused", index, what)
            return
        if read is None:
            self.bad("audit.entries.malformed", index, "an entry that is not well formed had effect")
            return
        self._took_effect(index, read, before, changed)

    def _took_effect(self, index: int, read: Read, before: State | None, changed: set[str]) -> None:
        act, wrong = self.acts.take(index, read, self.attachments.get)
        for what in wrong:
            self.bad("audit.authority.effect", index, f"{read.body.kind} had effect: {what}")
        self.overdue.time(index, self.state.breaches)
        self.published.time(index)
        touched: set[str] = set()
        if act is not None:
            self.watch.see(act)
            self.overdue.see(act)
            self.consulted.see(act)
            self.disputes.see(act)
            self.published.see(act)
            self.remains.see(act)
            self.draw.see(act, before)
            touched = self.watch.touched
        self.problems += compare(self.watch, index, self.persons, changed | touched)
        if len(self.persons) != len(self.watch.persons):
            what = f"the fold knows {len(self.persons)} people; the lists in force have {len(self.watch.persons)}"
            self.bad("audit.conservation.people", index, what)
        if self.watch.counts["stages"] != self.stages:
            self.stages = self.watch.counts["stages"]
            self.compare_balance(index)

    def compare_balance(self, index: int) -> None:
        """Both sides' lead as the fold has it, over everybody: costly, so only where it decides something."""
        if self.state.terms is not None and (folded := balance_ahead(self.state)) != self.watch.ahead():
            what = f"the fold has the sides ahead by {folded}; the entries give {self.watch.ahead()}"
            self.bad("audit.balance.differs", index, what)

    def compare_all(self, index: int) -> None:
        """At the end, everybody once more, touched or not."""
        self.compare_balance(index)
        self.consulted.compare(index, self.state.clauses)
        self.disputes.compare(index, self.state.disputes)
        self.published.compare(index, self.state.claims, self.state.published, self.state.counted_stages)
        self.remains.compare(index, self.state.findings)
        told = {(problem.where.rpartition(" ")[2]) for problem in self.problems}
        self.problems += compare(self.watch, index, self.persons, {*self.persons, *self.watch.persons} - told)
        if self.state.slots != self.watch.slots:
            self.bad("audit.plan.slots", index, "the fold has people in other slots than the plans in force give them")

    def _changed(self) -> set[str]:
        if self.state.persons is not self.persons:
            before, self.persons = self.persons, _Persons(self.state.persons.items())
            self.state.persons = self.persons
            return {n for n in {*before, *self.persons} if before.get(n) is not self.persons.get(n)}
        changed, self.persons.changed = self.persons.changed, set()
        return changed

    def bad(self, code: str, index: int, what: str) -> None:
        self.problems.append(
            Problem(code, f"entry {index}", what, "keep this copy as evidence, and ask the members how it came to be")
        )

    # --- the answer -----------------------------------------------------------------------------------------------

    def found(self, vkeys: Sequence[VerifierKey], signer: Sequence[VerifierKey] = ()) -> dict[str, list[Problem]]:
        """The problems of each check."""
        documents = check_documents(self.attachments, self.named)
        self.documents = documents.counts
        found: dict[str, list[Problem]] = {name: [] for name in CHECKS}
        of_keys = [*self._keys(vkeys), *self._log_key(signer)]
        every = [*of_keys, *documents.problems, *self.problems, *self.watch.problems, *self.draw.problems]
        every += [*self.consulted.problems, *self.overdue.problems, *self.disputes.problems]
        every += [*self.consulted.problems, *self.published.problems]
        every += self.remains.problems
        for problem in every:
            found[problem.code.split(".")[1]].append(problem)
        return {name: list(dict.fromkeys(problems)) for name, problems in found.items()}

    def _keys(self, vkeys: Sequence[VerifierKey]) -> list[Problem]:
        """Whether the keys that were given are the ones that the ledger itself names."""
        given = [format_vkey(key) for key in vkeys]
        authority = self.acts.authority
        own = {name: member.witness for name, member in authority.members.items() if member.witness is not None}
        problems = []
        ask = "compare the keys with the members, out of band, before trusting either"
        if given[:1] != [log for log, _, _ in authority.logs[:1]]:
            what = "the log's key is not the one that the opening names"
            problems.append(Problem("audit.keys.log", "keys, line 1", what, ask))
        for member, witness in sorted(own.items()):
            if witness not in given[1:]:
                what = f"the witness key of {member}, as its admission names it, is not among the keys"
                problems.append(Problem("audit.keys.missing", f"keys, {member}", what, ask))
        problems += [
            Problem("audit.keys.unknown", f"keys, line {at}", "not the witness key of any member", ask)
            for at, vkey in enumerate(given[1:], 2)
            if vkey not in own.values()
        ]
        return problems

    def _log_key(self, signer: Sequence[VerifierKey]) -> list[Problem]:
        """Whether the checkpoint's key is the one that the log has at that size, by the entries."""
        logs, size = self.acts.authority.logs, self.reading.size
        holds = [
            log
            for at, (log, _, since) in enumerate(logs)
            if (size > since or at == 0) and (at + 1 == len(logs) or size <= logs[at + 1][2] + 1)
        ]
        if not signer or not logs or format_vkey(signer[0]) in holds:
            return []
        what = f"signed by {signer[0].name}+{signer[0].key_id.hex()}, which is not the log's key at {size} entries"
        do = "take the ledger from the present secretariat, and keep this one as evidence"
        return [Problem("audit.keys.superseded", "checkpoint", what, do)]

    def counted(self) -> dict[str, Message]:
        """What each check looked at, in numbers (`report/audit_texts.py` has the words)."""
        count = self.watch.counts
        applied = sum(verdict.applied for verdict in self.verdicts)
        most = {side: max((dict(p.ahead)[side] for p in self.watch.points), default=0) for side in self.watch.factor}
        consulted = self.consulted
        ahead = tuple(
            Message("audit.balance.most", {"side": Name(side), "most": max(0, n)}) for side, n in most.items()
        )
        return {
            "keys": Message("audit.keys", {}, len(self.acts.authority.members)),
            "entries": self._judged(applied),
            "attachments": self._attached(),
            "authority": Message("audit.authority", {"applied": applied}),
            "consultation": Message("audit.consultation", {
                "clauses": _many("clauses", len(consulted.clauses)), "offers": _many("offers", len(consulted.offers)),
                "released": len(consulted.released), "tasks": _many("tasks", len(consulted.tasks)),
            }),
            "lists": Message(
                "audit.lists", {"people": count["listed"], "lists": _many("lists", len(self.watch.lists))}
            ),
            "conservation": Message("audit.conservation", {"people": len(self.watch.persons)}),
            "rights": Message("audit.rights", {
                "rights": _many("rights", count["rights"]), "releases": _many("releases", count["releases"]),
            }),
            "cleared": Message("audit.cleared", {"people": count["presented"]}),
            "receipts": Message("audit.receipts", {
                "receipts": _many("receipts", count["receipts"]), "settled": count["settled"],
            }),
            "balance": Message("audit.balance.ahead" if ahead else "audit.balance", {
                "bound": self.watch.bound, **({"ahead": ahead} if ahead else {}),
            }),
            "withdrawals": Message("audit.withdrawals", {"withdrawals": count["withdrawals"]}),
            "suspensions": Message("audit.suspensions", {"pauses": len(self.watch.pauses), "gated": count["gated"]}),
            "disputes": Message("audit.disputes", {
                "raised": len(self.disputes.raised), "settled": self.disputes.settled,
            }),
            "remains": Message("audit.remains", {}, len(self.remains.found)),
            "draw": self._drawn(),
            "plan": Message("audit.plan", {"plans": self.draw.plans}),
            "figures": Message("audit.figures", {
                "tallies": _many("reconciliations", count["tallies"]), "closings": _many("closings", count["closings"]),
            }),
            "published": Message("audit.published", {
                "claims": _many("claims", len(self.published.claims)),
                "tables": _many("tables", len(self.published.tables)),
            }),
        }  # fmt: skip

    def _judged(self, applied: int) -> Message:
        refused = Counter(verdict.rule or "" for verdict in self.verdicts if not verdict.applied)
        rules = tuple(Message("audit.n.rule", {"n": n, "rule": rule}) for rule, n in sorted(refused.items()))
        numbers: dict[str, Place] = {"applied": applied, "refused": sum(refused.values())}
        return Message("audit.entries.rules", {**numbers, "rules": rules}) if rules else (
            Message("audit.entries", numbers)
        )

    def _attached(self) -> Message:
        files = len(self.attachments)
        kinds = tuple(Message("audit.n.kind", {"n": n, "kind": _kind(kind)}) for kind, n in self.documents.items())
        if not kinds:
            return Message("audit.attachments", {"files": files})
        return Message("audit.attachments.kinds", {"files": files, "kinds": kinds})

    def _drawn(self) -> Message:
        draw = self.draw
        if not draw.freeze:
            return Message("audit.draw.none")
        return Message("audit.draw", {
            "draws": len(draw.draws), "commitments": len(draw.commitments[draw.freeze]), "parts": len(draw.parts),
        })  # fmt: skip

    def warnings(self) -> list[Message]:
        """What a reader of a yes must know."""
        parties = tuple(map(Name, self.acts.authority.parties))
        told = [Message("audit.note.classes", {"parties": parties})] if self.watch.lists else []
        for _, secretariat, since in self.acts.authority.logs[1:]:
            told.append(Message("audit.note.successor", {"secretariat": Name(secretariat), "since": since}))
        malformed = sum(body is None for body in self.bodies)
        if malformed:
            told.append(Message("audit.note.malformed", {}, malformed))
        if self.acts.papers:
            told.append(Message("audit.note.papers", {}, self.acts.papers))
        told += [*self.draw.unproved, *self.watch.beyond]
        if self.state.round_open:
            told.append(Message("audit.note.open", {"round": Name(self.state.round)}))
        return told


def _signer(
    read: Callable[[str], bytes | None], vkeys: Sequence[VerifierKey], found: dict[str, bytes | None]
) -> list[VerifierKey]:
    """The key that signed the checkpoint: the first one given, or a successor's that an entry names.

    Whether the entries do hand the log to it is asked once they are verified. What is read is kept in `found`.
    """
    found[CHECKPOINT] = read(CHECKPOINT)
    try:
        text, lines = parse_note(found[CHECKPOINT] or b"")
        size = parse_checkpoint(text).size
    except (BadNote, BadCheckpoint):
        return list(vkeys[:1])
    if any(key_of(line, vkeys[:1]) for line in lines):
        return list(vkeys[:1])
    for tile in new_tiles(0, size):
        if tile.level != ENTRIES or len(found) > _BUNDLES_MOST:
            break
        bundle = found[tile.path] = read(tile.path)
        if bundle is None:
            break
        try:
            entries = parse_bundle(bundle, tile.width)
        except BadBundle:
            break
        for entry in entries:
            log = _heir(entry)
            if log is not None and any(key_of(line, [log]) and verify_line(text, line, log) for line in lines):
                return [log]
    return list(vkeys[:1])


def _heir(entry: bytes) -> VerifierKey | None:
    try:
        data = decode_body(decode_entry(entry).body).data
        return parse_vkey(data.log) if isinstance(data, SecretariatSucceeded) else None
    except ValueError:
        return None


def _many(noun: str, n: int) -> Message:
    return Message(f"audit.n.{noun}", {}, n)


def _kind(kind: str) -> Message:
    """What an attachment is, as `check_documents` calls it."""
    of = kind.removeprefix("paper of ")
    return Message(f"audit.kind.{kind}") if of == kind else Message("audit.kind.paper", {"kind": Name(of)})


def _of_bytes(reading: LogReading) -> Message:
    if not reading.origin:
        return Message("audit.bytes.unsigned")
    return Message("audit.bytes", {
        "size": reading.size, "attachments": len(reading.attachments), "witnesses": len(reading.cosignatures),
    })  # fmt: skip


