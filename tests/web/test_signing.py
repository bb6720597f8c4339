"""Signing at home: what waits for persons, kept over a restart, signed by them with keys that the node never has."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.commands import clauses, terms
from repatria.exchange.codec import event_id
from repatria.exchange.commands import By
from repatria.exchange.events import Slug, Suspended
from repatria.exchange.state import State
from repatria.files import law, locales
from repatria.ledger.entry import ENTRY_TYPE, pae
from repatria.ledger.note import ed25519_sign
from repatria.message import Message
from repatria.office import Given, Outcome, Prepared, prepare
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.rehearsal.terms import TEST, terms_text
from repatria.store.delegate import open_key
from repatria.web import signing
from repatria.web.served import Served, Wanted
from repatria.web.signing import Waiting
from tests.web.world import World, client

WHAT = Message("web.signing.title")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> World:
    """After the activation: north wants terms, and asks its signatories from a page."""
    found = World.after("open", tmp_path_factory.mktemp("begun"))
    at = found.at
    at.on("2025-11-16")
    for party in ("north", "south"):
        at.signed(party, "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    at.do("exchange", "activate", at.node("straits"), "--round", "2025-1", "--target", "2025-12-31")
    at.carry()
    found.appoint("north", "clerk", "officer")
    return found


@pytest.fixture
def world(begun: World, tmp_path: Path) -> World:
    return begun.copy(tmp_path)


def asked(served: Served, name: str = "clerk", of: str = "total-south") -> str:
    """North's officer asks for an agreement to a clause that stands proposed; the number under which it waits."""
    clause = clauses.Clause(By("north"), of, 40)
    with served.at(served.who(name)) as at:
        if of not in at.node.state().clauses:
            at.run(clauses.propose_clause, clause)
        with pytest.raises(Wanted) as wanted:
            at.run(clauses.agree_clause, clause)
        return signing.keep(at, wanted.value, WHAT).id


def found(served: Served, id: str, name: str = "clerk") -> Waiting:
    with served.at(served.who(name)) as at:
        waiting = signing.find(at, id)
    assert waiting is not None
    return waiting


def signature(world: World, author: str, body: bytes) -> bytes:
    key = open_key(Path(world.at.key(author)), PASSPHRASE)
    return ed25519_sign(key.seed, pae(ENTRY_TYPE, body))


def form(world: World, waiting: Waiting, author: str, by: str | None = None) -> dict[str, Any]:
    """What the script posts for a person, signed with their key or with another's."""
    return {
        "do": "sign",
        "event": [each.event for each in waiting.events],
        "signature": [signature(world, by or author, each.body).hex() for each in waiting.events],
    }


def post(name: str, id: str, data: dict[str, Any]) -> Any:
    return client(name).post(f"/en/signing/{id}/", data)


def codes(answer: Any) -> list[str]:
    return re.findall(r"<p><code>([a-z0-9._]+)</code></p>", answer.content.decode())


def agreed(served: Served) -> bool:
    state = served.state()
    assents = [step for step in state.clauses["total-south"].history if step.step == "agreed"]
    return bool(assents)


