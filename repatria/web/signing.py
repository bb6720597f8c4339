"""What waits for signatures: kept until everybody who must has signed, or whoever asked for it calls it off.

What a person signs is prepared here and signed at home (ADR 124): no key of a person comes near the node. Between the
two it waits in the vault, sealed, and survives every restart (ADR 128):

    web/signing/<id>            what waits, for whose signatures, and those that are there
    web/signing-of/<id>/result  what will be kept with it: attachments, letters, documents
    web/signing-of/<id>/asked   the command and its request, to prepare it anew

* A signature is kept only if it fits the bytes by the key that the ledger knew when they were prepared; the ledger's
  own rules judge once more when all are there.
* With the last signature the events and all that goes with them are kept in one go, and the waiting ends in it.
* An event whose author has said something else meanwhile no longer fits its place, a document that would be written
  over may have changed, a person may have been erased: then the same request is run anew, and everybody signs again.

    signing.ask(request, wanted, what=Message("web.terms.sign"))    # what a view does with `Wanted`
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from django.http import HttpResponse
from django.shortcuts import redirect

from repatria.exchange.codec import data_hash, decode_body
from repatria.exchange.schedule import schedule
from repatria.exchange.state import State
from repatria.files.locales import lead_times
from repatria.ledger.entry import ENTRY_TYPE, pae
from repatria.ledger.note import ed25519_verify
from repatria.message import Message
from repatria.office import Done, Outcome, Prepared, Unsigned, complete, prepare
from repatria.problem import Problem
from repatria.web import kept
from repatria.web.access import Asked
from repatria.web.served import AtWeb, Wanted, Who

HEADS, PARTS = "web/signing/", "web/signing-of/"
# By which step of the calendar an act must be signed.
_STEPS = {
    "ClauseAgreed": "clauses", "TermsSigned": "terms", "RegisterDisclosed": "registers", "AnswersGiven": "answers",
    "FinalListSigned": "lists", "PlanSigned": "plan",
}  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """What waits: `what` in words, who asked and when, the day by which it is wanted, its events, who declined when.

    `again` says how often it had to be prepared anew.
    """

    id: str
    what: Message | None
    by: str
    asked: str
    due: str | None
    events: tuple[Unsigned, ...]
    declined: Mapping[str, str] = field(default_factory=dict)
    again: int = 0

    @property
    def enough(self) -> bool:
        return all(each.enough for each in self.events)

    def waits_for(self) -> tuple[str, ...]:
        """The authors whose signature still counts."""
        return tuple(sorted({author for each in self.events for author in each.waits_for()}))

    def signed_by(self) -> tuple[str, ...]:
        """The authors who have signed."""
        return tuple(sorted({author for each in self.events for author in each.signed}))

    @property
    def hopeless(self) -> bool:
        """Whether so many have declined that those who are left are too few."""
        return any(
            each.author in self.declined or sum(other not in self.declined for other in each.others) < each.needed
            for each in self.events
        )

    def concerns(self, who: Who) -> bool:
        """Whether it is theirs to see: they asked for it, or their signature counts."""
        return who.author == self.by or any(who.author in each.keys for each in self.events)

    def wants(self, author: str) -> bool:
        return author in self.waits_for() and author not in self.declined


@dataclass(frozen=True)
class _Result:
    """What goes with the events, the SHA-256 of each document that it would write over, and how many records had
    been erased when it was made."""

    outcome: Outcome
    before: Mapping[str, str]
    erased: int


# --- asking --------------------------------------------------------------------------------------------------------


def ask(request: Asked, wanted: Wanted, what: Message | None = None) -> HttpResponse:
    """Keep what is wanted, and go on to the page on which it is signed; asked for a second time, it is the same one."""
    with request.served.at(request.who) as at:
        found = keep(at, wanted, what)
    return redirect("signing-one", found.id)


def keep(
    at: AtWeb, wanted: Wanted, what: Message | None = None, documents: Mapping[str, bytes] | None = None,
    without: Sequence[str] = (),
) -> Waiting:  # fmt: skip
    """What was prepared, waiting from now on.

    Args:
        documents: what else is kept in the same go, and does not wait.
        without: documents that are taken away in the same go.
    """
    events = wanted.prepared.events
    acts = _acts(events)
    for known in waiting(at):
        if _acts(known.events) == acts and known.by == at.who.author:
            at.node.vault.put_all({}, documents or {}, without=without)
            return known
    state = at.node.seen_state()
    found = Waiting(at.given.random(16).hex(), what, at.who.author, at.given.now, _due(state, events), events)
    whole = {**(documents or {}), **_documents(at, found, wanted.prepared.outcome)}
    with suppress(TypeError):  # such as a request with a key in it: then it is not prepared anew, but asked for again
        if wanted.asked is not None:
            whole[f"{PARTS}{found.id}/asked"] = kept.encode(wanted.asked)
    at.node.vault.put_all({}, whole, without=without)
    return found


def _acts(events: Sequence[Unsigned]) -> list[tuple[str, str]]:
    """Who says what, without when and where in their chain."""
    return [(each.author, data_hash(decode_body(each.body).data)) for each in events]


def _due(state: State, events: Sequence[Unsigned]) -> str | None:
    """The day by which the calendar wants these signatures, if it has one for them."""
    steps = {_STEPS.get(decode_body(each.body).kind) for each in events}
    days = [each.deadline.due for each in schedule(state, lead_times()) if each.deadline.step in steps]
    return min(days, default=None)


def _documents(at: AtWeb, found: Waiting, outcome: Outcome) -> dict[str, bytes]:
    names = sorted(name for name in {*outcome.documents, *outcome.without} if not name.startswith(PARTS))
    result = _Result(outcome, {name: _digest(at, name) for name in names}, len(at.node.seen_state().erased))
    return {HEADS + found.id: kept.encode(found), f"{PARTS}{found.id}/result": kept.encode(result)}


def _digest(at: AtWeb, name: str) -> str:
    data = at.given.document(name)
    return "" if data is None else hashlib.sha256(data).hexdigest()


# --- looking -------------------------------------------------------------------------------------------------------


def waiting(at: AtWeb) -> list[Waiting]:
    """Everything that waits at this node, in the order in which it was asked for."""
    found = [kept.decode(at.given.document(name) or b"null") for name in at.given.documents(HEADS)]
    return sorted((each for each in found if each is not None), key=lambda each: (each.asked, each.id))


def of_interest(at: AtWeb) -> list[Waiting]:
    """What waits and is this person's to see."""
    return [each for each in waiting(at) if each.concerns(at.who)]


