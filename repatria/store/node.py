"""A member's node: one folder with its keys, its sealed records, its copy of the ledger and what it has signed.

    node.json     public: member, role, and the exchange once there is one
    keyring       the node's keys, sealed under its passphrase (`member`, `witness`; the secretariat's also `log`);
                  a key that takes the place of another is called `member-2`, and so on
    vault/        records and documents of people, sealed
    ledger/       the log as it is copied: checkpoint, tiles, attachments; nothing else
    journal, intent, incoming, tmp/, lock    of the log (store.tiles)
    outbox/       a log of its own: every entry signed here or taken in from a desk, with its attachments
    mail/<member>/<sha256>.age    letters to others, carried on every stick
    inbox/, refused/, door.json   the secretariat's: entries that wait, and those that were turned away
    witness.json  what this node cosigned last
    snapshot      the folded state; disposable
    superseded/   a log that this node kept on after it had been given to a successor: evidence
    not-joined-1/ a log that was brought and that this member did not join: evidence

Rules:

* one process at a time has the folder (`node.locked`);
* `commit` keeps all of an outcome or nothing: first records, documents and letters, set aside in the vault under the
  name of the event that they belong to; then the entries with their attachments, which decide; then what was set
  aside goes to its places. Whoever opens the vault after a stop in between puts it there, or drops it;
* the secretariat's entries go into its ledger at once. Any other member's stay in its outbox, and count in `state` as
  provisional, until the ledger that comes back has them: exactly once, since an entry is known by its event;
* nothing is taken out of the outbox: it is this member's own record of what it signed.

    >>> import os, tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "north"
    >>> with NodeFolder.create(folder, "north", "party", "four plain words here", os.urandom) as node:
    ...     node.member, node.state().size, node.outbox()
    ('north', 0, [])
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from repatria.exchange.attachments import named_by
from repatria.exchange.authority import EVERYONE
from repatria.exchange.cards import Card
from repatria.exchange.codec import decode_body, event_id
from repatria.exchange.door import Decision, Decisions, decide
from repatria.exchange.events import ExchangeOpened, SecretariatSucceeded, Sha256, Slug, Vkey, admission_text
from repatria.exchange.fold import apply
from repatria.exchange.state import State, dump_state
from repatria.exchange.succession import log_keys
from repatria.ledger.canonical import NotCanonical, decode
from repatria.ledger.checkpoint import parse_checkpoint
from repatria.ledger.entry import decode_entry
from repatria.ledger.note import (
    COSIGNATURE,
    ED25519,
    BadNote,
    VerifierKey,
    ed25519_sign,
    format_vkey,
    open_note,
    parse_note,
    parse_vkey,
    public_key,
    verify_line,
)
from repatria.ledger.proof import InclusionProof
from repatria.office import Given, Outcome, Record
from repatria.problem import Problem, Problems
from repatria.public.proof import Signed
from repatria.store import vault
from repatria.store.delegate import DelegateKey, open_key, stretched_key
from repatria.store.desk import DeskFolder, narrowed_with
from repatria.store.disk import Disk, File, Locked, make_folders, replace
from repatria.store.equipment import Equipment
from repatria.store.keyring import Keyring
from repatria.store.letters import is_whole
from repatria.store.snapshot import Snapshot
from repatria.store.tiles import LogStore
from repatria.store.vault import Random, Vault
from repatria.store.witness import cosign_checkpoint, read_witness

MEMBER, WITNESS, LOG = "member", "witness", "log"  # names in the keyring
EQUIPPED = "equipped/"  # documents of the vault: from which ledger a desk was equipped last, by stage and name
_ASIDE = "aside"  # the vault's document that says what a commit has set aside

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_HEX = re.compile(r"[0-9a-f]{64}")
_ORIGIN = re.compile(r"[a-z0-9./-]{1,100}")
_OUTBOX_ORIGIN = "repatria/outbox"
_LETTER_MAX = 64 * 2**20  # bytes; a list of 100,000 people is well below

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Pending:
    """An entry of the outbox that the ledger does not have, and what would become of it on top of the ledger."""

    entry: bytes
    event: str
    kind: str
    author: str
    applied: bool
    rule: str | None
    what: str


@dataclass(frozen=True)
class _Provisional:
    """What is so with the outbox on top of the ledger, at these sizes of the two; never changed."""

    ledger: int
    outbox: int
    state: State
    pending: tuple[Pending, ...]


class NodeFolder:
    """An open node; `create` or `open` one, and close it."""

    def __init__(self, path: Path, high_water: Path | None, random: Random, disk: Disk) -> None:
        """Use `create` or `open`."""
        self.path, self._high_water, self._random, self._disk = path, high_water, random, disk
        self._lock: File | None = None
        self._ledger: LogStore | None = None
        self._vault: Vault | None = None
        self._folded: State | None = None
        self._provisional: _Provisional | None = None
        self._doubtful = False  # whether entries of a stopped commit are on the disk shows at the next opening
        self._progress: Progress = lambda what, done, total: None

    # --- opening and closing -----------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, path: Path, member: str, role: str, passphrase: str, random: Random = os.urandom, disk: Disk | None = None
    ) -> NodeFolder:
        """A new node with fresh keys, open. It is made beside and renamed, so that a half-made one is never found."""
        if not _SLUG.fullmatch(member):
            _refuse("node.member", "member", "not a short name of a-z, 0-9 and -", "choose one such as north")
        if role not in EVERYONE:
            _refuse("node.role", "role", "no such role", f"choose {', '.join(EVERYONE)}")
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            _refuse("node.exists", path.name, "something is there already", "choose another folder")
        disk = disk or Disk()
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o700)
        keyring = Keyring.create(beside / "keyring", passphrase, random)
        for name in (MEMBER, WITNESS):
            keyring.add(name, random(32))
        Vault(beside / "vault", keyring.vault_key, random).close()
        disk.make_folder(beside / "outbox")
        LogStore.create(beside / "outbox" / "log", _OUTBOX_ORIGIN, disk=disk).close()
        replace(disk, beside / "node.json.tmp", beside / "node.json", _format_node(member, role, None, False))
        disk.rename(beside, path)
        disk.sync_folder(path.parent)
        return cls.open(path, passphrase, random=random, disk=disk)

    @classmethod
    def open(
        cls, path: Path, passphrase: str, high_water: Path | None = None, *, random: Random = os.urandom,
        disk: Disk | None = None,
    ) -> NodeFolder:  # fmt: skip
        """The node in the folder, locked for this process until it is closed.

        Args:
            high_water: a file on another medium with the highest checkpoint ever signed here (the secretariat's).

        Raises:
            Problems: `node.absent`, `node.locked`, `vault.passphrase`, and whatever is wrong with the log
                (`log.rollback`, `log.fork`, `log.journal.damaged`, …).
        """
        node = cls(path, high_water, random, disk or Disk())
        try:
            node._open(passphrase)
        except BaseException:
            node.close()
            raise
        return node

    def _open(self, passphrase: str) -> None:
        raw = read_node(self.path, self._disk)
        self.member, self.role = str(raw["member"]), str(raw["role"])
        try:
            self._lock = self._disk.lock(self.path / "node.lock")
        except Locked:
            _refuse("node.locked", self.path.name, "another program has this node open", "let it finish, or close it")
        self.keyring = Keyring.open(self.path / "keyring", passphrase, self._random)
        self._outbox = LogStore.open(self.path / "outbox" / "log", disk=self._disk)
        self._snapshot = Snapshot(self.path / "snapshot", self.keyring.vault_key, self._disk)
        if self._has_log():
            self._ledger = LogStore.open(self.path / "ledger", self._high_water, disk=self._disk)
            if raw.get("secretariat"):
                self._check_promise(self._ledger)

    def _check_promise(self, ledger: LogStore) -> None:
        """The secretariat cosigned its own log: if that knows more than its log has, the log is an old copy."""
        promised = read_witness(self.path / "witness.json", ledger.origin, self._disk)
        if promised.size > ledger.size or ledger.root(promised.size) != promised.root:
            _refuse(
                "log.rollback", "witness.json", f"{promised.size} entries were cosigned here, and the log differs",
                "this is an old copy of the log: take the log over from a member's node instead",
            )  # fmt: skip

    def _has_log(self) -> bool:
        """Whether a log is here, or should be: an absent journal beside a signed tree is a rollback, said by it."""
        places = [self.path / "journal", self.path / "ledger" / "checkpoint", self.path / "intent"]
        if any(place.exists() for place in places):
            return True
        if self._high_water is not None and self._high_water.exists():
            _refuse(
                "log.rollback", "high-water mark", "a log was signed here, and there is none",
                "this is an old copy: take the log over from a member's node instead",
            )  # fmt: skip
        return False

    def close(self) -> None:
        for store in (self._ledger, getattr(self, "_outbox", None), self._vault, self._lock):
            if store is not None:
                store.close()
        self._ledger = self._vault = self._lock = None

    def __enter__(self) -> NodeFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what this node is -------------------------------------------------------------------------------------

    @property
    def card(self) -> Card:
        return Card(self.member, self.role, self.public_key)

    @property
    def public_key(self) -> str:
        """The member's signing key: as the exchange knows it, once there is one."""
        return public_key(self._member_seed()).hex()

    def vouch(self, text: bytes) -> bytes:
        """The member's signature on what is no event; `text` begins with a word for what it is, as no event's does."""
        return ed25519_sign(self._member_seed(), text)

    def _member_seed(self) -> bytes:
        fact = None if self._ledger is None else self._with_outbox().state.members.get(self.member)
        return self.keyring.seed(MEMBER) if fact is None else self._seed_of(MEMBER, str(fact.key))

    @property
    def vault(self) -> Vault:
        """The sealed records and documents; opened when they are first asked for."""
        if self._lock is None:
            raise ValueError("the node is closed")
        if self._vault is None:
            self._vault = Vault(self.path / "vault", self.keyring.vault_key, self._random)
            self._settle(self._vault)
        return self._vault

    @property
    def ledger(self) -> LogStore | None:
        """This node's copy of the log; None before the opening is made or imported here."""
        return self._ledger

    @property
    def is_secretariat(self) -> bool:
        return self.ledger_state().secretariat == self.member

    def log_key(self) -> VerifierKey | None:
        """The key that signs the checkpoints of this exchange, as its opening pins it, or the latest succession."""
        log = self.ledger_state().log
        return parse_vkey(log) if log else None

    def _signs_with(self) -> VerifierKey | None:
        """This node's own key, if a checkpoint of its ledger as it is holds by it: the secretariat's, or of the one
        that has just handed the log on, up to the entry that says so."""
        if self._ledger is None:
            return None
        state, signed = self.ledger_state(), self._ledger.checkpoint()
        if state.secretariat != self.member and signed is not None and signed.size == self._ledger.size:
            return None
        own = {log.key for log in state.logs if log.secretariat == self.member}
        return next((key for key in log_keys(state, self._ledger.size) if format_vkey(key) in own), None)

    def _seed_of(self, name: str, public: str) -> bytes:
        """The seed of that public key, among the keys of that name: there is one more after each replacement."""
        for each in self.keyring.names():
            if each == name or each.startswith(name + "-"):
                seed = self.keyring.seed(each)
                if public_key(seed).hex() == public:
                    return seed
        return self.keyring.seed(name)

    def new_key(self, name: str) -> bytes:
        """A fresh key of that name, in the keyring before anybody hears of it."""
        names = [each for each in self.keyring.names() if each == name or each.startswith(name + "-")]
        free = name if not names else f"{name}-{len(names) + 1}"
        self.keyring.add(free, self._random(32))
        return self.keyring.seed(free)

    def succession(self) -> SecretariatSucceeded:
        """What the members agree to so that this node keeps the log, with a fresh key, from its signed ledger on."""
        state, ledger = self.ledger_state(), self._ledger
        checkpoint = None if ledger is None else ledger.checkpoint()
        if ledger is None or checkpoint is None:
            _refuse("secretariat.checkpoint", self.path.name, "no signed ledger is here", "import the newest ledger")
        key = VerifierKey(state.origin, ED25519, public_key(self.new_key(LOG)))
        root = Sha256(ledger.root(checkpoint.size).hex())
        return SecretariatSucceeded(Slug(self.member), Vkey(format_vkey(key)), checkpoint.size, root)

    def witness_keys(self) -> list[VerifierKey]:
        """The witness keys of all admitted members, by name."""
        members = sorted(self.ledger_state().members.items())
        return [parse_vkey(fact.witness) for _, fact in members if fact.witness is not None]

    def cosigners(self) -> list[str]:
        """The members who cosigned this node's checkpoint."""
        note = None if self._ledger is None else self._ledger.checkpoint_note()
        if note is None:
            return []
        text, lines = parse_note(note)
        return [
            name
            for name, fact in sorted(self.ledger_state().members.items())
            if fact.witness is not None
            and any(verify_line(text, line, parse_vkey(fact.witness)) is not None for line in lines)
        ]

    def unfounded(self, origin: str) -> list[Problem]:
        """Every reason why no exchange can be opened here, with a log of that origin."""
        problems = []
        if not _ORIGIN.fullmatch(origin):
            what = "a log's origin has only a-z, 0-9, '.', '/' and '-'"
            problems.append(Problem("node.origin", "origin", what, "change it so"))
        if self.ledger_state().exchange:
            what, do = "this node is in an exchange", "make another node for it"
            problems.append(Problem("exchange.opened_twice", self.path.name, what, do))
        return problems

    def found(self, origin: str) -> tuple[str, str]:
        """A new exchange's identifier, and the verifier key of a log of that origin, whose key this keyring holds."""
        if problems := self.unfounded(origin):
            raise Problems(problems)
        if LOG not in self.keyring.names():
            self.keyring.add(LOG, self._random(32))
        key = VerifierKey(origin, ED25519, public_key(self.keyring.seed(LOG)))
        return self._random(16).hex(), format_vkey(key)

    def admission(self) -> tuple[str, str, str]:
        """What this member joins with: witness key, age recipient, and the witness key's signature over both."""
        state = self.ledger_state()
        if not state.exchange:
            _refuse("exchange.not_open", self.path.name, "there is no ledger here", "import the secretariat's stick")
        seed = self.keyring.seed(WITNESS)
        witness = VerifierKey(f"{self.member}/witness/{state.exchange}", COSIGNATURE, public_key(seed))
        text = admission_text(state.exchange, self.member, self.public_key, self.keyring.recipient)
        return format_vkey(witness), self.keyring.recipient, ed25519_sign(seed, text).hex()

    # --- what is so --------------------------------------------------------------------------------------------

    def ledger_state(self) -> State:
        """The state that this node's copy of the ledger gives; not to be changed."""
        ledger = self._ledger
        if ledger is None:
            return State()
        if self._folded is None or self._folded.size != ledger.size:
            self._folded = self._snapshot.fold(
                ledger.size, lambda size: ledger.root(size).hex(), self._entries_with_progress, self.attachment
            )
        return self._folded

    def state(self) -> State:
        """A fork of the present state, with this node's own unordered entries on top, that may be changed."""
        return self._with_outbox().state.fork()

    def seen_state(self) -> State:
        """The same state, shared and not to be changed: for whoever only reads."""
        return self._with_outbox().state

    def outbox(self) -> list[Pending]:
        """The entries signed here that the ledger does not have, oldest first."""
        return list(self._with_outbox().pending)

    def attachment(self, name: str) -> bytes | None:
        """An attachment of the ledger, or of an entry that is not in it yet."""
        if not _HEX.fullmatch(name):
            return None
        for store in (self._ledger, self._outbox):
            if store is not None and store.has_attachment(name):
                return store.attachment(name)
        data = self._disk.read(self.path / "inbox" / "attachments" / name)
        return data if data is not None and hashlib.sha256(data).hexdigest() == name else None

    def prove(self, indexes: Sequence[int]) -> list[Signed] | None:
        """Entries with the proof of each that it stands in the tree of the checkpoint; None where that lacks one."""
        ledger = self._ledger
        checkpoint, note = (None, None) if ledger is None else (ledger.checkpoint(), ledger.checkpoint_note())
        if ledger is None or checkpoint is None or note is None or max(indexes, default=0) >= checkpoint.size:
            return None
        found = []
        for index in indexes:
            (entry,) = ledger.entries(index, index + 1)
            hashes = tuple(ledger.tree.prove_inclusion(index, checkpoint.size))
            found.append(Signed(entry, InclusionProof(index, hashes, note)))
        return found

    def given(self, now: str, keys: Sequence[DelegateKey] = (), progress: Progress | None = None) -> Given:
        """Everything that a command may use here, with these key files unlocked."""
        seeds = {key.author: key.seed for key in keys}
        if progress is not None:
            self._progress = progress
        return Given(
            now,
            self._random,
            lambda author: self._member_seed() if author == self.member else seeds.get(author),
            self.attachment,
            lambda name: self.vault.document(name),
            lambda prefix: self.vault.documents(prefix),
            lambda register: [Record(register, *record) for record in self.vault.records(register)],
            vault.seal_to,
            self._progress,
            self._unsealed,
        )

    # --- keeping -----------------------------------------------------------------------------------------------

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        """Keep everything durably, or nothing."""
        records: dict[str, list[vault.Record]] = {}
        for record in outcome.records:
            records.setdefault(record.register, []).append((record.row, record.fields, record.salts))
        documents = dict(outcome.documents)
        for name, sealed in outcome.mail.items():
            if self.member in outcome.mail_to.get(name, ()):
                documents.update(self._opened(name, sealed))
        letters = [(to, name) for name in outcome.mail for to in outcome.mail_to.get(name, ()) if to != self.member]
        gone = outcome.erase, outcome.without
        if letters or (entries and (records or documents or any(gone))):
            event = event_id(decode_entry(entries[-1]).body) if entries else ""
            self._set_aside(event, records, documents, letters, outcome.mail, gone)
            try:
                self._keep(entries, outcome.attachments)
            except BaseException:
                self._doubtful = True
                raise
            self._settle(self.vault)
            return
        if records or documents or outcome.without:
            self.vault.put_all(records, documents, without=outcome.without)
        if outcome.erase:
            self.vault.erase_all(outcome.erase)
        self._keep(entries, outcome.attachments)

    def carry(self, entries: Sequence[bytes], attachments: Mapping[str, bytes]) -> None:
        """Into the outbox what the door has judged, and what somebody else is to order."""
        state = self.ledger_state()
        have = {pending.event for pending in self.outbox()}
        new = [entry for entry in entries if _event_of(entry) not in have and _event_of(entry) not in state.events]
        if new:
            self._outbox.append(new, attachments)

    def check_in(self, entries: Sequence[bytes], now: str) -> Decisions:
        """Judge at once what desks send that are in contact, and keep it: durable when this returns.

        Kept is what takes effect, and what its author has rightly signed and has none, so that it comes on record. What
        waits for something else is not kept here, unlike at the door: its desk has it, and sends it after that.
        """
        if self._ledger is not None and self.is_secretariat:
            return self.let_in(entries, {}, now)
        known, ledger = self._with_outbox(), self._ledger

        def there(index: int) -> bytes | None:
            if index < known.ledger:
                return None if ledger is None else next(iter(ledger.entries(index, index + 1)), None)
            at = index - known.ledger
            return known.pending[at].entry if at < len(known.pending) else None  # it came with these

        state = known.state.fork()
        decisions = decide(state, entries, self.attachment, there)
        if decisions.come_in:
            self._outbox.append(decisions.entries)
            more = [
                Pending(each.entry, str(each.event), each.kind, each.author, each.applied, each.rule, each.what)
                for each in decisions.come_in
            ]
            self._provisional = _Provisional(known.ledger, self._outbox.size, state, (*known.pending, *more))
        return decisions

    def let_in(self, entries: Sequence[bytes], attachments: Mapping[str, bytes], now: str) -> Decisions:
        """The secretariat's door: order what may come in, keep what waits, put aside what is turned away.

        The entry that hands the log to a successor is the last one: what comes after it, and what still waits, is for
        the successor to order, and goes into the outbox as any member's does.
        """
        if self._ledger is None or not self.is_secretariat:
            _refuse("node.not_secretariat", self.path.name, "only the secretariat orders entries", "bring it the stick")
        decisions, state, attached = self._decided(entries, attachments)
        if state.secretariat != self.member:
            state = self.ledger_state().fork()
            ordered = 0
            while state.secretariat == self.member:
                apply(state, decisions.come_in[ordered].entry, attached)
                ordered += 1
            left = [each.entry for each in (*decisions.come_in[ordered:], *decisions.waiting)]
            names = {name for entry in left for name in _named_by(entry)}
            self.carry(left, {name: data for name in sorted(names) if (data := attached(name)) is not None})
            decisions = changed(decisions, come_in=decisions.come_in[:ordered], waiting=())
        self._let_in(decisions, state, attached, attachments, now)
        return decisions

    def take_over(
        self, entries: Sequence[bytes], attachments: Mapping[str, bytes], now: str
    ) -> tuple[bool, Decisions]:
        """Go on as the secretariat if these entries, on top of this node's ledger, make it so; all of them at once.

        One frame of the journal holds them, so that after a power cut this node has taken over, or it has not; then
        they are on the stick and in its outbox as before.
        """
        decisions, state, attached = self._decided(entries, attachments)
        if state.secretariat != self.member:
            return False, decisions
        self._let_in(decisions, state, attached, attachments, now)
        self.note_exchange()
        return True, decisions

    def _decided(
        self, entries: Sequence[bytes], attachments: Mapping[str, bytes]
    ) -> tuple[Decisions, State, Callable[[str], bytes | None]]:
        """What the door decides of these entries and those that wait, the state it comes to, and all attachments."""
        ledger = self._ledger
        assert ledger is not None
        before = self.ledger_state()
        waited = {path.stem: data for path, data in self._inbox()}

        def attachment(name: str) -> bytes | None:
            return attachments.get(name) or self.attachment(name)

        def in_ledger(index: int) -> bytes | None:
            return next(iter(ledger.entries(index, index + 1)), None)

        state = before.fork()
        return decide(state, [*entries, *waited.values()], attachment, in_ledger), state, attachment

    def _let_in(
        self, decisions: Decisions, state: State, attachment: Callable[[str], bytes | None],
        attachments: Mapping[str, bytes], now: str,
    ) -> None:  # fmt: skip
        ledger = self._ledger
        assert ledger is not None
        waited = {path.stem for path, _ in self._inbox()}
        named = {name for decision in (*decisions.come_in, *decisions.waiting) for name in _named_by(decision.entry)}
        needed = {name: data for name in sorted(named) if (data := attachment(name)) is not None}
        self._keep_waiting(decisions.waiting, {name: data for name, data in needed.items() if name in attachments})
        if decisions.entries:
            own = {name for entry in decisions.entries for name in _named_by(entry)}
            missing = {name: needed[name] for name in own if name in needed and not ledger.has_attachment(name)}
            ledger.append(decisions.entries, missing)
            self._grown(state)
        self._put_aside(decisions.away, now)
        still = {_file_name(decision.entry) for decision in decisions.waiting}
        for stem in waited - still:
            self._disk.remove(self.path / "inbox" / f"{stem}.entry")

    def step_down(self, common: int) -> None:
        """Put aside the log that this node kept on from `common` entries after it had been given to a successor.

        What it holds beyond them goes into the outbox first, so that the successor can order it; then the log is moved,
        its journal last, and nothing of it is lost. This node's witness key has cosigned it, and cosigns no other.
        """
        ledger = self._ledger
        assert ledger is not None
        have = {_event_of(entry) for entry in self._outbox.entries()}
        beyond = [entry for entry in ledger.entries(common) if _event_of(entry) not in have]
        named = {name for entry in beyond for name in _names_of(entry)}
        if beyond:
            self._outbox.append(beyond, {n: ledger.attachment(n) for n in sorted(named) if ledger.has_attachment(n)})
        self._move_log("superseded")

    def set_aside(self) -> str:
        """Put away a ledger that this member has not joined, so that another one can be brought; the folder's name.

        Whoever knows a card can open an exchange with it and send its ledger: taking one in is no consent to it.
        """
        fact = self.state().members.get(self.member)
        if self._ledger is None or fact is None:
            _refuse("exchange.not_open", self.path.name, "there is no ledger here", "import the secretariat's stick")
        if fact.admitted is not None or self.is_secretariat or self._outbox.size:
            _refuse(
                "exchange.joined", self.path.name, "this member has joined that exchange, or opened it",
                "make another node for another exchange",
            )  # fmt: skip
        name = f"not-joined-{sum(1 for each in self.path.glob('not-joined-*')) + 1}"
        self._move_log(name)
        self.note_exchange()
        return name

    def _move_log(self, folder: str) -> None:
        """This node's copy of the log goes into a folder of its own, its journal last."""
        assert self._ledger is not None
        self._ledger.close()
        self._ledger, self._folded, self._provisional = None, None, None
        make_folders(self._disk, self.path, (folder,))
        for name in ("ledger", "incoming", "intent", "journal"):
            if (self.path / name).exists():
                self._disk.rename(self.path / name, self.path / folder / name)
        self._disk.sync_folder(self.path / folder)
        self._disk.sync_folder(self.path)

    def waiting(self) -> list[bytes]:
        """Entries that wait at this door for what they rely on."""
        return [data for _, data in self._inbox()]

    def turned_away(self) -> list[dict[str, Any]]:
        """What this door refused: event, author, rule and time; the bytes are kept in refused/."""
        data = self._disk.read(self.path / "door.json")
        rows = json.loads(data) if data is not None else []
        return list(rows)

    def start_log(self, origin: str) -> LogStore:
        """An empty log of that origin; one that was begun and never got an entry makes way."""
        if self._ledger is not None:
            if self._ledger.size or self._ledger.checkpoint() is not None or self._ledger.origin == origin:
                return self._ledger
            self._ledger.close()
            self._ledger = None
            self._disk.remove(self.path / "journal")
        self._ledger = LogStore.create(self.path / "ledger", origin, high_water=self._high_water, disk=self._disk)
        return self._ledger

    def sign(self, now: str) -> None:
        """The secretariat signs what its ledger holds, and cosigns it: nothing happens where that is done already."""
        ledger, key = self._ledger, self._signs_with()
        if ledger is not None and key is not None:
            ledger.sign_checkpoint(key.name, self._seed_of(LOG, key.public.hex()))
            self.cosign(now)

    def cosign(self, now: str) -> str | None:
        """This member's cosignature on its ledger's checkpoint, added to it; None where it is no witness of it.

        The secretariat's own says little to others, but its promise is kept apart from its log: a log put back to an
        old copy is noticed by it.
        """
        ledger, state = self._ledger, self.ledger_state()
        fact = state.members.get(self.member)
        if ledger is None or fact is None or fact.witness is None:
            return None
        note = ledger.checkpoint_note()
        witness, seed = parse_vkey(fact.witness), self.keyring.seed(WITNESS)
        if note is None or witness.public != public_key(seed):
            return None
        line = next((line.line for line in parse_note(note)[1] if line.key_id == witness.key_id), None)
        if line is None:
            log_key = _signer(note, log_keys(state, parse_checkpoint(parse_note(note)[0]).size))
            line = cosign_checkpoint(
                self.path / "witness.json", ledger.tree, note, log_key, witness, seed, unix_time(now), self._disk
            )
            ledger.add_cosignatures([line], [witness])
        return line

    def note_exchange(self) -> None:
        """Say in node.json which exchange this is, once the ledger does."""
        state = self.ledger_state()
        whole = _format_node(self.member, self.role, state.exchange or None, state.secretariat == self.member)
        if self._disk.read(self.path / "node.json") != whole:
            replace(self._disk, self.path / "node.json.tmp", self.path / "node.json", whole)

    def equip(
        self, stage: str, place: str, key: Path, out: Path, passphrase: str
    ) -> dict[str, Any] | list[Problem]:
        """Make the folder with which this member's desk works at a place, alone: its rules, its people, its key."""
        unlocked, stretched = open_key(key, passphrase), stretched_key(key, passphrase)
        made = self.equipment(stage, place, unlocked.author, unlocked.public)
        if isinstance(made, list):
            return made
        with DeskFolder.equip(out, made, unlocked.seed, passphrase, stretched, random=self._random) as desk:
            self.note_equipped(made)
            return {"desk": desk.author, "stage": stage, "place": place, "people": len(made.names), "size": made.size}

    def equipment(self, stage: str, place: str, author: str, key: str) -> Equipment | list[Problem]:
        """All that this member's desk needs at a place but its key; or every reason why there is none.

        Args:
            key: the desk's public key, hex.
        """
        if problems := self.unfit(stage, place, author, key):
            return problems
        state = self.ledger_state()
        twin = narrowed_with(state, stage, place, self._of_devices(state, place))
        return Equipment(author, stage, place, key, state.size, dump_state(twin), self.names(state, stage, place))

    def unfit(self, stage: str, place: str, author: str, key: str) -> list[Problem]:
        """Why that key is not one of a desk or gate of this member's at that place."""
        state = self.ledger_state()
        grant = state.key_at(author, state.size)
        found = state.stages.get(stage)
        problems = []
        if found is None or place not in found.places:
            problems.append(Problem("desk.place", f"{stage}, {place}", "the plan has no such stage and place",
                                    "look at the plan in force, and import the newest ledger"))  # fmt: skip
        if grant is None or grant.key != key or grant.place != place or not author.startswith(f"{self.member}/"):
            problems.append(Problem("desk.author", author, f"holds no key for the place {place}",
                                    "appoint it for this place, and import the ledger that has it"))  # fmt: skip
        return problems

    def _of_devices(self, state: State, place: str) -> Iterator[str]:
        """Every event of a desk or a gate of the place: what a desk that is there already may have in its journal."""
        devices = {
            author: grant.since for author, grants in state.keys.items() for grant in grants if grant.place == place
        }  # fmt: skip
        marks = [f'"author":"{author}"'.encode() for author in devices]
        for entry in () if self._ledger is None else self._ledger.entries(min(devices.values(), default=state.size)):
            if any(mark in entry for mark in marks) and (event := _event_of(entry)) is not None:
                yield event

    def note_equipped(self, made: Equipment) -> None:
        """Keep from which ledger a desk was equipped last."""
        kept = json.dumps({"v": 1, "key": made.key, "size": made.size}).encode()
        self.vault.put_document(f"{EQUIPPED}{made.stage}/{made.author.partition('/')[2]}", kept)

    def equipped(self, stage: str, author: str, key: str) -> int | None:
        """The size of the ledger from which that desk was equipped last for a stage; None where it is not known."""
        kept = json.loads(self.vault.document(f"{EQUIPPED}{stage}/{author.partition('/')[2]}") or b"{}")
        return int(kept["size"]) if kept.get("key") == key else None

    def names(self, state: State, stage: str, place: str) -> dict[str, dict[str, str]]:
        """The sealed rows of the lists in force, for the people on one manifest, by number."""
        found = state.stages.get(stage)
        wanted = set(found.places[place].manifest) if found is not None and place in found.places else set()
        lists = {fact.list for fact in state.lists.values()}
        rows: dict[str, dict[str, str]] = {}
        for name in self.vault.documents("mail/rows/"):
            if name.removeprefix("mail/rows/") not in state.letters:  # anybody can seal a letter
                continue
            letter = json.loads(self.vault.document(name) or b"{}").get("data", {})
            if letter.get("list") in lists:
                rows |= {row["number"]: row["fields"] for row in letter["rows"] if row["number"] in wanted}
        return rows

    # --- letters -----------------------------------------------------------------------------------------------

    def post(self, member: str, name: str, sealed: bytes) -> None:
        """Keep a letter for a member, to be carried on sticks."""
        folder = self.path / "mail" / member
        if self._disk.read(folder / f"{name}.age") == sealed:
            return
        make_folders(self._disk, self.path, ("mail", member))
        replace(self._disk, folder / f"{name}.tmp", folder / f"{name}.age", sealed)

    def letters(self) -> Iterator[tuple[str, str, bytes]]:
        """Every letter kept here for somebody: member, SHA-256, sealed bytes."""
        self._settle(self.vault)
        for path in self._disk.files(self.path / "mail"):
            member, _, file = path.partition("/")
            if file.endswith(".age") and (sealed := self._disk.read(self.path / "mail" / path)) is not None:
                yield member, file.removesuffix(".age"), sealed

    def receive(self, letters: Mapping[str, bytes]) -> tuple[int, list[Problem]]:
        """Open letters to this member into the vault; how many were new, and those that do not open."""
        have = {name.rpartition("/")[2] for name in self.vault.documents("mail/")}
        documents: dict[str, bytes] = {}
        problems: list[Problem] = []
        new = 0
        for name, sealed in letters.items():
            if name in have:
                continue
            try:
                documents.update(self._opened(name, sealed))
                new += 1
            except Problems as error:
                problems += error.problems
        if documents:
            self.vault.put_all({}, documents)
        return new, problems

    def _unsealed(self, sealed: bytes) -> bytes | None:
        """What was sealed to this member; nothing where it was to others."""
        try:
            return vault.open_sealed(sealed, self.keyring.identity)
        except Problems:
            return None

    def _opened(self, name: str, sealed: bytes) -> dict[str, bytes]:
        """The letter as the vault keeps it: mail/<kind>/<from>/<sha256>."""
        where = f"letter {name[:16]}"
        if hashlib.sha256(sealed).hexdigest() != name or len(sealed) > _LETTER_MAX:
            _refuse("mail.changed", where, "not the bytes that its name is the hash of", "bring it on another stick")
        data = vault.open_sealed(sealed, self.keyring.identity, where)
        try:
            raw = decode(data)
            kind, sender = raw["kind"], raw["from"]
            if not (_SLUG.fullmatch(kind) and _SLUG.fullmatch(sender) and set(raw) == {"kind", "from", "data"}):
                raise ValueError
            if not is_whole(kind, raw["data"]):
                raise ValueError
        except (NotCanonical, ValueError, KeyError, TypeError):
            _refuse("mail.format", where, "not a letter of this system", "ask the sender to send it again")
        return {f"mail/{kind}/{sender}/{name}": data}

    # --- under it ----------------------------------------------------------------------------------------------

    def _keep(self, entries: Sequence[bytes], attachments: Mapping[str, bytes]) -> None:
        opening = _opening_of(entries[0]) if entries else None
        if opening is not None and (self._ledger is None or self._ledger.size == 0):
            log = parse_vkey(opening.log)
            if log != VerifierKey(opening.origin, ED25519, public_key(self.keyring.seed(LOG))):
                _refuse("exchange.log", self.path.name, "the opening names another log key than this node's",
                        "open the exchange with the key that this node gives")  # fmt: skip
            self.start_log(opening.origin)
        ledger = self._ledger
        if ledger is not None and (self.is_secretariat or (opening is not None and ledger.size == 0)):
            state = self.ledger_state().fork()
            ledger.append(entries, attachments)
            for entry in entries:
                apply(state, entry, self.attachment)
            self._grown(state)
            self.note_exchange()
        elif entries or attachments:
            self._outbox.append(entries, attachments)

    def _set_aside(
        self, event: str, records: Mapping[str, Sequence[tuple[str, Mapping[str, str], Mapping[str, bytes]]]],
        documents: Mapping[str, bytes], letters: Sequence[tuple[str, str]], mail: Mapping[str, bytes],
        gone: tuple[Sequence[tuple[str, str]], Sequence[str]],
    ) -> None:  # fmt: skip
        """Into the vault, in one go, what counts once the ledger or the outbox has the event, and not before; without
        an event, at once."""
        kept = self.vault
        if self._doubtful:
            _refuse("log.stopped", self.path.name, "a commit before this one was stopped", "open the node anew")
        self._settle(kept)
        new = records.keys() - set(kept.registers())
        index = {
            "event": event, "documents": sorted(documents), "letters": letters, "registers": sorted(new),
            "erase": gone[0], "without": gone[1],
        }  # fmt: skip
        aside = {f"{_ASIDE}/document/{name}": data for name, data in documents.items()}
        aside |= {f"{_ASIDE}/letter/{name}": mail[name] for _, name in letters}
        kept.put_all(records, {**aside, _ASIDE: json.dumps(index).encode()})

    def _settle(self, kept: Vault) -> None:
        """Put what was set aside where it belongs, or drop it if its event is nowhere here. May be repeated."""
        found = kept.document(_ASIDE)
        if found is None or self._doubtful:
            return
        index = json.loads(found)
        aside = {name: f"{_ASIDE}/document/{name}" for name in index["documents"]}
        mail = {name: f"{_ASIDE}/letter/{name}" for _, name in index["letters"]}
        documents: dict[str, bytes] = {}
        if self._has_event(index["event"]):
            documents = {name: kept.document(place) or b"" for name, place in aside.items()}
            for member, name in index["letters"]:
                self.post(member, name, kept.document(mail[name]) or b"")
            if index["erase"] or index["without"]:
                kept.put_all({}, documents, without=index["without"])
            if index["erase"]:
                kept.erase_all([(register, row) for register, row in index["erase"]])
        else:
            for register in index["registers"]:
                kept.erase_register(register)
        kept.put_all({}, documents, without=[_ASIDE, *aside.values(), *mail.values()])

    def _has_event(self, event: str) -> bool:
        if not event or event in self.ledger_state().events:
            return True
        return any(_event_of(entry) == event for entry in self._outbox.entries())

    def _grown(self, state: State) -> None:
        """The ledger is now that of `state`, which nobody changes any more."""
        assert self._ledger is not None
        if state.size == self._ledger.size:
            self._snapshot.keep(state)
            self._folded = state

    def _with_outbox(self) -> _Provisional:
        ledger_size = 0 if self._ledger is None else self._ledger.size
        known = self._provisional
        if known is not None and known.ledger == ledger_size and known.outbox <= self._outbox.size:
            if known.outbox == self._outbox.size:
                return known
            new = list(self._outbox.entries(known.outbox))  # it grew under the same ledger: no more is folded
            return self._folded_on(ledger_size, known.state.fork(), known.pending, new)
        ledger_state = self.ledger_state()
        new = []
        drained = start = self._drained()
        for at, entry in enumerate(self._outbox.entries(start), start):
            if event_id(decode_entry(entry).body) in ledger_state.events:
                drained += drained == at
            else:
                new.append(entry)
        if drained > start:
            self._note_drained(drained)
        return self._folded_on(ledger_size, ledger_state.fork(provisional=not self.is_secretariat), (), new)

    def _folded_on(
        self, ledger: int, state: State, pending: Sequence[Pending], entries: Sequence[bytes]
    ) -> _Provisional:
        """What is so with these entries, the last ones of the outbox, on top; `state` is changed."""
        more = []
        for entry in entries:
            verdict = apply(state, entry, self.attachment)
            event = event_id(decode_entry(entry).body)
            more.append(Pending(
                entry, event, verdict.kind, verdict.author, verdict.applied, verdict.rule, verdict.what
            ))  # fmt: skip
        self._provisional = _Provisional(ledger, self._outbox.size, state, (*pending, *more))
        return self._provisional

    def _drained(self) -> int:
        """How many of the outbox's first entries the ledger has: found again, slowly, if the file does not fit."""
        data = self._disk.read(self.path / "outbox" / "drained")
        try:
            count, size, root = (data or b"").decode().split()
            known = self._ledger is not None and int(size) <= self._ledger.size
            fits = known and self._ledger is not None and self._ledger.root(int(size)).hex() == root
            return int(count) if fits and int(count) <= self._outbox.size else 0
        except ValueError:
            return 0

    def _note_drained(self, count: int) -> None:
        """It holds for this ledger and those that continue it, not for an older copy put back."""
        assert self._ledger is not None
        text = f"{count} {self._ledger.size} {self._ledger.root().hex()}\n".encode()
        replace(self._disk, self.path / "outbox" / "drained.tmp", self.path / "outbox" / "drained", text)

    def _entries_with_progress(self, start: int) -> Iterator[bytes]:
        assert self._ledger is not None
        total = self._ledger.size
        for at, entry in enumerate(self._ledger.entries(start), start):
            if at % 500 == 0 and total - start > 1000:
                self._progress("reading the ledger", at, total)
            yield entry
        if total - start > 1000:
            self._progress("reading the ledger", total, total)

    def _inbox(self) -> list[tuple[Path, bytes]]:
        folder = self.path / "inbox"
        names = [name for name in self._disk.files(folder) if name.endswith(".entry")]
        found = [(folder / name, self._disk.read(folder / name)) for name in names]
        return [(path, data) for path, data in found if data is not None]

    def _keep_waiting(self, waiting: Sequence[Decision], attachments: Mapping[str, bytes]) -> None:
        folder = self.path / "inbox"
        if waiting:
            make_folders(self._disk, self.path, ("inbox", "attachments"))
        wanted = {name for decision in waiting for name in _named_by(decision.entry)}
        for name, data in attachments.items():
            if name in wanted and self._disk.read(folder / "attachments" / name) != data:
                replace(self._disk, folder / "attachments" / f"{name}.tmp", folder / "attachments" / name, data)
        for decision in waiting:
            path = folder / f"{_file_name(decision.entry)}.entry"
            if self._disk.read(path) != decision.entry:
                replace(self._disk, path.with_suffix(".tmp"), path, decision.entry)

    def _put_aside(self, away: Sequence[Decision], now: str) -> None:
        rows = self.turned_away()
        known = {row["sha256"] for row in rows}
        for decision in away:
            name = _file_name(decision.entry)
            if name in known:
                continue
            make_folders(self._disk, self.path, ("refused",))
            path = self.path / "refused" / f"{name}.entry"
            replace(self._disk, path.with_suffix(".tmp"), path, decision.entry)
            rows.append({
                "sha256": name, "event": decision.event, "kind": decision.kind, "author": decision.author,
                "rule": decision.rule, "what": decision.what, "at": now,
            })  # fmt: skip
        if len(rows) > len(known):
            text = json.dumps(rows, indent=1, ensure_ascii=True).encode()
            replace(self._disk, self.path / "door.json.tmp", self.path / "door.json", text)


def read_node(path: Path, disk: Disk | None = None) -> dict[str, Any]:
    """What node.json says, in public: no passphrase is needed."""
    data = (disk or Disk()).read(path / "node.json")
    if data is None:
        _refuse("node.absent", path.name, "there is no node here", "name a node's folder, or make one with `node init`")
    try:
        raw = json.loads(data)
        if raw["v"] != 1 or not _SLUG.fullmatch(raw["member"]) or raw["role"] not in EVERYONE:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        _refuse("node.format", f"{path.name}, node.json", "damaged, or of another version", "bring it back from a copy")
    return dict(raw)


def _signer(note: bytes, keys: Sequence[VerifierKey]) -> VerifierKey:
    """Which of the keys signed it; the first one where none did, which whoever verifies it then says."""
    for key in keys:
        try:
            open_note(note, [key])
            return key
        except BadNote:
            continue
    return keys[0]


def unix_time(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _format_node(member: str, role: str, exchange: str | None, secretariat: bool) -> bytes:
    raw = {"v": 1, "member": member, "role": role, "exchange": exchange, "secretariat": secretariat}
    return json.dumps(raw, indent=1).encode() + b"\n"


def _opening_of(entry: bytes) -> ExchangeOpened | None:
    data = decode_body(decode_entry(entry).body).data
    return data if isinstance(data, ExchangeOpened) else None


def _event_of(entry: bytes) -> str | None:
    try:
        return event_id(decode_entry(entry).body)
    except ValueError:
        return None


def _names_of(entry: bytes) -> tuple[str, ...]:
    """The attachments that an entry names; none if it is no event, which the fold has recorded as refused."""
    try:
        return _named_by(entry)
    except ValueError:
        return ()


def _named_by(entry: bytes) -> tuple[str, ...]:
    return named_by(decode_body(decode_entry(entry).body).data)


def _file_name(entry: bytes) -> str:
    return hashlib.sha256(entry).hexdigest()


def _refuse(code: str, where: str, what: str, do: str) -> NoReturn:
    raise Problems([Problem(code, where, what, do)])
