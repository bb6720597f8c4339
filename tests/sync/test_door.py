"""What somebody may try at the secretariat's door, by a stick: each is refused for its own reason, or waits, and the
same entry, made right, gets in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from repatria.exchange import commands, events
from repatria.exchange.codec import decode_body, event_id
from repatria.exchange.door import attempt, decide
from repatria.exchange.state import state_hash
from repatria.ledger.entry import Entry, Signature, decode_entry, encode_entry, sign_entry, with_signatures
from repatria.store.node import NodeFolder
from repatria.sync.folder import SyncReport
from tests.sync.nodes import MEMBERS, NOW, ROUND, SECRETARIAT, Nodes, delegate_key, forge, make_nodes, put_on

PROPOSED = events.ClauseProposed(ROUND, events.Slug("total-north"), 12)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes()


@pytest.fixture
def round_open() -> Nodes:
    return make_nodes(round_open=True)


def bring(nodes: Nodes, *entries: bytes, name: str = "bad") -> SyncReport:
    stick = nodes.folder / name
    put_on(stick, *entries)
    return nodes.import_(SECRETARIAT, stick)


def made_by(nodes: Nodes, member: str, make: Callable[[NodeFolder], bytes]) -> bytes:
    with nodes.open(member) as node:
        return make(node)


def assert_turned_away(nodes: Nodes, entry: bytes, rule: str) -> None:
    size = nodes.state(SECRETARIAT).size
    report = bring(nodes, entry)
    assert [problem.code for problem in report.problems] == [rule]
    assert report.counts["turned_away"] == 1
    assert nodes.state(SECRETARIAT).size == size
    with nodes.open(SECRETARIAT) as node:
        assert [row["rule"] for row in node.turned_away()] == [rule]
        assert [path.read_bytes() for path in (node.path / "refused").iterdir()] == [entry]


def assert_gets_in(nodes: Nodes, entry: bytes) -> None:
    assert bring(nodes, entry, name="good").counts["ordered"] == 1


def test_an_entry_by_a_key_of_nobody_is_turned_away(round_open: Nodes) -> None:
    forged = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED, [bytes(32)]))
    assert_turned_away(round_open, forged, "signature.unknown")
    assert_gets_in(round_open, made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED)))


def test_an_entry_with_a_broken_signature_is_turned_away(round_open: Nodes) -> None:
    good = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED))
    entry = decode_entry(good)
    broken = encode_entry(Entry(entry.type, entry.body, (Signature(entry.sigs[0].keyid, bytes(64)),)))
    assert_turned_away(round_open, broken, "signature.invalid")
    assert_gets_in(round_open, good)


def test_an_entry_signed_by_a_signatory_without_the_member_is_turned_away(round_open: Nodes) -> None:
    seeds = [delegate_key("north/sig-1").seed]
    alone = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED, seeds))
    assert_turned_away(round_open, alone, "signature.author")


def test_a_forged_entry_ahead_of_its_authors_chain_is_turned_away_and_does_not_wait(round_open: Nodes) -> None:
    ahead = {"seq": 40, "prev": "c" * 64}
    forged = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED, [bytes(32)], **ahead))
    assert_turned_away(round_open, forged, "signature.invalid")


def test_an_entry_with_too_few_signatories_is_turned_away_and_spoils_no_chain(round_open: Nodes) -> None:
    agreed = events.ClauseAgreed(ROUND, PROPOSED.clause, PROPOSED.value)
    assert_gets_in(round_open, made_by(round_open, "south", lambda node: forge(node, "south", PROPOSED)))
    round_open.carry()
    with round_open.open("north") as node:
        seeds = [node.keyring.seed("member"), *(delegate_key(f"north/sig-{i}").seed for i in (1, 2))]
        stripped, whole = forge(node, "north", agreed, seeds[:2]), forge(node, "north", agreed, seeds)
    assert_turned_away(round_open, stripped, "authority.quorum")
    assert bring(round_open, whole, name="whole").counts["ordered"] == 1


def test_an_entry_by_a_revoked_delegate_is_recorded_refused(round_open: Nodes) -> None:
    round_open.run("north", commands.revoke, commands.Revoke(commands.By("north"), "north/supervisor"))
    round_open.carry()
    dispute = events.DisputeRaised(events.Sha256("d" * 64), events.Slug("figures"))
    late = made_by(round_open, "north", lambda node: forge(node, "north/supervisor", dispute))
    report = bring(round_open, late)
    assert report.counts["recorded_as_refused"] == 1
    assert [problem.code for problem in report.problems] == ["authority.key"]


def test_an_entry_of_another_exchange_is_turned_away(round_open: Nodes) -> None:
    other = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED, exchange="f" * 32))
    assert_turned_away(round_open, other, "exchange.other")


def test_a_delegate_of_a_stranger_is_turned_away(round_open: Nodes) -> None:
    stranger = made_by(
        round_open, "north", lambda node: forge(node, "east/desk", PROPOSED, [bytes(32)], seq=0, prev=None)
    )
    assert_turned_away(round_open, stranger, "authority.member")


def test_bytes_that_are_no_entry_are_turned_away_and_the_file_is_named(nodes: Nodes) -> None:
    put_on(nodes.folder / "bad", b"{}")
    report = nodes.import_(SECRETARIAT, nodes.folder / "bad")
    assert [problem.code for problem in report.problems] == ["entry.malformed"]
    assert report.problems[0].where.startswith("outbox/")


def test_an_event_that_is_in_the_ledger_is_known_and_no_problem(round_open: Nodes) -> None:
    entry = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED))
    assert_gets_in(round_open, entry)
    again = bring(round_open, entry, name="again")
    assert (again.counts["known"], again.counts["ordered"], again.problems) == (1, 0, ())


def test_an_event_replayed_with_another_set_of_signatures_is_turned_away(round_open: Nodes) -> None:
    entry = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED))
    assert_gets_in(round_open, entry)
    decoded = decode_entry(entry)
    more = sign_entry(decoded.body, [delegate_key("north/sig-1").seed]).sigs
    assert_turned_away(round_open, encode_entry(with_signatures(decoded, more)), "chain.replayed")


def test_a_second_event_at_one_place_of_a_chain_is_ordered_and_recorded_refused_once(round_open: Nodes) -> None:
    with round_open.open("north") as node:
        one, other = forge(node, "north", PROPOSED), forge(node, "north", PROPOSED, at="2025-12-01T09:00:00Z")
    assert_gets_in(round_open, one)
    report = bring(round_open, other)
    assert report.counts["recorded_as_refused"] == 1
    assert [problem.code for problem in report.problems] == ["chain.forked"]
    assert round_open.state(SECRETARIAT).refusals[-1].rule == "chain.forked"
    again = bring(round_open, other, name="again")
    assert (again.counts["known"], again.problems) == (1, ())


def test_a_hostile_well_formed_entry_is_ordered_and_recorded_refused_for_all_to_see(round_open: Nodes) -> None:
    """A party that vouches for the time, as mediators do, is rightly signed, so the record shows that it tried."""
    entry = made_by(round_open, "north", lambda node: forge(node, "north", events.TimeVouched()))
    report = bring(round_open, entry)
    assert report.counts["recorded_as_refused"] == 1
    assert [problem.code for problem in report.problems] == ["authority.role"]
    round_open.carry()
    for member in MEMBERS:
        refusal = round_open.state(member).refusals[-1]
        assert (refusal.author, refusal.rule) == ("north", "authority.role")


def test_an_entry_ahead_of_its_authors_chain_waits_and_gets_in_when_the_gap_is_filled(round_open: Nodes) -> None:
    round_open.say("north", PROPOSED)
    first = made_by(round_open, "north", lambda node: node.outbox()[0].entry)
    round_open.say("north", events.ClauseProposed(ROUND, events.Slug("total-south"), 9))
    second = made_by(round_open, "north", lambda node: node.outbox()[1].entry)
    report = bring(round_open, second, name="second")
    assert (report.counts["waiting"], report.problems) == (1, ())
    report = bring(round_open, first, name="first")
    assert (report.counts["ordered"], report.counts["waiting"]) == (2, 0)
    with round_open.open(SECRETARIAT) as node:
        assert node.waiting() == []


def test_an_entry_whose_refs_are_not_in_yet_waits_for_them(round_open: Nodes) -> None:
    with round_open.open("south") as node:
        first = forge(node, "south", PROPOSED)
        ref = event_id(decode_entry(first).body)
    dispute = events.DisputeRaised(events.Sha256("d" * 64), events.Slug("figures"))
    entry = made_by(round_open, "north", lambda node: forge(node, "north", dispute, refs=(ref,)))
    assert bring(round_open, entry, name="a").counts["waiting"] == 1
    assert bring(round_open, first, name="b").counts["ordered"] == 2


def test_a_delegates_entry_waits_for_its_appointment(round_open: Nodes) -> None:
    key = delegate_key("cross/visitor")
    appointment = events.DelegateAppointed(
        events.Author(key.author), events.Slug("interviewer"), events.Key(key.public), None
    )
    round_open.say("cross", appointment)
    with round_open.open("cross") as node:
        appointed = node.outbox()[0].entry
        sealed = events.Sealed("A" * 8)
        held = forge(node, key.author, events.InterviewHeld(events.Slug("camp"), events.Day("2025-12-01"), sealed),
                     [key.seed])  # fmt: skip
    assert bring(round_open, held, name="a").counts["waiting"] == 1
    report = bring(round_open, appointed, name="b")
    assert report.counts["waiting"] == 0
    assert report.counts["ordered"] + report.counts["recorded_as_refused"] == 2


def test_an_entry_waits_for_the_attachment_that_it_names(round_open: Nodes) -> None:
    said = events.Transcribed(events.Slug("south"), events.Sha256("5" * 64), "Resumed", events.Sha256("a" * 64))
    entry = made_by(round_open, "gulf", lambda node: forge(node, "gulf", said))
    report = bring(round_open, entry)
    assert (report.counts["waiting"], report.problems) == (1, ())


def test_an_entry_that_saw_more_than_the_secretariat_has_waits_and_is_reported(round_open: Nodes) -> None:
    entry = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED, seen=(900, "b" * 64)))
    report = bring(round_open, entry)
    assert report.counts["waiting"] == 1
    assert [problem.code for problem in report.problems] == ["seen.unknown"]


def test_what_takes_effect_goes_in_before_what_would_be_refused_whichever_came_first(round_open: Nodes) -> None:
    """South agrees to a value that north proposes; judged before the proposal, the agreement would be refused."""
    agreed = events.ClauseAgreed(ROUND, PROPOSED.clause, PROPOSED.value)
    with round_open.open("south") as node:
        seeds = [node.keyring.seed("member"), *(delegate_key(f"south/sig-{i}").seed for i in (1, 2))]
        agreement = forge(node, "south", agreed, seeds, at="2025-11-01T08:00:00Z")  # it claims an earlier time
    proposal = made_by(round_open, "north", lambda node: forge(node, "north", PROPOSED))
    report = bring(round_open, agreement, proposal)
    assert (report.counts["ordered"], report.problems) == (2, ())


def test_the_same_entries_in_any_order_give_the_same_ledger(round_open: Nodes) -> None:
    with round_open.open("north") as north, round_open.open("south") as south, round_open.open(SECRETARIAT) as node:
        entries = [
            forge(north, "north", PROPOSED),
            forge(south, "south", PROPOSED),
            forge(south, "south", PROPOSED, at="2025-12-02T08:00:00Z"),
            forge(north, "north", PROPOSED, [bytes(32)]),
            forge(north, "north", PROPOSED, seq=30),
            b"noise",
        ]
        outcomes = set()
        for turn in range(len(entries)):
            state = node.state()
            decisions = decide(state, entries[turn:] + entries[:turn], node.attachment)
            outcomes.add((state_hash(state), decisions.entries, decisions.waiting, decisions.away))
    assert len(outcomes) == 1


def test_an_attempt_that_fails_leaves_the_state_as_it_was(round_open: Nodes) -> None:
    with round_open.open("north") as north, round_open.open(SECRETARIAT) as node:
        tries = [
            forge(north, "north", PROPOSED, [bytes(32)]),
            forge(north, "north", PROPOSED, seq=30),
            forge(north, "north", events.TimeVouched()),
            forge(north, "north", events.ClauseAgreed(ROUND, events.Slug("total-north"), 5)),
            b"noise",
        ]
        state = node.state()
        before = state_hash(state)
        for entry in tries:
            assert not attempt(state, entry, node.attachment).applied
            assert state_hash(state) == before


def test_a_thousand_forged_entries_cost_a_bounded_time_and_no_place_in_the_ledger(round_open: Nodes) -> None:
    """Each pass over what waits must stay cheap: a chain that arrives backwards is the worst honest case."""
    with round_open.open("north") as node:
        state, entries = node.state(), []
        for at in range(300):
            moment = f"2025-12-01T{23 - at // 60 % 24:02}:{59 - at % 60:02}:00Z"  # claimed times run backwards
            entry = forge(node, "north", events.DisputeRaised(events.Sha256("d" * 64), events.Slug("d")),
                          seq=state.chains["north"][0] + 1 + at, prev=state.chains["north"][1], at=moment)  # fmt: skip
            entries.append(entry)
    report = bring(round_open, *entries)
    assert report.counts["ordered"] == 1  # only the first continues the chain
    assert report.counts["recorded_as_refused"] + report.counts["waiting"] + report.counts["turned_away"] == 299


def test_seen_is_what_the_author_held_not_what_it_wrote_since(round_open: Nodes) -> None:
    size = round_open.state("north").size
    round_open.say("north", PROPOSED)
    round_open.say("north", events.ClauseProposed(ROUND, events.Slug("total-south"), 9))
    with round_open.open("north") as node:
        bodies = [decode_body(decode_entry(each.entry).body) for each in node.outbox()]
    assert [body.seen[0] for body in bodies] == [size, size]
    assert bodies[0].at == NOW