def find(at: AtWeb, id: str) -> Waiting | None:
    """What waits under that number, if it is this person's to see."""
    data = at.given.document(HEADS + id)
    found = None if data is None else kept.decode(data)
    return found if found is not None and found.concerns(at.who) else None


def result(at: AtWeb, found: Waiting) -> Outcome:
    """What will be kept with the events; nothing where it was erased, and has to be prepared anew."""
    made = _result(at, found)
    return Outcome() if made is None else made.outcome


def _result(at: AtWeb, found: Waiting) -> _Result | None:
    data = at.given.document(f"{PARTS}{found.id}/result")
    read: _Result | None = None if data is None else kept.decode(data)
    return read


def fits(at: AtWeb, found: Waiting) -> bool:
    """Whether its events still stand at the next place of their authors' chains, over the same documents, and nobody
    has been erased since."""
    made = _result(at, found)
    if made is None or made.erased != len(at.node.seen_state().erased):
        return False
    chains: dict[str, tuple[int, str | None]] = {}
    known = at.node.seen_state().chains
    for each in found.events:
        body = decode_body(each.body)
        seq, prev = chains.get(body.author) or known.get(body.author, (-1, None, 0))[:2]
        if (body.seq, body.prev) != (seq + 1, prev):
            return False
        chains[body.author] = body.seq, each.event
    return all(_digest(at, name) == before for name, before in made.before.items())


# --- signing -------------------------------------------------------------------------------------------------------