def test_what_two_signatories_sign_is_done_with_the_second_and_waits_no_longer(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        assert post("sig-1", id, form(world, found(served, id), "north/sig-1")).status_code == 302
        assert not agreed(served)
        assert found(served, id).signed_by() == ("north", "north/sig-1")
        assert post("sig-3", id, form(world, found(served, id), "north/sig-3")).status_code == 302
        assert agreed(served)
        with served.at(served.who("clerk")) as at:
            assert signing.waiting(at) == []
            assert at.given.documents("web/signing") == []


def test_what_waits_survives_a_restart_with_the_signatures_that_are_there(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        post("sig-1", id, form(world, found(served, id), "north/sig-1"))
    with world.serving("north") as served:
        assert found(served, id).signed_by() == ("north", "north/sig-1")
        post("sig-2", id, form(world, found(served, id), "north/sig-2"))
        assert agreed(served)


def test_a_forged_signature_is_refused_and_the_right_one_beside_it_is_taken(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        waiting = found(served, id)
        forged = form(world, waiting, "north/sig-1")
        forged["signature"] = [bytes(64).hex()]
        answer = post("sig-1", id, forged)
        assert (answer.status_code, codes(answer)) == (422, ["signing.signature"])
        assert found(served, id) == waiting
        assert post("sig-1", id, form(world, waiting, "north/sig-1")).status_code == 302


def test_somebody_elses_key_does_not_sign_in_my_name(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        answer = post("sig-1", id, form(world, found(served, id), "north/sig-1", by="north/sig-2"))
        assert codes(answer) == ["signing.signature"]
        answer = post("sig-1", id, form(world, found(served, id), "north/sig-1", by="south/sig-1"))
        assert codes(answer) == ["signing.signature"]
        assert found(served, id).signed_by() == ("north",)


def test_a_signature_for_another_event_counts_for_nothing_here(world: World) -> None:
    with world.serving("north") as served:
        asked(served, of="total-north")  # its proposal stands first, so that both fit the chain
        first, second = asked(served), asked(served, of="total-north")
        client("clerk").get(f"/en/signing/{second}/")
        (one,), (other,) = found(served, first).events, found(served, second).events
        made = signature(world, "north/sig-1", one.body).hex()
        replayed = {"do": "sign", "event": [other.event], "signature": [made]}
        assert codes(post("sig-1", second, replayed)) == ["signing.signature"]
        elsewhere = {"do": "sign", "event": [one.event], "signature": [made]}
        assert codes(post("sig-1", second, elsewhere)) == ["signing.other"]
        assert found(served, second).signed_by() == ("north",)
        assert post("sig-1", first, elsewhere).status_code == 302  # where it belongs


def test_asked_for_twice_it_waits_once(world: World) -> None:
    with world.serving("north") as served:
        assert asked(served) == asked(served)
        with served.at(served.who("clerk")) as at:
            assert len(signing.waiting(at)) == 1


def test_two_people_who_sign_at_once_both_count(world: World) -> None:
    """Each has the page from before the other signed; the second post finds the first's signature there."""
    with world.serving("north") as served:
        id = asked(served)
        before = found(served, id)
        forms = [form(world, before, f"north/{name}") for name in ("sig-1", "sig-2")]
        assert post("sig-1", id, forms[0]).status_code == 302
        assert post("sig-2", id, forms[1]).status_code == 302
        assert agreed(served)
        assert post("sig-3", id, form(world, before, "north/sig-3")).status_code == 404  # it waits no longer


def test_two_people_who_sign_in_the_same_moment_complete_it_once(world: World) -> None:
    """Two threads, each with its own browser: the one lock lets one in after the other."""
    with world.serving("north") as served:
        id = asked(served)
        before = found(served, id)
        people = [(name, client(name), form(world, before, f"north/{name}")) for name in ("sig-1", "sig-2", "sig-3")]
        with ThreadPoolExecutor(3) as pool:
            sent = [pool.submit(each.post, f"/en/signing/{id}/", data) for _, each, data in people]
        assert sorted(each.result().status_code for each in sent) == [302, 302, 404]
        steps = [step for step in served.state().clauses["total-south"].history if step.step == "agreed"]
        assert len(steps) == 1


def test_after_another_word_of_the_member_it_is_prepared_anew_and_signed_again(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        before = found(served, id)
        post("sig-1", id, form(world, before, "north/sig-1"))
        with served.at(served.who("clerk")) as at:
            at.run(clauses.propose_clause, clauses.Clause(By("north"), "total-north", 30))
        answer = post("sig-2", id, form(world, before, "north/sig-2"))
        assert answer.status_code == 302  # to the page, which says that it must be signed again
        after = found(served, id)
        assert (after.again, after.signed_by()) == (1, ("north",))
        assert after.events[0].event != before.events[0].event
        page = client("sig-2").get(f"/en/signing/{id}/").content.decode()
        assert "must be signed again" in page
        assert after.events[0].event in page
        for name in ("sig-1", "sig-2"):
            post(name, id, form(world, after, f"north/{name}"))
        assert agreed(served)


def test_one_of_the_signatories_cannot_throw_the_others_signatures_away(world: World) -> None:
    """One of three who does not want it would otherwise hold it up for ever, though two are enough."""
    with world.serving("north") as served:
        id = asked(served)
        post("sig-1", id, form(world, found(served, id), "north/sig-1"))
        before = found(served, id)
        answer = post("sig-3", id, {"do": "anew"})
        assert (answer.status_code, codes(answer)) == (422, ["signing.fits"])
        assert found(served, id) == before
        assert post("clerk", id, {"do": "anew"}).status_code == 302  # whoever asked for it may
        assert found(served, id).again == 1


def test_what_was_taken_away_with_an_erased_person_is_prepared_anew(world: World) -> None:
    """An erasure takes away everything that was prepared, since the person may stand in it (`erasure.commands`)."""
    with world.serving("north") as served:
        id = asked(served)
        post("sig-1", id, form(world, found(served, id), "north/sig-1"))
        with served.at(served.who("clerk")) as at:
            at.node.vault.put_all({}, {}, without=[f"web/signing-of/{id}/result"])
        assert "must be signed again" in client("sig-2").get(f"/en/signing/{id}/").content.decode()
        after = found(served, id)
        assert (after.again, after.signed_by()) == (1, ("north",))
        for name in ("sig-1", "sig-2"):
            post(name, id, form(world, after, f"north/{name}"))
        assert agreed(served)


def test_what_cannot_be_prepared_anew_says_so_and_is_called_off(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        with served.at(served.who("clerk")) as at:
            at.node.vault.put_all({}, {}, without=[f"web/signing-of/{id}/result", f"web/signing-of/{id}/asked"])
        answer = client("clerk").get(f"/en/signing/{id}/")
        assert (answer.status_code, codes(answer)) == (422, ["signing.asked"])
        assert post("clerk", id, {"do": "call-off"}).status_code == 302


def test_a_document_that_changed_meanwhile_is_not_written_over(world: World) -> None:
    """A signed act that keeps something here, such as a reason, is run again over what stands here now."""
    def keep(state: State, request: str, given: Given) -> Outcome:
        kept = (given.document("notes") or b"") + request.encode()
        return Outcome(drafts=(By("north").draft(Suspended(Slug(state.round))),), documents={"notes": kept})

    with world.serving("north") as served, served.at(served.who("clerk")) as at:
        state = at.node.state()
        prepared = prepare(state, keep(state, "one", at.given), at.given)
        assert isinstance(prepared, Prepared)
        waiting = signing.keep(at, Wanted(prepared, (keep, "one")))
        assert signing.fits(at, waiting)
        at.node.vault.put_document("notes", b"two")
        assert not signing.fits(at, waiting)


def test_a_decline_is_told_may_be_taken_back_and_too_many_leave_no_hope(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        assert post("sig-1", id, {"do": "decline"}).status_code == 302
        assert (found(served, id).hopeless, list(found(served, id).declined)) == (False, ["north/sig-1"])
        post("sig-2", id, {"do": "decline"})
        assert found(served, id).hopeless
        post("sig-2", id, form(world, found(served, id), "north/sig-2"))
        assert not found(served, id).hopeless
        post("sig-1", id, form(world, found(served, id), "north/sig-1"))
        assert agreed(served)


def test_only_whoever_asked_calls_it_off_and_then_nothing_is_left(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
        answer = post("sig-1", id, {"do": "call-off"})
        assert codes(answer) == ["signing.by"]
        assert post("clerk", id, {"do": "call-off"}).status_code == 302
        with served.at(served.who("clerk")) as at:
            assert at.given.documents("web/") == []
        assert not agreed(served)


def test_it_is_nobody_elses_to_see(world: World) -> None:
    world.appoint("north", "other", "officer")
    with world.serving("north") as served:
        id = asked(served)
        assert client("other").get(f"/en/signing/{id}/").status_code == 404
        assert client("other").get(f"/en/signing/{id}/events/").status_code == 404
        assert post("other", id, {"do": "decline"}).status_code == 404
        assert id not in client("other").get("/en/signing/").content.decode()
        assert id in client("sig-1").get("/en/signing/").content.decode()
        assert id in client("sig-1").get("/en/").content.decode(), "the first page says what waits for whoever sees it"
        assert id not in client("clerk").get("/en/").content.decode(), "and for nobody else"


def test_a_key_that_ended_while_it_waited_does_not_help_and_prepared_anew_it_is_not_asked(world: World) -> None:
    with world.serving("north") as served:
        id = asked(served)
    world.at.do("node", "revoke", world.at.node("north"), "sig-1")
    with world.serving("north") as served:
        before = found(served, id)
        assert "north/sig-1" in before.events[0].keys
        client("sig-2").get(f"/en/signing/{id}/")  # the revocation took its place in the chain
        assert "north/sig-1" not in found(served, id).events[0].keys


def test_a_file_of_signatures_made_elsewhere_is_as_good(world: World, tmp_path: Path) -> None:
    from io import BytesIO

    from repatria.files.athome import format_signatures, parse_events

    with world.serving("north") as served:
        id = asked(served)
        (body,) = parse_events(client("clerk").get(f"/en/signing/{id}/events/").content)
        for author in ("north/sig-1", "north/sig-2"):
            data = format_signatures(author, {event_id(body): signature(world, author, body)})
            assert post("clerk", id, {"do": "sign", "file": BytesIO(data)}).status_code == 302
        assert agreed(served)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", json.dumps({"file": "repatria/signatures/v1"}).encode()])
def test_a_file_that_is_none_of_signatures_is_refused(world: World, data: bytes) -> None:
    from io import BytesIO

    with world.serving("north") as served:
        id = asked(served)
        upload = BytesIO(data or b" ")
        assert codes(post("clerk", id, {"do": "sign", "file": upload})) == ["home.signatures"]


def test_terms_are_signed_with_their_attachment_kept(world: World, tmp_path: Path) -> None:
    size = TEST
    with world.serving("north") as served, served.at(served.who("clerk")) as at:
        for clause, value in (("total-south", size.south_total), ("total-north", size.north_total)):
            at.run(clauses.propose_clause, clauses.Clause(By("north"), clause, value))
    at_ = world.at
    at_.carry()
    for party in ("north", "south"):
        at_.signed(party, "terms", "agree", "total-south", str(size.south_total))
        at_.signed(party, "terms", "agree", "total-north", str(size.north_total))
    at_.carry()
    with world.serving("north") as served:
        request = terms.DraftTerms(
            By("north"), terms_text(size), "terms.toml", law.figures(), locales.lead_times()
        )
        with served.at(served.who("clerk")) as at:
            with pytest.raises(Wanted) as wanted:
                at.run(terms.draft_terms, request)
            id = signing.keep(at, wanted.value, WHAT).id
        for name in ("sig-1", "sig-2"):
            post(name, id, form(world, found(served, id), f"north/{name}"))
        state = served.state()
        assert len(state.offered_terms) == 1
        assert served.node.attachment(str(state.offered_terms[0])) is not None


def test_problems_of_preparing_anew_are_shown_and_offer_to_call_it_off(world: World) -> None:
    with world.serving("north") as served:
        first, second = asked(served), asked(served, name="sig-1")
        for name in ("sig-1", "sig-2"):
            post(name, first, form(world, found(served, first), f"north/{name}"))
        assert agreed(served)
        answer = client("sig-1").get(f"/en/signing/{second}/")
        assert answer.status_code == 422
        assert codes(answer) == ["assent.twice"]
        assert 'value="call-off"' in answer.content.decode()
