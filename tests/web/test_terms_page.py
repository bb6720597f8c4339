"""The terms page: a draft looked through with law beside it, drafted, signed by both, and told in words meanwhile."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import escape

from repatria.deal import form
from repatria.files import agreements
from repatria.rehearsal.terms import TEST, terms_text
from repatria.report.language import CODES
from repatria.web import signing
from tests.web.test_signing import form as signed_form
from tests.web.test_signing import found, post
from tests.web.world import World, client


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Both totals are agreed; no terms are drafted."""
    made = World.after("open", tmp_path_factory.mktemp("begun"))
    at = made.at
    at.on("2025-11-18")
    for party in ("north", "south"):
        at.signed(party, "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    at.do("exchange", "activate", at.node("straits"), "--round", "2025-1", "--target", "2025-12-31")
    at.carry()
    totals = (("total-south", str(TEST.south_total)), ("total-north", str(TEST.north_total)))
    for clause, value in totals:
        at.do("terms", "propose", at.node("north"), clause, value)
    at.carry()
    for party in ("north", "south"):
        for clause, value in totals:
            at.signed(party, "terms", "agree", clause, value)
        made.appoint(party, "clerk", "officer")
    made.appoint("north", "family", "liaison")
    made.appoint("gulf", "envoy", "officer")
    at.carry()
    return made


@pytest.fixture
def world(begun: World, tmp_path: Path) -> World:
    return begun.copy(tmp_path)


def send(name: str, act: str, text: str, code: str = "en") -> Any:
    return client(name).post(f"/{code}/terms/{act}/", {"text": text})


def codes(answer: Any) -> list[str]:
    return re.findall(r"<p><code>([a-z0-9._]+)</code></p>", answer.content.decode())


@pytest.mark.parametrize("code", CODES)
def test_a_draft_is_told_in_words_with_law_beside_it_and_who_will_see_what(world: World, code: str) -> None:
    with world.serving("north") as served:
        answer = send("clerk", "check", terms_text(TEST), code)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "GC III 118" in page
        assert "found-complies" in page
        assert f"/{code}/terms/draft/" in page
        if code == "en":
            assert f"north hands over {TEST.north_total} people inside the ratio" in page.lower()
            assert "Everybody else sees its hash only" in page
        with served.at(served.who("clerk")) as at:
            assert signing.waiting(at) == []  # to look is not to ask


def test_every_problem_of_a_draft_is_told_at_once_and_the_text_stays(world: World) -> None:
    text = terms_text(TEST).replace("chance_days", "chance_dayz").replace("2025-12-31", "2025-10-31")
    with world.serving("north"):
        answer = send("clerk", "check", text)
        assert answer.status_code == 422
        assert len(codes(answer)) >= 2
        assert "chance_dayz" in answer.content.decode()
        assert "terms/draft/" not in answer.content.decode()
        assert codes(send("clerk", "draft", text)) == codes(answer)


@pytest.mark.parametrize(
    ("code", "direction", "wrong", "do"),
    [("uk", "ltr", "такої умови ця версія не знає", "приберіть або виправте"),
     ("ar", "rtl", "ليس شرطًا يعرفه هذا الإصدار", "احذفه أو صحّحه")],
)  # fmt: skip
def test_a_problem_is_told_in_the_language_of_the_page(
    world: World, code: str, direction: str, wrong: str, do: str
) -> None:  # fmt: skip
    """Words in the language, the code and the field as they are, and no English beside what the language says."""
    with world.serving("north"):
        text = terms_text(TEST).replace("chance_days", "chance_dayz")
        page = send("clerk", "check", text, code).content.decode()
    told = page[page.index('<section class="problems"') :]
    assert f'dir="{direction}"' in page[:300]
    assert (wrong in told, do in told, "chance_dayz" in told) == (True, True, True)
    assert "<code>terms.field</code>" in told
    assert "not a term that this version knows" not in page


@pytest.mark.parametrize(
    ("code", "asks"),
    [("uk", "Угода може дати полоненим більше, ніж Конвенція, і ніколи менше."),
     ("ar", "يجوز لاتفاق أن يعطي الأسرى أكثر من الاتفاقية، ولا يجوز أقل أبدًا.")],
)  # fmt: skip
def test_what_law_asks_of_a_draft_is_told_in_the_language_of_the_page(world: World, code: str, asks: str) -> None:
    with world.serving("north"):
        page = send("clerk", "check", terms_text(TEST), code).content.decode()
    assert asks in page
    law = page[page.index('<table class="fold">') : page.index("</table>", page.index('<table class="fold">'))]
    assert ("GC III 6" in law, 'lang="en"' in law) == (True, False)


def test_what_is_no_text_is_refused(world: World) -> None:
    with world.serving("north"):
        assert codes(send("clerk", "check", "  ")) == ["terms.none"]
        sent = client("clerk").post("/en/terms/check/", {"file": BytesIO(b"\xff\xfe\x00"), "text": ""})
        assert codes(sent) == ["terms.utf8"]
        sent = client("clerk").post("/en/terms/check/", {"file": BytesIO(b"#" * (2**19 + 1)), "text": ""})
        assert codes(sent) == ["terms.large"]


def test_both_sides_sign_from_their_pages_and_the_terms_are_in_force(world: World) -> None:
    with world.serving("north") as served:
        where = send("clerk", "draft", terms_text(TEST))["Location"]
        id = where.rstrip("/").rpartition("/")[2]
        page = client("sig-1").get(where).content.decode()
        assert f"north hands over {TEST.north_total} people" in page.lower()  # what is signed, in words
        assert "wounded" in page  # with the categories of the annex
        for name in ("sig-1", "sig-2"):
            post(name, id, signed_form(world, found(served, id), f"north/{name}"))
        assert "terms/sign" not in client("clerk").get("/en/terms/").content.decode()
    world.at.carry()
    with world.serving("south") as served:
        page = client("clerk").get("/en/terms/").content.decode()
        assert "terms/sign" in page
        assert f"north hands over {TEST.north_total} people" in page.lower()
        id = send("clerk", "sign", "")["Location"].rstrip("/").rpartition("/")[2]
        for name in ("sig-2", "sig-3"):
            post(name, id, signed_form(world, found(served, id), f"south/{name}"))
        assert served.state().terms is not None


def test_an_agreement_of_the_past_is_there_to_begin_from(world: World) -> None:
    with world.serving("north"):
        for name in ("form", *agreements.shipped()):
            page = client("clerk").get(f"/en/terms/from/{name}/").content.decode()
            text = form.new_terms() if name == "form" else agreements.agreement(name)
            assert escape(text) in page
        assert client("clerk").get("/en/terms/from/none-such/").status_code == 404


def test_who_drafts_is_a_party_and_who_reads_is_told_in_the_table(world: World) -> None:
    with world.serving("north"):
        assert client("family").get("/en/terms/").status_code == 403
        assert send("family", "draft", terms_text(TEST)).status_code == 403
    with world.serving("gulf"):
        page = send("envoy", "check", terms_text(TEST))
        assert page.status_code == 200
        assert "terms/draft/" not in page.content.decode()
        assert send("envoy", "draft", terms_text(TEST)).status_code == 403
