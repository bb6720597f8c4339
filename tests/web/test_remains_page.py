"""Remains at a page: what was received and found, in figures; and the receiver's word on whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from repatria.exchange.state import State
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.web.access import serve
from repatria.web.pages.remains import read_people
from repatria.web.served import Served
from tests.exchange.world import SOUTH
from tests.remains.test_examining import MISSING, SETS, case, finding, received
from tests.web.test_signing import codes
from tests.web.world import World, application, client

application()


class Showing(Served):
    """A node that shows the state of another ledger: two sides, and remains that were received."""

    shown: State

    def state(self) -> State:
        return self.shown


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Showing]:
    world = World.after("open", tmp_path)
    world.appoint("south", "clerk", "officer")
    found = Showing.open(Path(world.at.node("south")), PASSPHRASE, clock=lambda: world.at.now)
    assert isinstance(found, Showing)
    ours, theirs = Served.state(found), received()
    theirs.must(SOUTH, finding(SETS[0], 1, tuple(MISSING[:2]), (case("a", "north"),)))
    theirs.state.keys = {**theirs.state.keys, "south/clerk": ours.keys["south/clerk"]}
    found.shown = theirs.state
    serve(found)
    try:
        yield found
    finally:
        found.close()


def test_sets_are_told_in_figures_and_only_their_receiver_is_asked_whose_they_are(served: Showing) -> None:
    page = client("clerk").get("/en/remains/").content.decode()
    row = page.partition('id="counts"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    assert [cell.partition("<")[0] for cell in row.split("<td>")[2:]] == ["3", "1", "3", "2", "1"]
    assert page.count("remains/identify/") == 3, "of the four sets, north has received one"
    assert not any(each.row in page for each in MISSING)


def test_a_set_is_shown_with_all_that_was_said_of_it_to_be_said_anew(served: Showing) -> None:
    who = client("clerk")
    page = who.post("/en/remains/identify/", {"number": str(SETS[0])}).content.decode()
    assert all(f"{each.register}/{each.row}" in page for each in MISSING[:2])
    assert ":north</textarea>" in page
    wrong = {"number": str(SETS[0]), "do": "identify", "rows": "", "cases": "nobody"}
    answer = who.post("/en/remains/identify/", wrong)
    assert (answer.status_code, codes(answer)) == (422, ["confirm", "remains.form"])
    assert ">nobody</textarea>" in answer.content.decode()
    assert 'id="set"' not in who.post("/en/remains/identify/", {"number": "0" * 32}).content.decode()


def test_what_is_typed_is_read_as_rows_and_cases() -> None:
    assert read_people("0A1B\nffee/0c0d", "new:south\n12:unknown", "0f0f") == (
        (("0f0f", "0a1b"), ("ffee", "0c0d")), (("new", "south"), ("12", "unknown")),
    )  # fmt: skip
    found = read_people("", "one two", "")
    assert isinstance(found, list)
    assert [each.where for each in found] == ["one", "two"]


def test_a_set_behind_those_that_are_listed_is_shown_and_identified_as_well(
    served: Showing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One exchange had 6,000 sets: the page lists the first of them, and any of them can be asked for by its number."""
    monkeypatch.setattr("repatria.web.pages.remains.SHOWN", 1)
    mine = [number for number in sorted(map(str, SETS)) if str(served.shown.persons[number].to) == "south"]  # type: ignore[index]
    page = client("clerk").post("/en/remains/identify/", {"number": mine[-1]})
    assert page.status_code == 200
    assert 'id="set"' in page.content.decode()
