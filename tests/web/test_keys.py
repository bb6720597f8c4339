"""Keys at pages: what ending one would do is shown before, and is what happens; one is replaced in a browser."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.events import rotation_text
from repatria.ledger.note import ed25519_sign, public_key
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.web import keys, signing
from repatria.web.served import Served
from tests.web.browser import live
from tests.web.test_signing import codes, form
from tests.web.world import World, application, client

application()
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread

YES = {"do": "do", "confirm": "yes"}


@pytest.fixture(scope="module")
def cleared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Lists are signed, people cleared, a plan made; log time is far from the first activation."""
    return World.with_clerks("draw_and_plan", tmp_path_factory.mktemp("keys"))


@pytest.fixture
def world(cleared: World, tmp_path: Path) -> World:
    return cleared.copy(tmp_path)


def keeper() -> Any:
    return client("keeper", keeper=True)


def post(path: str, who: Any = None, **given: str) -> Any:
    return (who or keeper()).post(f"/en/keys/{path}/", given)


def waiting(served: Served) -> signing.Waiting:
    with served.at(served.who("keeper", keeper=True)) as at:
        (found,) = signing.waiting(at)
    return found


def sign(world: World, served: Served, *names: str) -> None:
    for name in names:
        found = waiting(served)
        assert client(name).post(f"/en/signing/{found.id}/", form(world, found, f"north/{name}")).status_code == 302


def test_ending_a_key_is_shown_before_and_done_with_a_ticked_box_only(world: World) -> None:
    with world.serving("north") as served:
        shown = post("revoke", name="sig-3").content.decode()
        assert "The key of" in shown
        assert "north/sig-3" in shown
        assert "Another signatory can object until" in shown
        assert "signatories are left" not in shown, "two are left, and two it takes"
        assert served.state().key_at("north/sig-3", served.state().size) is not None, "looking ends nothing"
        assert codes(post("revoke", name="sig-3", do="do")) == ["confirm"]
        assert post("revoke", name="sig-3", **YES).status_code == 302
        assert served.state().key_at("north/sig-3", served.state().size) is None
        assert "1 signatory is left" in post("revoke", name="sig-2").content.decode()
        assert codes(post("revoke", name="nobody")) == ["delegate.standing"]


def test_a_signatory_objects_to_what_is_cooling_off_and_it_stands_again(world: World) -> None:
    with world.serving("north") as served:
        post("revoke", name="sig-3", **YES)
        page = client("sig-1").get("/en/keys/").content.decode()
        assert "Another signatory can object until" in page
        assert "keys/object/" in page
        shown = post("object", client("sig-1"), name="sig-3").content.decode()
        assert "stands again" in shown
        assert "/signing/" in post("object", client("sig-1"), name="sig-3", **YES)["Location"]
        sign(world, served, "sig-1")
        assert served.state().keys["north/sig-3"][-1].until is None
        assert codes(post("object", client("sig-1"), name="sig-2")) == ["objection.late"]
        assert post("object", keeper(), name="sig-3").status_code == 403, "the keeper's word it is not"


def test_what_a_key_in_others_hands_puts_in_doubt_is_what_is_in_doubt_afterwards(world: World) -> None:
    """The interviewer's: every word that lets somebody go."""
    with world.serving("cross") as served:
        state = served.state()
        since = state.keys["cross/interviewer"][-1].since
        going = sum(bool(person.word and person.word.going) for person in state.persons.values())
        shown = post("compromised", name="interviewer", since=str(since)).content.decode()
        assert f"The words that let {going} people go are void" in shown
        times = int(re.search(r"it signed (\d+) times", shown).group(1))  # type: ignore[union-attr]
        assert times > 0
        assert shown.count("/en/ledger/") - 1 == min(times, 20)
        before = keys.differences(state, state, "cross")
        assert list(before) == []
        assert post("compromised", name="interviewer", since=str(since), **YES).status_code == 302
        after = served.state()
        assert not any(person.word and person.word.going for person in after.persons.values())
        assert after.keys["cross/interviewer"][-1].compromised == since


def test_an_entry_that_is_still_to_come_is_refused_with_what_to_do(world: World) -> None:
    with world.serving("north"):
        answer = post("compromised", name="sig-1", since="999999")
        assert (answer.status_code, codes(answer)) == (422, ["compromise.since"])
        assert codes(post("compromised", name="", since="5")) == ["compromise.key"], "replace the member's key first"


