"""What happened: one frozen dataclass per kind of event, in the order in which a case meets them. Read this first.

Every text in an event is of a constrained type: an identifier, a hash, a key, a day. There is no field for free
text, so no name, birth date or reason can reach the ledger by way of an event (DESIGN section 6).

Who must sign each kind stands in `authority.py`; what each does to the state, in the reducer of its phase.
An act of several members ("both parties sign the list") is one event per member naming the same hash; its effect
comes with the last one needed (ADR *assent by hash*).

    >>> StageOpened(round="2025-1", stage="s1", plan="0" * 64).stage
    's1'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

Slug = NewType("Slug", str)  # [a-z0-9][a-z0-9-]{0,31}: member, round, stage, place, clause, code
Author = NewType("Author", str)  # member, or member/delegate
Opaque = NewType("Opaque", str)  # 128 random bits in hex: a person's number, a register, a class, an exchange
Sha256 = NewType("Sha256", str)  # 64 hex digits
Key = NewType("Key", str)  # an Ed25519 public key, 64 hex digits
Signature = NewType("Signature", str)  # an Ed25519 signature, 128 hex digits
Day = NewType("Day", str)  # 2025-12-31
Moment = NewType("Moment", str)  # 2025-12-31T08:00:00Z
Vkey = NewType("Vkey", str)  # C2SP signed-note verifier key
Recipient = NewType("Recipient", str)  # age X25519 recipient
Sealed = NewType("Sealed", str)  # base64 of an age file of constant size
Row = NewType("Row", str)  # a register's random row number
Phrase = NewType("Phrase", str)  # what a planner calls a level of a plan; in attachments only, never in an event
ClauseValue = int | Slug  # a number, a date such as 2025-12-31, or one of the words that the clause was opened with


# --- open -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Founder:
    """A member named at the opening: its role, its signing key, and how many of its signatories must sign."""

    member: Slug
    role: Slug  # party, mediator, guarantor, neutral, host, observer
    key: Key
    quorum: int


@dataclass(frozen=True)
class ExchangeOpened:
    """The first entry. Pins the rules version; effective when every founder has admitted itself."""

    rules: int
    origin: str
    log: Vkey
    secretariat: Slug
    mediator_quorum: int
    founders: tuple[Founder, ...]
    cooling_hours: int  # of log time, before a change of who can bind a member takes effect


@dataclass(frozen=True)
class MemberAdmitted:
    """A founder joins: binds its signing key and its witness key, each signing the other."""

    member: Slug
    witness: Vkey
    recipient: Recipient
    witness_signature: Signature  # by the witness key, over `admission_text`


@dataclass(frozen=True)
class DelegateAppointed:
    """A member gives a key a role: signatory, supervisor, desk, gate, interviewer, physician. Some have a place."""

    delegate: Author
    role: Slug
    key: Key
    place: Slug | None


@dataclass(frozen=True)
class KeyRevoked:
    """A delegate's key ends at this index; what it signed before stands."""

    delegate: Author
    key: Key


@dataclass(frozen=True)
class KeyRotated:
    """A member or delegate replaces its key: the old one signs the entry, the new one `rotation_text`.

    A signatory says it for its member where the member's own key is lost; then a quorum of signatories signs.
    """

    author: Author
    key: Key
    new: Key
    signature: Signature  # by the new key


@dataclass(frozen=True)
class KeyCompromised:
    """A key that its member no longer answers for as from an index: that of a delegate, or a former one of its own."""

    author: Author
    key: Key
    since: int


@dataclass(frozen=True)
class KeyObjected:
    """A signatory objects, within the cooling-off, to what was said of another's key: then it has no effect."""

    delegate: Author
    key: Key


@dataclass(frozen=True)
class SecretariatSucceeded:
    """The log goes to another mediator, with a new key and the same origin, on from a checkpoint of the successor's.

    In effect when every party, the successor and most of those who have a say have signed it.
    """

    successor: Slug
    log: Vkey
    size: int
    root: Sha256


# --- consult --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundActivated:
    round: Slug
    target_date: Day


@dataclass(frozen=True)
class ClauseOpened:
    """Something that the parties still have to settle: a number, a date, or one word of a list that is fixed here."""

    round: Slug
    clause: Slug
    value_kind: Slug  # number, date, word
    words: tuple[Slug, ...]  # what may be chosen; empty unless it is a word


