"""Signing in a real browser: the key is opened there, signs there, and never comes to the node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.commands import clauses, terms
from repatria.exchange.commands import By
from repatria.files import law, locales
from repatria.message import Message
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.rehearsal.terms import TEST, terms_text
from repatria.web import signing
from repatria.web.served import Wanted
from tests.web.browser import Site, live
from tests.web.world import World

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread; the database is asked by hand

pytestmark = [
    pytest.mark.xdist_group("browser-signing"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Clauses agreed; north's officer has drafted terms."""
    found = World.after("open", tmp_path_factory.mktemp("browser"))
    at, size = found.at, TEST
    at.on("2025-11-18")
    for party in ("north", "south"):
        at.signed(party, "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    at.do("exchange", "activate", at.node("straits"), "--round", "2025-1", "--target", "2025-12-31")
    at.carry()
    for clause, value in (("total-south", size.south_total), ("total-north", size.north_total)):
        at.do("terms", "propose", at.node("north"), clause, str(value))
    at.carry()
    for party in ("north", "south"):
        for clause, value in (("total-south", size.south_total), ("total-north", size.north_total)):
            at.signed(party, "terms", "agree", clause, str(value))
    at.carry()
    found.appoint("north", "clerk", "officer")
    return found


@pytest.fixture(scope="module")
def site(world: World) -> Any:
    with live(world, "north") as found:
        yield found


def draft(site: Site) -> str:
    """The number under which the terms wait."""
    request = terms.DraftTerms(By("north"), terms_text(TEST), "terms.toml", law.figures(), locales.lead_times())
    with site.served.at(site.served.who("clerk")) as at:
        with pytest.raises(Wanted) as wanted:
            at.run(terms.draft_terms, request)
        return signing.keep(at, wanted.value, Message("web.signing.title")).id


def signed_by(site: Site, id: str) -> tuple[str, ...] | None:
    with site.served.at(site.served.who("clerk")) as at:
        found = signing.find(at, id)
    return None if found is None else found.signed_by()


def sign(world: World, page: Any, author: str, words: str = PASSPHRASE, keep: bool = False) -> None:
    page.locator("[data-part=file]").set_input_files(world.at.key(author))
    page.locator("[data-part=passphrase]").fill(words)
    if keep:
        page.locator("[data-part=keep]").check()
    page.locator("[data-part=sign]").click()


def test_two_signatories_sign_terms_in_their_browsers_with_every_mistake_refused_first(
    site: Site, world: World
) -> None:
    id = draft(site)
    sent: list[str] = []
    with site.logged_in("sig-1") as page:
        page.on("request", lambda asked: sent.append(asked.post_data or ""))
        page.goto(site.url(f"/en/signing/{id}/"))
        sign(world, page, "north/sig-1", "not its passphrase")
        page.get_by_text("The passphrase is wrong", exact=False).first.wait_for()
        sign(world, page, "north/sig-2")  # somebody else's key
        page.get_by_text("not the key that the exchange knows", exact=False).first.wait_for()
        page.evaluate("document.querySelector('[data-event]').dataset.body = btoa('{}')")
        sign(world, page, "north/sig-1")
        page.get_by_text("do not have the hash that is shown", exact=False).first.wait_for()
        assert signed_by(site, id) == ("north",)
        page.reload()
        sign(world, page, "north/sig-1", keep=True)
        page.get_by_text("The signature is there").wait_for()
        assert signed_by(site, id) == ("north", "north/sig-1")
    with site.logged_in("sig-3") as page:
        page.on("request", lambda asked: sent.append(asked.post_data or ""))
        page.goto(site.url(f"/ar/signing/{id}/"))
        sign(world, page, "north/sig-3")
        page.wait_for_url("**/ar/signing/")
    assert signed_by(site, id) is None
    assert len(site.served.state().offered_terms) == 1
    secrets = [Path(world.at.key(f"north/sig-{n}")).read_bytes().split(b"\n")[2][:40] for n in (1, 2, 3)]
    assert len([each for each in sent if "signature=" in each]) == 2
    assert not any(PASSPHRASE.replace(" ", "+") in each or "passphrase" in each for each in sent)
    assert not any(secret.hex() in each for secret in secrets for each in sent)
    assert site.told == []


def test_a_key_that_is_kept_signs_again_without_its_file_until_it_is_forgotten(site: Site, world: World) -> None:
    def ask(value: int) -> str:
        with site.served.at(site.served.who("clerk")) as at:
            clause = clauses.Clause(By("north"), "stages", value)
            at.run(clauses.propose_clause, clause)
            with pytest.raises(Wanted) as wanted:
                at.run(clauses.agree_clause, clause)
            return signing.keep(at, wanted.value).id

    with site.logged_in("sig-1") as page:
        first = ask(4)
        page.goto(site.url(f"/en/signing/{first}/"))
        sign(world, page, "north/sig-1", keep=True)
        page.get_by_text("The signature is there").wait_for()
        second = ask(5)
        page.goto(site.url(f"/en/signing/{second}/"))
        assert page.locator("[data-part=file]").is_hidden()
        page.locator("[data-part=sign]").click()
        page.get_by_text("The signature is there").wait_for()
        assert signed_by(site, second) == ("north", "north/sig-1")
        kept = page.evaluate(
            """async () => {
              const db = await new Promise((done) => {
                const asked = indexedDB.open("repatria", 1);
                asked.onsuccess = () => done(asked.result);
              });
              const held = await new Promise((done) => {
                const asked = db.transaction("keys").objectStore("keys").get("north/sig-1");
                asked.onsuccess = () => done(asked.result);
              });
              const out = await crypto.subtle.exportKey("pkcs8", held.signer).then(() => "out", (error) => error.name);
              return [held.signer.extractable, out];
            }"""
        )
        assert kept == [False, "InvalidAccessError"]
        third = ask(6)
        page.goto(site.url(f"/en/signing/{third}/"))
        page.locator("[data-part=forget]").click()
        page.locator("[data-part=file]").wait_for()
    assert site.told == []


def test_without_a_script_the_file_is_offered_and_no_field_for_a_key(site: Site) -> None:
    with site.served.at(site.served.who("clerk")) as at:
        clause = clauses.Clause(By("north"), "places", 2)
        at.run(clauses.propose_clause, clause)
        with pytest.raises(Wanted) as wanted:
            at.run(clauses.agree_clause, clause)
        id = signing.keep(at, wanted.value).id
    with site.logged_in("sig-1", script=False) as page:
        page.goto(site.url(f"/uk/signing/{id}/"))
        assert page.locator("[data-part=by-script]").is_hidden()
        assert page.locator("input[name=file]").is_visible()
