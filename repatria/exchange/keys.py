"""Keys: who speaks for a member, from which index until which, and what becomes of what a bad key signed.

* A key serves one purpose in an exchange and is never used for another.
* A change of signatories or supervisors cools off (`authority.cools_off_at`): until then the new key is refused, and
  the other signatories can object. Waiting never lets a key do what it could not do before.
* A **revoked** key signed what it signed. A **compromised** one is revoked late: its desk's acts from then on are in
  doubt, as if they had come after the revocation, so that two sides' signatures stand and one side's do not; words of
  an interviewer are nobody's leave any more; assents that have not come into force are taken back, and so are the
  delegations that a member's bad key gave. What is in force stands: no member undoes what others relied on.

Source: DESIGN.md sections 4.6 and 4.7; ADRs *cooling-off* and *compromised keys*.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from repatria.exchange.authority import (
    APPOINTS,
    BINDING,
    DELEGATE_ROLES,
    DESK,
    GATE,
    INTERVIEWER,
    NEUTRAL,
    PHYSICIAN,
    PHYSICIANS,
    SIGNATORY,
    can_be_lifted,
    cools_off_at,
    is_sheet,
    physicians,
)
from repatria.exchange.events import (
    DelegateAppointed,
    KeyCompromised,
    KeyObjected,
    KeyRevoked,
    KeyRotated,
    Slug,
    rotation_text,
)
from repatria.exchange.person import Right
from repatria.exchange.state import Attachments, Fact, KeyGrant, Refuse, State
from repatria.ledger.note import BadNote, ed25519_verify, parse_vkey

AT_A_PLACE = (DESK, GATE)


def delegate_appointed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, DelegateAppointed)
    member, _, name = event.delegate.partition("/")
    if member != fact.member or not name:
        raise Refuse("delegate.member", "a member appoints its own delegates only")
    if is_sheet(event.delegate):
        raise Refuse("delegate.name", "that is a paper sheet's name")
    if event.role not in DELEGATE_ROLES:
        raise Refuse("delegate.role", "no such role")
    role = state.members[fact.member].role
    if event.role not in APPOINTS[role]:
        raise Refuse("delegate.role", f"a {role} appoints no {event.role}")
    if (event.place is not None) != (event.role in AT_A_PLACE):
        raise Refuse("delegate.place", "desks and gates have a place; nobody else has")
    if event.key in keys_in_use(state):
        raise Refuse("delegate.key", "the key has been used before")
    grants = state.keys.get(event.delegate, ())
    if any(grant.until is None or can_be_lifted(state, grant) for grant in grants):
        raise Refuse("delegate.standing", "the delegate holds a key, or can still be given back the one it held")
    if grants and (event.role in AT_A_PLACE or any(grant.role in AT_A_PLACE for grant in grants)):
        raise Refuse("delegate.name", "a desk's or gate's name is not used again; its late events may still come")
    if event.role == GATE and _standing_gate(state, str(event.place)):
        raise Refuse("delegate.gate", "the place has a gate; two could contradict each other")
    if event.role == PHYSICIAN and _seats_left(state, role, fact) == 0:
        raise Refuse("delegate.physician", "a party has one physician on a commission, the neutrals two")
    cooled = cools_off_at(state) if event.role in BINDING else None
    grant = KeyGrant(event.key, event.role, event.place, fact.index, None, cooled)
    state.keys[event.delegate] = (*grants, grant)


def _seats_left(state: State, role: str, fact: Fact) -> int:
    """On a Mixed Medical Commission, for this member: two for all neutrals together, and one for each party."""
    members = state.neutrals if role == NEUTRAL else (fact.member,)
    standing = sum(author.partition("/")[0] in members for author in physicians(state, fact.index))
    return max(0, PHYSICIANS[role] - standing)


def key_revoked(state: State, fact: Fact, attachments: Attachments) -> None:
    """At once, since it can only refuse; what cools off is that nobody can object to it any more."""
    event = fact.body.data
    assert isinstance(event, KeyRevoked)
    grants = state.keys.get(event.delegate, ())
    if event.delegate.partition("/")[0] != fact.member or not grants:
        raise Refuse("delegate.member", "a member revokes its own delegates only")
    if all(grant.until is not None or grant.key != event.key for grant in grants):
        raise Refuse("delegate.standing", "the delegate does not hold this key")
    state.keys[event.delegate] = tuple(
        grant
        if grant.until is not None
        else replace(grant, until=fact.index, lifts_until=cools_off_at(state) if grant.role in BINDING else None)
        for grant in grants
    )


def key_rotated(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, KeyRotated)
    if event.author not in (fact.body.author, fact.member) or (
        event.author != fact.body.author and fact.role != SIGNATORY
    ):
        raise Refuse("rotation.author", "an author replaces its own key, or a signatory its member's")
    if event.new in keys_in_use(state):
        raise Refuse("delegate.key", "the key has been used before")
    text = rotation_text(fact.body.exchange, event.author, event.key, event.new)
    if not ed25519_verify(bytes.fromhex(event.new), bytes.fromhex(event.signature), text):
        raise Refuse("rotation.signature", "the new key has not signed that it replaces the old one")
    if event.author == fact.member:
        member = state.members[fact.member]
        if event.key != member.key:
            raise Refuse("rotation.key", "not the key that the member has")
        since = next((grant.until for grant in reversed(member.former)), 0)
        held = KeyGrant(member.key, Slug("member"), None, since or 0, fact.index)
        state.members[fact.member] = replace(member, key=event.new, former=(*member.former, held))
        return
    grants = state.keys[event.author]
    standing = grants[-1]
    if event.key != standing.key or standing.until is not None or state.is_before(standing.stands_from):
        raise Refuse("rotation.key", "not the key that the delegate has, or another one is on its way")
    cooled = cools_off_at(state) if standing.role in BINDING else None
    if cooled is None:
        grants = (*grants[:-1], replace(standing, until=fact.index))
    grant = KeyGrant(event.new, standing.role, standing.place, fact.index, None, cooled, after=event.key)
    state.keys[event.author] = (*grants, grant)


def key_objected(state: State, fact: Fact, attachments: Attachments) -> None:
    """What is still cooling off has no effect: no new key, or the one that was revoked stands again."""
    event = fact.body.data
    assert isinstance(event, KeyObjected)
    if event.delegate.partition("/")[0] != fact.member or event.delegate == fact.body.author:
        raise Refuse("objection.about", "a signatory objects to what is done about another delegate of its member")
    grants = state.keys.get(event.delegate, ())
    found = next((grant for grant in reversed(grants) if grant.key == event.key), None)
    if found is not None and found.until is None and state.is_before(found.stands_from):
        ended = replace(found, until=fact.index)
        state.keys[event.delegate] = tuple(ended if grant is found else grant for grant in grants)
    elif found is not None and can_be_lifted(state, found):
        settled = tuple(replace(grant, lifts_until=None) for grant in grants)
        again = replace(found, since=fact.index, until=None, lifts_until=None)
        state.keys[event.delegate] = (*settled, again)
    else:
        raise Refuse("objection.late", "nothing said of this key is cooling off")


def key_compromised(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, KeyCompromised)
    if event.author.partition("/")[0] != fact.member:
        raise Refuse("delegate.member", "a member answers for its own keys only")
    if event.since > fact.index:
        raise Refuse("compromise.since", f"as from entry {event.since}, and this is entry {fact.index}")
    own = event.author == fact.member
    if own and event.key == state.members[fact.member].key:
        raise Refuse("compromise.replace", "the member would be left without a key; replace it first")
    held = state.members[fact.member].former if own else state.keys.get(event.author, ())
    bad = next((grant for grant in reversed(held) if grant.key == event.key), None)
    if bad is None:
        raise Refuse("compromise.key", "the author has never held this key")
    if bad.compromised is not None and bad.compromised <= max(event.since, bad.since):
        raise Refuse("compromise.twice", "the key is known to be compromised from there on")
    if own:
        given = _appointed_between(state, fact.member, event.since, bad.until)
        void = _void(bad, max(event.since, bad.since), fact.index)
        former = tuple(void if grant is bad else grant for grant in held)
        state.members[fact.member] = replace(state.members[fact.member], former=former)
        for delegate, grant in given:
            _compromise(state, delegate, grant, grant.since, fact.index)
    else:
        _compromise(state, event.author, bad, event.since, fact.index)
    if own or bad.role in BINDING:
        _take_back(state, Slug(fact.member), event.since)


# --- what a bad key signed ------------------------------------------------------------------------------------------


def _compromise(state: State, delegate: str, bad: KeyGrant, since: int, declared: int) -> None:
    """End the key, and every key that took its place by its own signature from there on."""
    keys = {bad.key}
    for grant in state.keys[delegate]:
        if grant.after in keys and grant.since >= since:
            keys.add(grant.key)
    state.keys[delegate] = tuple(
        _void(grant, max(since, grant.since), declared) if grant.key in keys else grant
        for grant in state.keys[delegate]
    )
    if not state.round_open:
        return  # what members closed over, together, stands
    if bad.role == DESK:
        _doubt(state, delegate, since)
    elif bad.role == INTERVIEWER:
        for person in list(state.persons.values()):
            words = tuple(
                replace(word, void=declared)
                if word.by == delegate and word.going and word.void is None and _from(state, word.event, since)
                else word
                for word in person.words
            )
            if words != person.words:
                state.put(replace(person, words=words))


def _void(grant: KeyGrant, since: int, declared: int) -> KeyGrant:
    until = declared if grant.until is None else grant.until
    return replace(grant, until=until, lifts_until=None, compromised=since, declared=declared)


def _doubt(state: State, desk: str, since: int) -> None:
    """What the desk signed from there on is as if its key had been revoked when it came (rule 6)."""
    for person in list(state.persons.values()):
        rights = tuple(_doubted(state, right, desk, since) for right in person.rights)
        if rights != person.rights:
            state.put(replace(person, rights=rights))


def _doubted(state: State, right: Right, desk: str, since: int) -> Right:
    if right.confirmed is not None or _is_reconciled(state, right):
        return right
    own = right.used_by == desk
    ended = right.absent or right.returned
    receipts = tuple(
        replace(receipt, revoked=True) if receipt.by == desk and _from(state, receipt.event, since) else receipt
        for receipt in right.receipts
    )
    return replace(
        right,
        release_revoked=right.release_revoked or (own and _from(state, right.released, since)),
        end_revoked=right.end_revoked or (own and _from(state, ended, since)),
        receipts=receipts,
    )


def _is_reconciled(state: State, right: Right) -> bool:
    """Whether both parties and the neutral have counted and signed there: then that stands."""
    stage = state.stages.get(right.stage)
    place = None if stage is None else stage.places.get(right.place)
    return place is not None and place.reconciled


def _from(state: State, event: str | None, since: int) -> bool:
    return event is not None and state.events.get(event, -1) >= since


def _appointed_between(state: State, member: str, since: int, until: int | None) -> list[tuple[str, KeyGrant]]:
    """The delegations that the member's bad key gave, which nobody but it answers for."""
    given = []
    for author, grants in state.keys.items():
        first = {grant.key: grant for grant in reversed(grants)}  # one that was given back had been given before
        if author.startswith(member + "/"):
            given += [(author, grant) for grant in first.values() if grant.after is None and grant.since >= since]
    return [(author, grant) for author, grant in given if until is None or grant.since < until]


