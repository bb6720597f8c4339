"""The log of reads at its page: for the keeper and supervisors, paged, chosen by person and page, checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from repatria.store.reads import Read
from tests.web.world import World, application, client

application()


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World.after("open", tmp_path)
    found.appoint("north", "clerk", "officer")
    return found


def rows(page: str) -> list[str]:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]


def test_readings_are_paged_and_chosen_and_no_address_says_whose(world: World) -> None:
    with world.serving("north") as served:
        for n in range(60):
            served.reads.add(Read(f"2025-12-01T08:{n:02}:00Z", "north/clerk", "answer", True, f"need {n}", ("0f3a",)))
        served.reads.add(Read("2025-12-01T09:00:00Z", "north/family", "family-status", False))
        keeper = client("keeper", keeper=True)
        page = keeper.get("/en/reads/").content.decode()
        assert len(rows(page)) == 50
        assert "north/keeper" in rows(page)[0], "this reading itself is the latest"
        chosen = {"by": "north/clerk", "what": "answer"}
        first = rows(keeper.post("/en/reads/", chosen).content.decode())
        (older,) = re.findall(r'name="from" value="(\d+)"', keeper.post("/en/reads/", chosen).content.decode())
        page_two = keeper.post("/en/reads/", chosen | {"from": older}).content.decode()
        second = rows(page_two)
        assert 'name="from"' not in page_two, "there are none before them"
        assert [re.findall(r"need \d+", row)[0] for row in first + second] == [f"need {n}" for n in range(59, -1, -1)]
        refused = rows(keeper.post("/en/reads/", {"by": "north/family"}).content.decode())
        assert len(refused) == 1
        assert '<strong class="stops">no</strong>' in refused[0]
        assert "?" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page)), "what is chosen comes by POST"
        for wrong in ("-1", "9" * 15, "x", "7"):
            assert keeper.post("/en/reads/", {"from": wrong, "by": "nobody"}).status_code == 200


def test_whatever_is_put_on_record_can_be_chosen() -> None:
    from repatria.web import pages
    from repatria.web.pages.reads import _pages

    folder = Path(pages.__path__[0])
    text = "".join(each.read_text(encoding="utf-8") for each in folder.parent.rglob("*.py"))
    said = set(re.findall(r'on_record\(\s*[a-z.]+,\s*"([^"]+)"', text))
    assert len(said) > 10
    assert said <= {*_pages()}


def test_a_line_that_is_changed_is_found_out_and_the_head_is_shown(world: World) -> None:
    with world.serving("north") as served:
        keeper = client("keeper", keeper=True)
        served.reads.add(Read("2025-12-01T08:00:00Z", "north/clerk", "answer", True, "the true reason"))
        page = keeper.post("/en/reads/", {"do": "check"}).content.decode()
        assert "Every line is bound" in page
        assert served.reads.head in page
        served.reads.path.write_bytes(served.reads.path.read_bytes().replace(b"the true reason", b"another reason!"))
        page = keeper.post("/en/reads/", {"do": "check"}).content.decode()
        assert "A line was changed" in page
        assert "Every line is bound" not in page


def test_it_is_for_the_keeper_and_supervisors(world: World) -> None:
    with world.serving("north") as served:
        assert client("supervisor").get("/en/reads/").status_code == 200
        assert client("clerk").get("/en/reads/").status_code == 403
        last = list(served.reads.all())[-1]
        assert (last.by, last.what, last.allowed) == ("north/clerk", "reads", False)


def test_whatever_can_be_on_record_is_told_by_the_screen_that_it_belongs_to() -> None:
    from repatria.web import urls
    from repatria.web.pages.reads import _pages, screen
    from repatria.web.texts import language_of

    assert urls.urlpatterns  # with which every page is in the table
    words, told = language_of("uk"), {name: screen(name) for name in _pages()}
    assert [name for name, each in told.items() if each is None] == []
    assert all(words.say(each) for each in told.values() if each is not None)