def sign(at: AtWeb, found: Waiting, author: str, signatures: Mapping[str, bytes]) -> Done | Waiting | list[Problem]:
    """Add a person's signatures, one for each event that wants theirs; with the last of all, everything is kept.

    Args:
        signatures: by the event's id, 64 bytes each, over the event's DSSE bytes. Whoever brings them, they count as
            `author`'s because they fit that key, and for no other reason.

    Returns:
        What was done; or what still waits, with `again` grown where it had to be prepared anew; or problems.
    """
    if not fits(at, found):
        return anew(at, found)
    events, problems = [], []
    wanting = [each for each in found.events if author in each.keys and author not in each.signed]
    if not wanting:
        done = any(author in each.signed for each in found.events)
        what = "has signed already" if done else "is nobody whose signature is wanted here"
        return [Problem("signing.author", author, what, "sign as one of those who are wanted")]
    for each in found.events:
        if each not in wanting:
            events.append(each)
            continue
        signature = signatures.get(each.event)
        if signature is None:
            do = "open the page again, look at what stands there now, and sign that"
            problems.append(Problem("signing.other", each.event[:16], "no signature for this event was given", do))
        elif not ed25519_verify(bytes.fromhex(each.keys[author]), signature, pae(ENTRY_TYPE, each.body)):
            what, do = f"the signature does not fit the event by the key of {author}", "sign it with that person's key"
            problems.append(Problem("signing.signature", each.event[:16], what, do))
        else:
            events.append(replace(each, signed={**each.signed, author: signature}))
    if problems:
        return problems
    declined = {name: at_ for name, at_ in found.declined.items() if name != author}
    return _kept_or_done(at, replace(found, events=tuple(events), declined=declined))


def _kept_or_done(at: AtWeb, found: Waiting) -> Done | Waiting | list[Problem]:
    if not found.enough:
        _put(at, found)
        return found
    outcome = result(at, found)
    ended = replace(outcome, without=(*outcome.without, *_names(found.id)))
    return complete(at.node, Prepared(found.events, ended), at.given)


def anew(at: AtWeb, found: Waiting) -> Done | Waiting | list[Problem]:
    """The same request, run once more on the present state: other bytes, which everybody has to sign."""
    asked = at.given.document(f"{PARTS}{found.id}/asked")
    try:
        read = None if asked is None else kept.decode(asked)
    except ValueError:
        read = None  # asked for at another version of the program
    if read is None:
        do = "call it off, and ask for it again where it was asked for"
        return [Problem("signing.asked", found.id, "cannot be prepared anew from what was kept", do)]
    command, request = read
    outcome = command(at.node.state(), request, at.given)
    if isinstance(outcome, list):
        return outcome
    prepared = prepare(at.node.state(), outcome, at.given)
    if isinstance(prepared, list):
        return prepared
    again = replace(found, events=prepared.events, declined={}, again=found.again + 1)
    at.node.vault.put_all({}, _documents(at, again, outcome))
    return _kept_or_done(at, again) if again.enough else again


def decline(at: AtWeb, found: Waiting) -> list[Problem]:
    """This person does not sign; it may be signed by others, or by them after all."""
    if at.who.author not in found.waits_for():
        what = "is nobody whose signature is wanted here"
        return [Problem("signing.author", at.who.author, what, "leave it to those who are wanted")]
    _put(at, replace(found, declined={**found.declined, at.who.author: at.given.now}))
    return []


def call_off(at: AtWeb, found: Waiting) -> list[Problem]:
    """It waits no longer, and nothing was done. Only whoever asked for it can say so."""
    if at.who.author != found.by:
        do = f"ask {found.by} to call it off"
        return [Problem("signing.by", found.id, "was asked for by somebody else", do)]
    at.node.vault.put_all({}, {}, without=_names(found.id))
    return []


def _put(at: AtWeb, found: Waiting) -> None:
    at.node.vault.put_all({}, {HEADS + found.id: kept.encode(found)})


def _names(id: str) -> tuple[str, ...]:
    return HEADS + id, f"{PARTS}{id}/result", f"{PARTS}{id}/asked"