def _take_back(state: State, member: Slug, since: int) -> None:
    """The member's assents from there on, what it has said to resuming, and papers that it has entered and no other
    has; it can say them again. Acts in force do not ask for them any more."""
    for act, assents in list(state.assents.items()):
        kept = tuple(a for a in assents if a.member != member or a.paper or not _from(state, a.event, since))
        if kept != assents:
            state.assents[act] = kept
    state.papers = {paper: by for paper, by in state.papers.items() if by != (member,)}
    state.suspensions = [
        replace(each, resumed_by=tuple(name for name in each.resumed_by if name != member))
        if each.until is None
        else each
        for each in state.suspensions
    ]


# --- keys in use ----------------------------------------------------------------------------------------------------


def keys_in_use(state: State) -> Collection[str]:
    """Every public key that this ledger has ever bound to somebody, hex: one key, one purpose."""
    used = {str(grant.key) for grants in state.keys.values() for grant in grants}
    for member in state.members.values():
        used |= {str(member.key), *(str(grant.key) for grant in member.former)}
    vkeys = [log.key for log in state.logs]
    vkeys += [member.witness for member in state.members.values() if member.witness is not None]
    return used | {public_of(vkey) for vkey in vkeys}


def public_of(vkey: str) -> str:
    """The public key in a verifier key, hex; nothing for what is no verifier key."""
    try:
        return parse_vkey(vkey).public.hex()
    except BadNote:
        return ""


def _standing_gate(state: State, place: str) -> bool:
    grants = [grant for held in state.keys.values() for grant in held]
    return any(g.role == GATE and g.place == Slug(place) and g.until is None for g in grants)


REDUCERS = {
    "DelegateAppointed": delegate_appointed,
    "KeyRevoked": key_revoked,
    "KeyRotated": key_rotated,
    "KeyCompromised": key_compromised,
    "KeyObjected": key_objected,
}
