"""Match review at the pages: one word per pair, the likelihood hidden, two reviewers where stakes are high, undo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from repatria.linkage import commands
from repatria.linkage.judgement import confirm_sure
from repatria.linkage.review import queue, summary
from repatria.problem import Problem
from repatria.web.served import Served
from tests.web.world import World, application, client

application()


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World.after("lists", tmp_path)
    for name in ("clerk", "second"):
        found.appoint("south", name, "officer")
    return found


def register(served: Served) -> str:
    return next(name for name, fact in served.state().registers.items() if "south" in fact.asked)


def fresh(served: Served) -> str:
    """The register, and nobody has said a word on it."""
    number = register(served)
    served.node.vault.put_all({}, {}, without=served.node.vault.documents(f"judgements/{number}"))
    return number


def shown(page: str) -> str:
    found = re.search(r'name="pair" value="([0-9a-f-]+)"', page)
    return "" if found is None else found[1]


def words(served: Served, number: str) -> list[Any]:
    return commands.judgements_on(served.node.given(served.clock()), number)


def test_the_pair_that_is_shown_is_the_first_of_the_queue_and_the_next_comes_when_it_is_judged(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        given = served.node.given(served.clock())
        clerk = client("clerk")
        for _ in range(4):
            first = queue(commands.candidates(given, number), words(served, number), "clerk")[0]
            pair = shown(clerk.get(f"/en/matches/{number}/").content.decode())
            assert pair == "-".join(map(commands.row_text, first.pair))
            word = {"pair": pair, "verdict": "undecided", "why": "both looked at"}
            answer = clerk.post(f"/en/matches/{number}/", word)
            assert answer.status_code == 302
        assert [(word.verdict, word.by, word.why) for word in words(served, number)] == [
            ("undecided", "clerk", "both looked at")
        ] * 4


def test_the_order_kept_at_hand_is_that_of_the_queue_after_every_word_of_two_reviewers(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        given = served.node.given(served.clock())
        for at, verdict in enumerate(["link", "non_link", "undecided", "link", "link", "non_link", "link"]):
            name = ("clerk", "second")[at % 2]
            pair = shown(client(name).get(f"/en/matches/{number}/").content.decode())
            client(name).post(f"/en/matches/{number}/", {"pair": pair, "verdict": verdict})
            for who in ("clerk", "second"):
                wanted = queue(commands.candidates(given, number), words(served, number), who)
                page = client(who).get(f"/en/matches/{number}/").content.decode()
                assert f"{len(wanted)} pair" in page
                assert shown(page) == "-".join(map(commands.row_text, wanted[0].pair))
            counted_as_anew(served, number)


def counted_as_anew(served: Served, number: str) -> None:
    """What was counted as words came is what counting everything anew comes to."""
    from repatria.web.bench import bench

    found, said = commands.candidates(served.node.given(served.clock()), number), words(served, number)
    whole = summary(found, said)
    with served.at(served.who("clerk")) as at:
        desk = bench(at, number)
        assert desk.figures() == {name: whole[name] for name in desk.figures()}
        sure = confirm_sure(found, "clerk", "-", said)
        assert not isinstance(sure, Problem)
        assert desk.sure_for("clerk") == len(sure)


def test_the_likelihood_is_hidden_and_nothing_says_what_another_reviewer_said(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        page = client("clerk").get(f"/en/matches/{number}/").content.decode()
        assert '<details class="probability">' in page
        assert "%" not in page.split('<details class="probability">')[0].split("<table")[1]
        pair = shown(page)
        client("clerk").post(f"/en/matches/{number}/", {"pair": pair, "verdict": "link", "why": "a telling reason"})
        for _ in range(200):
            page = client("second").get(f"/en/matches/{number}/").content.decode()
            if shown(page) == pair or not shown(page):
                break
            client("second").post(f"/en/matches/{number}/", {"pair": shown(page), "verdict": "undecided"})
        assert "a telling reason" not in page


def test_a_word_is_taken_back_and_its_pair_is_there_again(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        clerk = client("clerk")
        pair = shown(clerk.get(f"/en/matches/{number}/").content.decode())
        clerk.post(f"/en/matches/{number}/", {"pair": pair, "verdict": "non_link"})
        page = clerk.post(f"/en/matches/{number}/", {"do": "undo"}).content.decode()
        assert shown(page) == pair
        assert [word.verdict for word in words(served, number)] == ["non_link", "taken_back"]
        again = clerk.post(f"/en/matches/{number}/", {"do": "undo"})
        assert again.status_code == 400
        assert "linkage.judgement.none" in again.content.decode()


def test_two_reviewers_link_one_row_twice_and_the_second_is_told_why_not(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        given = served.node.given(served.clock())
        rivals: dict[int, list[Any]] = {}
        for each in commands.candidates(given, number):
            rivals.setdefault(each.held_row, []).append(each)
        one, other = next(found for found in rivals.values() if len(found) > 1)[:2]
        ids = ["-".join(map(commands.row_text, (each.sought_row, each.held_row))) for each in (one, other)]
        for name in ("clerk", "second"):  # both, since the stakes are high
            client(name).post(f"/en/matches/{number}/", {"pair": ids[0], "verdict": "link"})
        answer = client("clerk").post(f"/en/matches/{number}/", {"pair": ids[1], "verdict": "link"})
        assert answer.status_code == 400
        assert "linkage.row.linked" in answer.content.decode()


def test_what_is_no_pair_of_the_review_is_refused_and_kept_nowhere(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        for wrong in ({"pair": "zz", "verdict": "link"}, {"pair": "00-00", "verdict": "link"}, {"verdict": "maybe"}):
            answer = client("clerk").post(f"/en/matches/{number}/", wrong)
            assert (answer.status_code, "linkage.pair.gone" in answer.content.decode()) == (400, True)
        assert words(served, number) == []
        assert client("clerk").get("/en/matches/0000/").status_code == 404


def test_words_are_put_into_the_ledger_together_and_counted_once(world: World) -> None:
    with world.serving("south") as served:
        number = register(served)
        served.node.vault.put_document(f"web/judged/{number}", str(len(words(served, number))).encode())
        clerk = client("clerk")
        page = clerk.get(f"/en/matches/{number}/").content.decode()
        clerk.post(f"/en/matches/{number}/", {"pair": shown(page), "verdict": "undecided"})
        assert "Put 1 word into the ledger" in clerk.get(f"/en/matches/{number}/").content.decode()
        before = len(served.node.outbox())
        assert clerk.post(f"/en/matches/{number}/", {"do": "sign"}).status_code == 302
        assert [each.kind for each in served.node.outbox()[before:]] == ["LinkJudged"]
        assert "into the ledger</button>" not in clerk.get(f"/en/matches/{number}/").content.decode()


def test_sure_pairs_are_confirmed_at_once_if_the_number_is_the_one_that_was_shown(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        clerk = client("clerk")
        page = clerk.get("/en/matches/").content.decode()
        count = re.search(r'name="number" value="(\d+)"', page)
        assert count is not None
        wrong = clerk.post(f"/en/matches/{number}/confirm/", {"number": int(count[1]) + 1})
        assert "linkage.bulk.number" in wrong.content.decode()
        assert clerk.post(f"/en/matches/{number}/confirm/", {"number": count[1]}).status_code == 302
        assert sum(word.bulk for word in words(served, number)) == int(count[1])


def test_a_word_that_only_another_member_knows_is_shown_as_it_stands() -> None:
    from repatria.web.pages.matches import in_words

    assert in_words("sex", {"sex": "male"}, "uk") == "чоловіча"
    assert in_words("sex", {"sex": "<b>"}, "uk") == "<b>"
    assert in_words("unit", {}, "uk") == ""


def test_whoever_saw_whom_is_on_record_by_rows_and_without_a_name(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        pair = shown(client("clerk").get(f"/en/matches/{number}/").content.decode())
        last = list(served.reads.all())[-1]
        assert (last.by, last.what) == ("south/clerk", "matches")
        assert set(pair.split("-")) <= set(last.about)


def test_no_likelihood_is_rounded_to_certainty_and_it_has_the_point_of_the_language(world: World) -> None:
    with world.serving("south") as served:
        number = fresh(served)
        found = [each.probability for each in commands.candidates(served.node.given(served.clock()), number)]
        assert any(chance is not None and chance > 0.9999 for chance in found)
        for at in range(40):
            page = client("clerk").get(f"/uk/matches/{number}/?skip={at}").content.decode()
            assert "100,0" not in page
            told = re.search(r"(\d+[,.]\d) %", page.split('<details class="probability">')[1])
            assert told is None or "," in told[1]