@dataclass(frozen=True)
class ClauseProposed:
    """A value for a clause. A number, such as how many go the other way, opens its clause if nobody has yet."""

    round: Slug
    clause: Slug
    value: ClauseValue


@dataclass(frozen=True)
class ClauseAgreed:
    round: Slug
    clause: Slug
    value: ClauseValue


@dataclass(frozen=True)
class OfferCarried:
    """A mediator carries an offer privately: the ledger shows that it was carried, and to whom.

    What it says, and whose it is, stand behind a salted commitment until whoever made it releases it.
    """

    round: Slug
    clause: Slug
    to: Slug
    commitment: Sha256  # `consulting.offer_commitment`
    sealed: Sha256  # the letter to its reader and its maker


@dataclass(frozen=True)
class OfferReleased:
    """Its maker lets an offer stand as a proposal: opens the commitment. `refs` name the carrying."""

    round: Slug
    offer: Sha256  # the event by which it was carried
    value: ClauseValue
    salt: Sha256  # 32 bytes in hex


@dataclass(frozen=True)
class TaskSet:
    """Who sees to a procedural or organisational detail, and by when; set again, it has a new date."""

    round: Slug
    task: Slug  # one of `deal/tasks.py`
    owner: Slug
    due: Day


@dataclass(frozen=True)
class TaskDone:
    round: Slug
    task: Slug
    owner: Slug


@dataclass(frozen=True)
class TermsSigned:
    round: Slug
    terms: Sha256


@dataclass(frozen=True)
class TermsAmended:
    """Terms that take the place of those in force, when every party has signed the same."""

    round: Slug
    terms: Sha256
    replaces: Sha256


# --- lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterCommitted:
    register: Opaque
    list_kind: Slug  # held, sought
    version: int
    rows: int
    root: Sha256


@dataclass(frozen=True)
class RegisterDisclosed:
    """The identity fields of a register, sealed to those whom the terms allow; only the hash of the sealed file."""

    register: Opaque
    to: tuple[Slug, ...]
    sealed: Sha256


@dataclass(frozen=True)
class LinkJudged:
    """Persons' judgements on a sought register against the holder's own: counts, and a root over the judgements."""

    register: Opaque
    links: int
    non_links: int
    undecided: int
    root: Sha256


@dataclass(frozen=True)
class AnswersGiven:
    register: Opaque
    version: int
    answers: Sha256
    answered: int


@dataclass(frozen=True)
class FinalListSigned:
    """One holder's half of the final list, with its class table; in force when both parties have signed it."""

    round: Slug
    holder: Slug
    version: int
    list: Sha256
    root: Sha256  # over its rows, `FinalList.tree`: a family can be shown its own row and nobody else's
    classes: Sha256
    sealed: Sha256  # the rows with names, sealed to both parties and the mediators
    visits: Sha256  # where its people are held, sealed to the neutral


# --- clear ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProofOfLifeRecorded:
    """The neutral has seen these people alive: by number, or before there is a list by the rows in which a register
    that was disclosed seeks them."""

    place: Slug
    seen_on: Day
    register: Opaque | None
    rows: tuple[Row, ...]
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class IdentityConfirmed:
    """They have told the neutral in private who they are, and it is who the row or the list says."""

    place: Slug
    seen_on: Day
    register: Opaque | None
    rows: tuple[Row, ...]
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class InterviewHeld:
    """A batch of private interviews took place; what was said is sealed to the neutral, at constant size."""

    place: Slug
    held_on: Day
    sealed: Sealed


@dataclass(frozen=True)
class MedicalBoardDecided:
    """A board examined people at a place; whom, and what it found of each, is sealed at constant size.

    `own`: the Detaining Power's medical authorities. `mixed`: a Mixed Medical Commission of two neutral members and one
    of the Detaining Power, which decides by majority (GC III 112, Annex II).
    """

    place: Slug
    held_on: Day
    holder: Slug
    board: Slug  # own, mixed
    sealed: Sealed  # to the holder and the neutral


@dataclass(frozen=True)
class AccessRefused:
    """The holder let nobody in: its recorded breach; the chance to decline moves to the point of handover."""

    place: Slug
    held_on: Day
    holder: Slug
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class Cleared:
    """The neutral's word, in padded batches per place. Numbers that no list allotted are padding."""

    place: Slug
    held_on: Day
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class NotGoing:
    """The neutral's other word: same shape, same size, never a reason (wish, medical and custody alike)."""

    place: Slug
    held_on: Day
    numbers: tuple[Opaque, ...]


