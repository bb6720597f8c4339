"""Who may speak, read off the entries a second time: members, keys, the index at which each key held, and quorums.

The table of `exchange/authority.py` says what each kind of event needs; here it is applied again by other code, to
every entry that the fold let take effect. Each signature is verified once more. Nothing is asked of the state.

Log time, on which a cooling-off rests, is known here from below (the mediators' entries with effect) and from above
(all that they signed); a cooling-off is found wanting where no time between the two allows what was done.

    >>> book = Authority()
    >>> book.key_of("north/desk-bridge", 5) is None
    True
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from repatria.exchange.authority import BEFORE_OPENING, ON_PAPER, SIGNATORIES, TABLE
from repatria.exchange.codec import Body
from repatria.exchange.events import (
    DelegateAppointed,
    Event,
    ExchangeOpened,
    KeyCompromised,
    KeyObjected,
    KeyRevoked,
    KeyRotated,
    MedicalBoardDecided,
    MemberAdmitted,
    RoundActivated,
    SecretariatSucceeded,
    admission_text,
    rotation_text,
)
from repatria.ledger.entry import Entry, key_id, pae
from repatria.ledger.note import ED25519, BadNote, ed25519_verify, parse_vkey

# Done out of contact, and so judged by what their desk had seen (DESIGN section 4.6).
OUT_OF_CONTACT = frozenset(
    ("RightReturned", "PersonPresented", "PersonReleased", "PersonReceived", "PersonAbsent", "SubstitutionFound")
)
BINDING = ("signatory", "supervisor")  # delegates who can bind their member: appointed by its signatories


@dataclass(frozen=True)
class Member:
    role: str
    key: str
    quorum: int
    admitted: int | None = None
    witness: str | None = None
    keys: tuple[tuple[str, int], ...] = ()  # every key it gave up, and at which entry


@dataclass(frozen=True)
class Delegation:
    """A delegate's key, from the entry after `since` to the entry `until`."""

    key: str
    role: str
    place: str | None
    since: int
    until: int | None = None
    # Log times, at least and at most: from when it holds; from when its end can no longer be objected to.
    cooled: tuple[str, str] = ("", "")
    final: tuple[str, str] = ("", "")
    follows: str = ""  # the key that signed for it to take its place
    bad: int | None = None  # the entry by which its member said that it is compromised


@dataclass(frozen=True)
class Spoken:
    """By what right an entry speaks: the delegation it uses, if any, and how much of the ledger counts as known."""

    delegation: Delegation | None
    known: int
    revoked: bool  # the delegation held when the author last looked, and holds no more
    signatories: int = 0  # how many of the member's have signed besides