def test_a_signatorys_key_in_others_hands_is_said_by_the_others(world: World) -> None:
    with world.serving("north") as served:
        shown = post("compromised", client("sig-1"), name="sig-3", since="5").content.decode()
        assert "2 signatories have to sign it" in shown
        assert "/signing/" in post("compromised", client("sig-1"), name="sig-3", since="5", **YES)["Location"]
        assert waiting(served).waits_for() == ("north/sig-1", "north/sig-2"), "the accused has no part in it"


def test_the_members_key_is_replaced_by_its_signatories_and_the_node_signs_with_it(world: World) -> None:
    with world.serving("north") as served:
        old = str(served.state().members["north"].key)
        assert codes(post("member")) == ["confirm"]
        first = post("member", confirm="yes")["Location"]
        assert post("member", confirm="yes")["Location"] == first, "asked for twice, one fresh key is enough"
        sign(world, served, "sig-1", "sig-2")
        new = str(served.state().members["north"].key)
        assert new != old
        assert client("clerk").post("/en/consultation/suspend/").status_code == 302, "signed with the new key"
        shown = post("compromised", name="", since="5").content.decode()
        assert "not answered for" in shown
        before = served.state()
        ended = [author for author in before.keys if before.key_at(author, before.size) and author.startswith("north/")]
        assert all(author in shown for author in ended if before.keys[author][0].since >= 5)


def test_a_delegates_own_key_is_replaced_if_the_new_one_has_signed_for_it(world: World) -> None:
    seed = bytes([7]) * 32
    new = public_key(seed).hex()
    with world.serving("north") as served:
        state = served.state()
        old = str(state.keys["north/clerk"][-1].key)
        text = rotation_text(state.exchange, "north/clerk", old, new)
        clerk = client("clerk")
        stolen = post("own", clerk, new=new, signature=ed25519_sign(bytes([8]) * 32, text).hex())
        assert (stolen.status_code, codes(stolen)) == (422, ["rotation.signature"])
        assert codes(post("own", clerk, new="", signature="")) == ["rotation.browser"]
        assert "/signing/" in post("own", clerk, new=new, signature=ed25519_sign(seed, text).hex())["Location"]
        sign(world, served, "clerk")
        assert [str(grant.key) for grant in served.state().keys["north/clerk"]] == [old, new]
        page = clerk.get("/en/account/key/").content.decode()
        assert new in page
        assert "another key" not in page


def test_no_role_but_those_that_may_ends_a_key(world: World) -> None:
    with world.serving("north"):
        for path in ("revoke", "compromised", "object", "member"):
            assert post(path, client("clerk"), name="sig-1", **YES).status_code == 403
        assert client("clerk").get("/en/keys/").status_code == 403
        assert client("sig-1").get("/en/keys/").status_code == 200
        stale = keeper()
        session = stale.session
        session["account_authentication_methods"][0]["at"] -= 301
        session.save()
        assert "/account/again/" in post("revoke", stale, name="sig-1", **YES)["Location"]


@pytest.mark.xdist_group("browser-keys")
def test_a_browser_makes_the_new_key_keeps_it_and_signs_with_it_from_then_on(world: World) -> None:
    with live(world, "north") as site, site.logged_in("clerk") as page:
        page.goto(site.url("/en/account/key/"))
        page.get_by_role("button", name="Make a fresh key here").click()
        page.wait_for_url("**/signing/*/")
        page.locator("[data-part=file]").set_input_files(world.at.key("north/clerk"))
        page.locator("[data-part=passphrase]").fill(PASSPHRASE)
        page.locator("[data-part=sign]").click()
        page.wait_for_url("**/en/signing/")
        first = str(site.served.state().keys["north/clerk"][-1].key)
        page.goto(site.url("/en/account/key/"))
        page.get_by_text("This browser has").or_(page.locator("[data-here]:visible")).first.wait_for()
        page.get_by_role("button", name="Make a fresh key here").click()
        page.wait_for_url("**/signing/*/")
        assert page.locator("[data-part=file]").is_hidden(), "the key is here by now"
        page.locator("[data-part=sign]").click()
        page.wait_for_url("**/en/signing/")
        assert len({first, str(site.served.state().keys["north/clerk"][-1].key)}) == 2
        assert site.told == []
