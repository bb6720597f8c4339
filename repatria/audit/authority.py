"""Who may speak, read off the entries a second time: members, keys, the index at which each key held, and quorums.

The table of `exchange/authority.py` says what each kind of event needs; here it is applied again by other code, to
every entry that the fold let take effect. Each signature is verified once more. Nothing is asked of the state.

    >>> book = Authority()
    >>> book.key_of("north/desk-bridge", 5) is None
    True
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from repatria.exchange.authority import BEFORE_OPENING, ON_PAPER, SIGNATORIES, TABLE
from repatria.exchange.codec import Body
from repatria.exchange.events import (
    DelegateAppointed,
    ExchangeOpened,
    KeyRevoked,
    MemberAdmitted,
    admission_text,
)
from repatria.ledger.entry import Entry, key_id, pae
from repatria.ledger.note import BadNote, ed25519_verify, parse_vkey

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


@dataclass(frozen=True)
class Delegation:
    """A delegate's key, from the entry after `since` to the entry `until`."""

    key: str
    role: str
    place: str | None
    since: int
    until: int | None = None


@dataclass(frozen=True)
class Spoken:
    """By what right an entry speaks: the delegation it uses, if any, and how much of the ledger counts as known."""

    delegation: Delegation | None
    known: int
    revoked: bool  # the delegation held when the author last looked, and holds no more


@dataclass
class Authority:
    """Members and keys so far. `judge` says what is wrong with an entry; `learn` takes in what it changes."""

    members: dict[str, Member] = field(default_factory=dict)
    delegations: dict[str, list[Delegation]] = field(default_factory=lambda: defaultdict(list))
    log: str = ""
    exchange: str = ""
    closed: bool = False

    def of_role(self, role: str) -> tuple[str, ...]:
        return tuple(sorted(name for name, member in self.members.items() if member.role == role))

    @property
    def parties(self) -> tuple[str, ...]:
        return self.of_role("party")

    def key_of(self, delegate: str, known: int) -> Delegation | None:
        """The delegate's delegation as a ledger of `known` entries has it."""
        for held in self.delegations.get(delegate, ()):
            if held.since < known and (held.until is None or held.until >= known):
                return held
        return None

    def ended(self, author: str, known: int) -> bool:
        """Whether a desk's key had been revoked in a ledger of `known` entries."""
        return any(held.until is not None and held.until < known for held in self.delegations.get(author, ()))

    def judge(self, index: int, entry: Entry, body: Body) -> tuple[Spoken, list[str]]:
        """By what right this entry takes effect at `index`, and every reason why it should not."""
        kind, data = body.kind, body.data
        known = min(body.seen[0], index) if self._is_apart(kind, body.author) else index
        wrong: list[str] = []
        delegation = self.key_of(body.author, known) if "/" in body.author else None
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
        signatories = self._signatories(body.member, index) if "/" not in body.author else {}
        signed, bad = _signed(entry, {key_id(bytes.fromhex(own)): str(own), **signatories})
        wrong += bad
        if key_id(bytes.fromhex(own)) not in signed:
            wrong.append("the author's own key has not signed")
        if not isinstance(data, ExchangeOpened):
            wrong += self._entitled(kind, body, delegation, len(signed & set(signatories)), index)
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
        match data:
            case ExchangeOpened():
                self.exchange, self.log = body.exchange, data.log
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
                if held and held[-1].until is None:
                    wrong.append("the delegate holds a key already")
                    held[-1] = replace(held[-1], until=index)
                if any(data.key == d.key for ds in self.delegations.values() for d in ds):
                    wrong.append("the key has been used before")
                held.append(Delegation(data.key, data.role, data.place, index))
                return wrong
            case KeyRevoked():
                held = self.delegations[data.delegate]
                if not held or held[-1].until is not None or held[-1].key != data.key:
                    return ["the delegate does not hold this key"]
                held[-1] = replace(held[-1], until=index)
                return [] if data.delegate.startswith(body.author + "/") else ["a delegate of another member"]
        return []

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
        if self.closed:
            wrong.append("the exchange is closed")
        if isinstance(rule.by, tuple):
            if delegation is None or delegation.role not in rule.by:
                wrong.append(f"{kind} needs a delegate in the role {' or '.join(rule.by)}")
            return wrong
        if delegation is not None:
            wrong.append(f"{kind} is signed by the member, not by a delegate")
        needed = member.quorum if rule.by == SIGNATORIES else 0
        if isinstance(body.data, DelegateAppointed) and body.data.role in BINDING:
            needed = self._to_bind(body.member, member.quorum, index)
        if signatories < needed:
            wrong.append(f"{signatories} of the {needed} signatories needed have signed")
        return wrong

    def _to_bind(self, member: str, quorum: int, index: int) -> int:
        """Signatories needed to appoint one more: none until there were ever enough; then as many as there are."""
        ever = sum(
            each.role == "signatory"
            for delegate, held in self.delegations.items()
            if delegate.partition("/")[0] == member
            for each in held
        )
        return min(quorum, max(1, len(self._signatories(member, index)))) if ever >= quorum else 0

    def _signatories(self, member: str, index: int) -> dict[str, str]:
        return {
            key_id(bytes.fromhex(held.key)): held.key
            for delegate in self.delegations
            if delegate.partition("/")[0] == member
            and (held := self.key_of(delegate, index)) is not None
            and held.role == "signatory"
        }


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