@dataclass
class Authority:
    """Members and keys so far. `judge` says what is wrong with an entry; `learn` takes in what it changes."""

    members: dict[str, Member] = field(default_factory=dict)
    delegations: dict[str, list[Delegation]] = field(default_factory=lambda: defaultdict(list))
    logs: list[tuple[str, str, int]] = field(default_factory=list)  # key, secretariat, and from which entry on
    origin: str = ""
    exchange: str = ""
    closed: bool = False
    hours: int = 0
    cools: bool = False  # a first round has been activated
    clocks: int = 1  # mediators whose clocks make the log's time
    least: dict[str, str] = field(default_factory=dict)  # mediator -> its latest time in an entry with effect
    most: dict[str, str] = field(default_factory=dict)  # mediator -> the latest time that it has signed
    agreed: dict[Event, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))  # member -> its entry
    # What the latest entry said is compromised: delegate, role, from where; and whose assents it takes back from where.
    spoilt: list[tuple[str, str, int]] = field(default_factory=list)
    taken_back: tuple[str, int] | None = None

    def of_role(self, role: str) -> tuple[str, ...]:
        return tuple(sorted(name for name, member in self.members.items() if member.role == role))

    @property
    def parties(self) -> tuple[str, ...]:
        return self.of_role("party")

    @property
    def log(self) -> str:
        """The key that signs the checkpoints of the whole ledger so far."""
        return self.logs[-1][0] if self.logs else ""

    def key_of(self, delegate: str, known: int) -> Delegation | None:
        """The delegate's delegation as a ledger of `known` entries has it."""
        return next(iter(self.keys_of(delegate, known)), None)

    def keys_of(self, delegate: str, known: int) -> list[Delegation]:
        """The same, latest first: more than one only while it is not known whether a new key has cooled off."""
        found: list[Delegation] = []
        for held in reversed(self.delegations.get(delegate, [])):
            if held.since < known and (held.until is None or held.until >= known) and not self._before(held.cooled):
                found.append(held)
                if not self._may_be_before(held.cooled):
                    break
        return found

    def hear(self, entry: Entry, body: Body) -> None:
        """Any well-formed entry of the ledger: what a mediator has signed may move the log's time."""
        member = self.members.get(body.member)
        if member is None or member.role != "mediator" or body.exchange != self.exchange:
            return
        keys = [member.key, *(key for key, _ in member.keys)]
        keys += [held.key for held in self.delegations.get(body.author, ())]
        if _signed(entry, {key_id(bytes.fromhex(key)): key for key in keys})[0]:
            self.most[body.member] = max(body.at, self.most.get(body.member, ""))

    def log_time(self) -> tuple[str, str]:
        """The log's time: at least, and at most."""
        return self._time(False), self._time(True)

    def _time(self, most: bool) -> str:
        """The log's time: at most, or at least; nothing where too few mediators have said one."""
        told = sorted((self.most if most else self.least).values(), reverse=True)
        return told[self.clocks - 1] if len(told) >= self.clocks else ""

    def _before(self, moment: tuple[str, str]) -> bool:
        """Whether that moment is surely still to come."""
        return moment[0] > self._time(True)

    def _may_be_before(self, moment: tuple[str, str]) -> bool:
        return moment[1] > self._time(False)

    def _cooled(self, role: str) -> tuple[str, str]:
        """When a change of such a delegate made now has cooled off; nothing where it need not."""
        if not self.cools or not self.hours or role not in BINDING:
            return "", ""
        least = self._time(False)
        return _later(least, self.hours) if least else "", _later(self._time(True), self.hours)

    def ended(self, author: str, came: int, known: int) -> bool:
        """Whether a ledger of `known` entries says that the desk's key was revoked before entry `came`, or is bad."""
        return any(
            (held.until is not None and held.until < came and held.until < known)
            or (held.bad is not None and held.bad < known)
            for held in self.delegations.get(author, ())
        )

    def judge(self, index: int, entry: Entry, body: Body) -> tuple[Spoken, list[str]]:
        """By what right this entry takes effect at `index`, and every reason why it should not."""
        kind, data = body.kind, body.data
        known = min(body.seen[0], index) if self._is_apart(kind, body.author) else index
        wrong: list[str] = []
        delegation = self._delegation(entry, body, known)
        revoked = delegation is not None and delegation.until is not None and delegation.until < index
        spoken = Spoken(delegation, known, revoked)
        if isinstance(data, ExchangeOpened):
            founders = {str(f.member): str(f.key) for f in data.founders}
            own = founders.get(body.author) if body.author == data.secretariat else None
            if self.members:
                wrong.append("a second opening")
        elif "/" in body.author:
            own = delegation.key if delegation else None
        else:
            own = self.members[body.author].key if body.author in self.members else None
        if own is None:
            return spoken, [*wrong, f"{body.author} has no key that is valid at {known} entries"]
        rescue = isinstance(data, KeyRotated) and data.author != body.author
        accused = data.author if isinstance(data, KeyCompromised) else ""
        signatories = self._signatories(body.member, index, accused) if "/" not in body.author or rescue else {}
        if isinstance(data, MedicalBoardDecided) and data.board == "mixed":
            signatories = self._seated(data.holder, body.author, index)
        signed, bad = _signed(entry, {key_id(bytes.fromhex(own)): str(own), **signatories})
        wrong += bad
        if key_id(bytes.fromhex(own)) not in signed:
            wrong.append("the author's own key has not signed")
        if not isinstance(data, ExchangeOpened):
            wrong += self._entitled(kind, body, delegation, len(signed & set(signatories)), index)
            spoken = replace(spoken, signatories=len(signed & set(signatories)))
        if body.exchange != (self.exchange or body.exchange):
            wrong.append("of another exchange")
        return spoken, wrong

    def on_paper(self, kind: str, member: str, transcribers: tuple[str, ...]) -> list[str]:
        """Every reason why a paper of this member, entered by these, should not take effect."""
        wrong = [] if kind in ON_PAPER else [f"{kind} cannot be given on paper"]
        if member not in self.members or self.members[member].role not in TABLE[kind].members:
            wrong.append(f"{kind} is not for {member}")
        if len(set(transcribers)) < 2 or member in transcribers:
            wrong.append("not entered by two other members")
        return wrong

    def learn(self, index: int, body: Body) -> list[str]:
        """Take in what the event changes about members and keys; gives back what is wrong with it."""
        data = body.data
        if body.member in self.of_role("mediator"):
            self.least[body.member] = max(body.at, self.least.get(body.member, ""))
        match data:
            case ExchangeOpened():
                self.exchange, self.origin = body.exchange, data.origin
                self.logs = [(str(data.log), str(data.secretariat), index)]
                self.hours, self.clocks = data.cooling_hours, data.mediator_quorum
                self.members = {str(f.member): Member(f.role, f.key, f.quorum) for f in data.founders}
            case MemberAdmitted():
                member = self.members.get(data.member)
                if member is None or data.member != body.author or member.admitted is not None:
                    return ["a founder admits itself, once"]
                self.members[data.member] = replace(member, admitted=index, witness=data.witness)
                text = admission_text(body.exchange, data.member, member.key, data.recipient)
                try:
                    witness = parse_vkey(data.witness).public
                except BadNote:
                    return ["the witness key is not a verifier key"]
                if not ed25519_verify(witness, bytes.fromhex(data.witness_signature), text):
                    return ["the witness key has not signed the member's key"]
                if [m.witness for m in self.members.values()].count(data.witness) > 1:
                    return ["two members have one witness key"]
            case DelegateAppointed():
                held = self.delegations[data.delegate]
                wrong = [] if data.delegate.startswith(body.author + "/") else ["a delegate of another member"]
                if any(d.until is None for d in held):
                    wrong.append("the delegate holds a key already")
                if any(self._before(d.final) for d in held):
                    wrong.append("the delegate can still be given back the key it held")
                wrong += self._unused(data.key)
                held.append(Delegation(data.key, data.role, data.place, index, cooled=self._cooled(data.role)))
                if data.role == "physician" and self._crowded(body, index + 1):
                    wrong.append("more physicians than a commission has seats for")
                return wrong
            case KeyRevoked():
                held = self.delegations[data.delegate]
                live = [d for d in held if d.until is None]
                if data.key not in [d.key for d in live]:
                    return ["the delegate does not hold this key"]
                held[:] = [replace(d, until=index, final=self._cooled(d.role)) if d in live else d for d in held]
                return [] if data.delegate.startswith(body.author + "/") else ["a delegate of another member"]
            case KeyRotated():
                return self._rotated(index, body, data)
            case KeyObjected():
                return self._objected(index, body, data)
            case KeyCompromised():
                return self._compromised(index, body, data)
            case RoundActivated():
                self.agree(data, body.author, index)
            case SecretariatSucceeded():
                return self._succeeded(index, body, data)
        return []

    def agree(self, event: Event, member: str, index: int) -> dict[str, int]:
        """A member's part of an act of several, by its own entry, or by its paper (index -1)."""
        so_far = self.agreed[event]
        so_far[member] = index
        if isinstance(event, RoundActivated):
            roles = {self.members[name].role for name in so_far if name in self.members}
            self.cools = self.cools or (set(self.parties) <= so_far.keys() and "mediator" in roles)
        return so_far

    # --- keys that change -----------------------------------------------------------------------------------------

    def _rotated(self, index: int, body: Body, data: KeyRotated) -> list[str]:
        wrong = self._unused(data.new)
        text = rotation_text(body.exchange, data.author, data.key, data.new)
        if not ed25519_verify(bytes.fromhex(data.new), bytes.fromhex(data.signature), text):
            wrong.append("the new key has not signed that it takes the place of the old one")
        if data.author == body.member:
            member = self.members[body.member]
            if member.key != data.key:
                wrong.append("not the key that the member has")
            kept = (*member.keys, (member.key, index))
            self.members[body.member] = replace(member, key=str(data.new), keys=kept)
            return wrong
        if data.author != body.author:
            return [*wrong, "replaces the key of another"]
        held = self.delegations[data.author]
        last = held[-1]
        if last.until is not None or last.key != data.key or last.role in ("desk", "gate"):
            wrong.append("not a key that its delegate has and may replace")
        cooled = self._cooled(last.role)
        if not cooled[1]:
            held[-1] = replace(last, until=index)
        held.append(Delegation(str(data.new), last.role, last.place, index, cooled=cooled, follows=str(data.key)))
        return wrong

    def _objected(self, index: int, body: Body, data: KeyObjected) -> list[str]:
        held = self.delegations[data.delegate]
        at = max((n for n, d in enumerate(held) if d.key == data.key), default=None)
        if at is None or data.delegate.partition("/")[0] != body.member or data.delegate == body.author:
            return ["objects to no change of another delegate of its member"]
        found = held[at]
        if found.until is None:
            held[at] = replace(found, until=index)
            return [] if self._may_be_before(found.cooled) else ["objects to a key that has cooled off"]
        late = not self._may_be_before(found.final)
        held[:] = [replace(d, final=("", "")) for d in held]
        held.append(replace(found, since=index, until=None, final=("", "")))
        return ["objects to an end that nobody can object to any more"] if late else []

    def _compromised(self, index: int, body: Body, data: KeyCompromised) -> list[str]:
        self.spoilt = []
        self.taken_back = None
        roles = {held.role for held in self.delegations.get(data.author, ())}
        if data.author == body.member or roles & set(BINDING):
            self.taken_back = (body.member, data.since)
            for agreed in self.agreed.values():
                take_back(agreed, body.member, data.since)
        wrong = [] if data.since <= index else ["compromised as from an entry that is not there yet"]
        if data.author == body.member:
            given_up = dict(self.members[body.member].keys)
            if data.key not in given_up:
                return [*wrong, "no key that the member has given up"]
            for delegate, held in self.delegations.items():
                if delegate.partition("/")[0] == body.member:
                    for key in {d.key for d in held if not d.follows}:
                        given = min(d.since for d in held if d.key == key)
                        if data.since <= given < given_up[data.key]:
                            self._spoil(delegate, key, given, index)
            return wrong
        if data.author.partition("/")[0] != body.member:
            wrong.append("the key of another member")
        if data.key not in [d.key for d in self.delegations[data.author]]:
            wrong.append("no key that the delegate has had")
        self._spoil(data.author, data.key, data.since, index)
        return wrong

    def _spoil(self, delegate: str, key: str, since: int, index: int) -> None:
        """The key, and whatever took its place by its own signature from there on."""
        spoilt = {key}
        held = self.delegations[delegate]
        self.spoilt += [(delegate, each.role, since) for each in held if each.key == key][:1]
        for at, each in enumerate(held):
            if each.follows in spoilt and each.since >= since:
                spoilt.add(each.key)
            if each.key in spoilt:
                until = index if each.until is None else each.until
                held[at] = replace(each, until=until, final=("", ""), bad=index)

    def _succeeded(self, index: int, body: Body, data: SecretariatSucceeded) -> list[str]:
        wrong = []
        member = self.members.get(data.successor)
        if member is None or member.role != "mediator" or data.successor == self.logs[-1][1]:
            wrong.append("the successor is not another one of the mediators")
        try:
            log = parse_vkey(data.log)
        except BadNote:
            return [*wrong, "the log's new key is not a verifier key"]
        if log.kind != ED25519 or log.name != self.origin:
            wrong.append("the log's new key is for another log")
        wrong += self._unused(log.public.hex())
        agreed = self.agree(data, body.author, index)
        say = [name for name, each in self.members.items() if each.role != "observer"]
        if {*self.parties, str(data.successor)} <= agreed.keys() and 2 * len(agreed) > len(say):
            self.logs.append((str(data.log), str(data.successor), index))
        return wrong

    def _unused(self, key: str) -> list[str]:
        """One key, one purpose."""
        vkeys = [log for log, _, _ in self.logs] + [str(m.witness) for m in self.members.values() if m.witness]
        used = {parse_vkey(vkey).public.hex() for vkey in vkeys}
        for member in self.members.values():
            used |= {member.key, *(old for old, _ in member.keys)}
        used |= {held.key for each in self.delegations.values() for held in each}
        return ["the key has been used before"] if key in used else []

    def _delegation(self, entry: Entry, body: Body, known: int) -> Delegation | None:
        """The delegation by which a delegate speaks: the one that has signed, where two may hold."""
        held = self.keys_of(body.author, known) if "/" in body.author else []
        if not held and isinstance(body.data, KeyObjected):
            held = [d for d in reversed(self.delegations[body.author]) if self._may_be_before(d.final)]
        signed = [d for d in held if _signed(entry, {key_id(bytes.fromhex(d.key)): d.key})[0]]
        return next(iter(signed or held), None)

    def _is_apart(self, kind: str, author: str) -> bool:
        """Whether such an entry is made out of contact: a desk's acts, and the words given at a gate."""
        gate = any(held.role == "gate" for held in self.delegations.get(author, ()))
        return kind in OUT_OF_CONTACT or (gate and kind in ("Cleared", "NotGoing"))

    def _entitled(
        self, kind: str, body: Body, delegation: Delegation | None, signatories: int, index: int
    ) -> list[str]:
        """Whether the member's role, the delegate's role and the number of signatories are what the table asks."""
        member = self.members.get(body.member)
        if member is None:
            return [f"{body.member} is no member"]
        rule, wrong = TABLE[kind], []
        if member.role not in rule.members:
            wrong.append(f"{kind} is not for a {member.role}")
        if kind != "MemberAdmitted" and member.admitted is None:
            wrong.append(f"{body.member} has not been admitted")
        if kind not in BEFORE_OPENING and any(each.admitted is None for each in self.members.values()):
            wrong.append("not every founder has been admitted")
        if self.closed and kind != "RecordErased":
            wrong.append("the exchange is closed")
        if isinstance(rule.by, tuple):
            if ("key" if delegation is None else delegation.role) not in rule.by:
                wrong.append(f"{kind} needs a delegate in the role {' or '.join(rule.by)}")
        elif delegation is not None:
            wrong.append(f"{kind} is signed by the member, not by a delegate")
        needed = self._needed(kind, body, member.quorum, index)
        if signatories < needed:
            wrong.append(f"{signatories} of the {needed} signatories needed have signed")
        return wrong

    def _needed(self, kind: str, body: Body, quorum: int, index: int) -> int:
        """Signatories besides the member: its quorum for what binds it, and for a change of who can bind it."""
        match body.data:
            case DelegateAppointed(role=role) if role in BINDING:
                return self._to_bind(body.member, quorum, index, "")
            case KeyRotated(author=author) if author == body.author == body.member:
                return self._to_bind(body.member, quorum, index, "")
            case KeyRotated(author=author) if author == body.member:
                return max(quorum, 2)
            case KeyCompromised(author=author):
                roles = {held.role for held in self.delegations.get(author, ())}
                binds = author == body.member or bool(roles & set(BINDING))
                return self._to_bind(body.member, quorum, index, author) if binds else 0
            case MedicalBoardDecided(board="mixed"):
                return 1  # with the author two of three: a majority (GC III Annex II 10)
        return quorum if TABLE[kind].by == SIGNATORIES else 0

    def _to_bind(self, member: str, quorum: int, index: int, without: str) -> int:
        """None until there were ever enough signatories; then as many as there are, or can be again."""
        ever = left = 0
        for delegate, held in self.delegations.items():
            if delegate.partition("/")[0] == member:
                ever += sum(each.role == "signatory" for each in held)
                standing = self.key_of(delegate, index)
                counts = [each for each in ([standing] if standing else held) if each.role == "signatory"]
                can_sign = any(each is standing or self._before(each.final) for each in counts)
                left += delegate != without and can_sign
        return min(quorum, max(1, left)) if ever >= quorum else 0

    def _seated(self, holder: str, author: str, index: int) -> dict[str, str]:
        """The keys of the physicians who sit on the commission for a holder's people, but the author's."""
        members = (holder, *self.of_role("neutral"))
        return {
            key_id(bytes.fromhex(held.key)): held.key
            for delegate in self.delegations
            if delegate.partition("/")[0] in members and delegate != author
            for held in self.keys_of(delegate, index)
            if held.role == "physician"
        }

    def _crowded(self, body: Body, index: int) -> bool:
        """Whether more physicians stand than a commission has seats for: one of a party, two of all neutrals."""
        neutrals = self.of_role("neutral")
        members, seats = (neutrals, 2) if body.member in neutrals else ((body.member,), 1)
        standing = [
            delegate
            for delegate in self.delegations
            if delegate.partition("/")[0] in members
            and any(held.role == "physician" for held in self.keys_of(delegate, index))
        ]
        return len(standing) > seats

    def _signatories(self, member: str, index: int, without: str) -> dict[str, str]:
        return {
            key_id(bytes.fromhex(held.key)): held.key
            for delegate in self.delegations
            if delegate.partition("/")[0] == member and delegate != without
            for held in self.keys_of(delegate, index)
            if held.role == "signatory"
        }


def _later(moment: str, hours: int) -> str:
    try:
        return (datetime.fromisoformat(moment) + timedelta(hours=hours)).isoformat()[:19] + "Z"
    except (ValueError, OverflowError):
        return "9999-12-31T23:59:59Z"


def take_back(agreed: dict[str, int], member: str, since: int) -> None:
    """A member's part, said from that entry on, in acts that are not in force; those in force do not ask again."""
    if agreed.get(member, -1) >= since:
        del agreed[member]


def _signed(entry: Entry, keys: dict[str, str]) -> tuple[set[str], list[str]]:
    """The ids of the keys that did sign, and what is wrong with the others' lines."""
    message = pae(entry.type, entry.body)
    signed, wrong = set(), []
    for line in entry.sigs:
        if line.keyid not in keys:
            wrong.append("a signature by no key that speaks for the author")
        elif not ed25519_verify(bytes.fromhex(keys[line.keyid]), line.sig, message):
            wrong.append("a signature that does not fit the bytes")
        else:
            signed.add(line.keyid)
    return signed, wrong