# --- plan -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LotteryCommitted:
    """A member binds itself to a nonce of three parts, and to everything that the freeze fixes."""

    round: Slug
    freeze: Sha256
    commitments: tuple[Sha256, ...]  # one for each part: `deal/draw.py`


@dataclass(frozen=True)
class LotteryHeld:
    """A holder has its parts of these members' nonces, and they are those committed to: it can open them with another.

    Nothing is revealed before every nonce is held by all its holders, so that nobody gains by keeping quiet.
    """

    round: Slug
    freeze: Sha256
    members: tuple[Slug, ...]


@dataclass(frozen=True)
class NoncePart:
    part: int  # 1, 2 or 3
    nonce: Sha256  # 32 bytes in hex


@dataclass(frozen=True)
class LotteryRevealed:
    round: Slug
    freeze: Sha256
    member: Slug  # whose nonce: the author's own, or one of which the author holds parts
    parts: tuple[NoncePart, ...]


@dataclass(frozen=True)
class PlanProposed:
    round: Slug
    plan: Sha256


@dataclass(frozen=True)
class PlanSigned:
    round: Slug
    plan: Sha256


@dataclass(frozen=True)
class PlanRevised:
    """A proposal that replaces the plan in force for the stages that are not open yet."""

    round: Slug
    plan: Sha256
    replaces: Sha256


# --- hand over ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageOpened:
    round: Slug
    stage: Slug
    plan: Sha256


@dataclass(frozen=True)
class RightGranted:
    """The rights to hand over these people go to one desk, or to one numbered paper sheet, of the holder."""

    stage: Slug
    place: Slug
    holder: Author  # a desk such as north/desk-bridge, or a sheet such as north/sheet-0007
    epoch: int
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class RightReturned:
    stage: Slug
    place: Slug
    epoch: int
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class PersonPresented:
    """The neutral's desk at the place lets these people through the last gate."""

    stage: Slug
    place: Slug
    numbers: tuple[Opaque, ...]


@dataclass(frozen=True)
class PersonReleased:
    """The releasing desk uses the right. `refs` name the presentation and every receipt newly relied on."""

    stage: Slug
    place: Slug
    number: Opaque
    epoch: int
    sheet: Author | None  # the dual-signed paper sheet that held the right, if not the desk itself


@dataclass(frozen=True)
class PersonReceived:
    """The receiving desk's receipt. `refs` name the release; same number, place and epoch, or no effect."""

    stage: Slug
    place: Slug
    number: Opaque
    epoch: int


@dataclass(frozen=True)
class PersonAbsent:
    stage: Slug
    place: Slug
    number: Opaque
    epoch: int


@dataclass(frozen=True)
class SubstitutionFound:
    """The receiving desk found that someone else was brought under this number. `refs` name the release."""

    stage: Slug
    place: Slug
    number: Opaque
    epoch: int


@dataclass(frozen=True)
class Unconfirmed:
    """A desk went out of contact while holding rights; its people are never available again by time alone."""

    stage: Slug
    place: Slug
    desk: Author


@dataclass(frozen=True)
class ReleaseConfirmed:
    """Supervisors of both sides settle what became of an unconfirmed person: `received` or `returned`."""

    stage: Slug
    place: Slug
    number: Opaque
    epoch: int
    outcome: Slug


@dataclass(frozen=True)
class Tally:
    """One direction at one place: agreed / brought / identified / not going / received, and the differences."""

    holder: Slug
    agreed: int
    brought: int
    identified: int
    not_going: int
    received: int
    absent: int
    substituted: int
    withheld: int
    unconfirmed: int


@dataclass(frozen=True)
class StageReconciled:
    """What both parties and the neutral count at a place after the last handover; must equal the ledger's count."""

    stage: Slug
    place: Slug
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class StageAborted:
    stage: Slug
    place: Slug


# --- always ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TimeVouched:
    """A mediator vouches for the time of its entry, and says nothing else: so days pass that nobody has words for."""


@dataclass(frozen=True)
class Suspended:
    """Any party, at any time. Nobody past the last gate is turned back."""

    round: Slug


@dataclass(frozen=True)
class Resumed:
    round: Slug


@dataclass(frozen=True)
class DisputeRaised:
    """Recorded; it stops nothing by itself. `subject` is an opaque number, or an event's hash."""

    subject: Sha256
    code: Slug


@dataclass(frozen=True)
class DisputeSettled:
    """How a dispute ended, when whoever raised it and every party have signed the same; or its raiser withdraws it."""

    dispute: Sha256  # the event that raised it
    outcome: Slug  # one of `disputes.OUTCOMES`


@dataclass(frozen=True)
class WithdrawnFromList:
    """A person leaves the agreed list for a signed reason (its salted hash); never while a right is out."""

    number: Opaque
    reason: Sha256


@dataclass(frozen=True)
class ClaimRecorded:
    """A number that somebody said in public: who, when, of what, counted how. Recording it confirms nothing."""

    speaker: Slug  # a member, an office of one, or one of those outside (`deal/definitions.py`)
    said_on: Day
    counted: Slug  # a counting definition of that catalogue
    of: Slug | None  # the party whose people it is about, where the definition is about one party's
    since: Day | None  # from which day on was counted, if it was said
    until: Day
    number: int
    source: Sha256  # of what was published


@dataclass(frozen=True)
class CountsPublished:
    """The table of counts made for the public; published when every party and a mediator have signed the same."""

    size: int  # of how many entries of the ledger it tells
    table: Sha256


@dataclass(frozen=True)
class RecordErased:
    """The tombstone of a record that its owner has destroyed: which one, and never why."""

    register: Opaque
    row: Row


@dataclass(frozen=True)
class SoughtFound:
    """Somebody whose remains were found, by the row of a sought register that they stand on."""

    register: Opaque
    row: Row


@dataclass(frozen=True)
class CaseFound:
    """Somebody whose remains were found and who stands on no register, by a number of the examiners' own."""

    number: Opaque
    of: Slug  # the party on which they depended, or `unknown`


@dataclass(frozen=True)
class RemainsIdentified:
    """Of which people a set of remains that was handed over holds remains, as whoever received it finds.

    A later version takes the place of the one before it. Nobody in either list: examined, and nobody told apart.
    """

    number: Opaque
    version: int
    sought: tuple[SoughtFound, ...]
    cases: tuple[CaseFound, ...]


@dataclass(frozen=True)
class Transcribed:
    """The signed paper of a member without its node, entered by two others; never shown as that member's signature."""

    member: Slug
    scan: Sha256
    kind: str
    data: Sha256  # attachment: the canonical data of the event that the paper says


# --- close ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """How many of one holder's people, handed over under one account, ended in one state."""

    holder: Slug
    account: Slug  # exchange, repatriation, civilians, remains
    state: Slug
    people: int


@dataclass(frozen=True)
class RoundClosed:
    round: Slug
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class ExchangeClosed:
    round: Slug


Event = (
    ExchangeOpened | MemberAdmitted | DelegateAppointed | KeyRevoked | KeyRotated | KeyCompromised | KeyObjected
    | SecretariatSucceeded
    | RoundActivated | ClauseOpened | ClauseProposed | ClauseAgreed | OfferCarried | OfferReleased
    | TaskSet | TaskDone | TermsSigned | TermsAmended
    | RegisterCommitted | RegisterDisclosed | LinkJudged | AnswersGiven | FinalListSigned
    | ProofOfLifeRecorded | IdentityConfirmed | InterviewHeld | MedicalBoardDecided | AccessRefused | Cleared | NotGoing
    | LotteryCommitted | LotteryHeld | LotteryRevealed | PlanProposed | PlanSigned | PlanRevised
    | StageOpened | RightGranted | RightReturned | PersonPresented | PersonReleased | PersonReceived
    | PersonAbsent | SubstitutionFound | Unconfirmed | ReleaseConfirmed | StageReconciled | StageAborted
    | TimeVouched | Suspended | Resumed | DisputeRaised | DisputeSettled | WithdrawnFromList | RecordErased
    | RemainsIdentified | ClaimRecorded | CountsPublished | Transcribed
    | RoundClosed | ExchangeClosed
)  # fmt: skip

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}


def admission_text(exchange: str, member: str, key: str, recipient: str) -> bytes:
    """What a witness key signs to bind itself to its member's signing key and age recipient, in this exchange only."""
    return "\x00".join(("repatria/admit/v1", exchange, member, key, recipient)).encode()


def rotation_text(exchange: str, author: str, key: str, new: str) -> bytes:
    """What a new key signs to take the place of an author's old one, in this exchange only."""
    return "\x00".join(("repatria/rotate/v1", exchange, author, key, new)).encode()
