"""Clauses, offers and tasks by the command line, between nodes that meet by stick; and the status page."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.commands.clauses import CarryOffer, carry_offer
from repatria.exchange.commands import By
from repatria.exchange.state import State
from repatria.ledger.canonical import decode
from repatria.ledger.entry import decode_entry
from repatria.office import Given, Outcome
from repatria.people.commands import post
from repatria.report.language import CODES
from tests.cli.test_main import answered, problems, said
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes

OFFERED, OTHER = 1200, 9


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def at(nodes: Nodes, member: str, noun: str, verb: str, *words: object) -> dict[str, Any]:
    return answered(noun, verb, nodes.path(member), *words, "--at", NOW)


def carried(nodes: Nodes, value: int = OFFERED, maker: str = "north") -> str:
    at(nodes, "gulf", "terms", "offer", "total-north", value, "--to", "south", "--from", maker)
    nodes.carry()
    (offer,) = at(nodes, "gulf", "terms", "offers")["offers"]
    return str(offer["event"])


# --- offers ---------------------------------------------------------------------------------------------------------


def test_the_reader_and_the_maker_see_an_offer_and_nobody_else_does(nodes: Nodes) -> None:
    carried(nodes)
    seen = {member: at(nodes, member, "terms", "offers")["offers"] for member in ("north", "south", "straits", "cross")}
    assert [[(o["value"], o["maker"]) for o in seen[member]] for member in seen] == [
        [(OFFERED, "north")], [(OFFERED, "north")], [], [],
    ]  # fmt: skip


def test_only_the_maker_can_release_it_and_then_it_is_its_proposal(nodes: Nodes) -> None:
    offer = carried(nodes)
    for member in ("south", "gulf"):  # they know value and salt
        assert problems("terms", "release", nodes.path(member), offer[:12]) == ["offer.maker"]
    assert problems("terms", "release", nodes.path("cross"), offer[:12]) == ["offer.maker"]
    assert at(nodes, "north", "terms", "release", offer[:12]) == {"clause": "total-north", "value": OFFERED}
    nodes.carry()
    clause = nodes.state("south").clauses["total-north"]
    assert (clause.status, clause.value, [(s.member, s.step) for s in clause.history]) == (
        "proposed", OFFERED, [("north", "released")],
    )  # fmt: skip
    assert problems("terms", "release", nodes.path("north"), offer[:12]) == ["offer.released"]


def test_a_letter_that_does_not_open_what_was_carried_is_no_offer(nodes: Nodes) -> None:
    """Whoever knows a recipient key can send a letter in a mediator's name, before or after the real one."""

    def forged(state: State, request: dict[str, Any], given: Given) -> Outcome:
        sealed, name = post(state, given, "offer", "gulf", request, ("south", "north"))
        return Outcome(mail={name: sealed}, mail_to={name: ("south", "north")})

    offer = carried(nodes)
    (fact,) = nodes.state("straits").offers.values()
    true = {"round": fact.round, "clause": fact.clause, "maker": "north", "commitment": fact.commitment}
    lies: list[dict[str, Any]] = [
        *({**true, "value": n, "salt": "00" * 32} for n in range(16)),  # letters are read in the order of their hashes
        {**true, "value": 7, "salt": "zz"}, {**true, "salt": "00" * 32},
        {**true, "value": ["7"], "salt": "00" * 32},
        {"salt": 3, "maker": 3, "value": 3, "commitment": fact.commitment}, {"commitment": fact.commitment},
    ]  # fmt: skip
    for lie in lies:
        nodes.run("straits", forged, lie)
    nodes.carry()
    for member in ("south", "north"):
        (seen,) = at(nodes, member, "terms", "offers")["offers"]
        assert (seen["value"], seen["maker"]) == (OFFERED, "north")
    at(nodes, "north", "terms", "release", offer)


def test_an_offer_is_carried_to_a_member_and_by_a_maker_or_both_are_said_to_be_wrong(nodes: Nodes) -> None:
    with nodes.open("gulf") as node:
        request = CarryOffer(By("gulf"), "total-north", OFFERED, "", "cross")
        found = carry_offer(node.state(), request, nodes.given(node))
    assert isinstance(found, list)
    assert [problem.code for problem in found] == ["offer.maker", "offer.to"]


def test_what_the_stick_shows_of_an_offer_depends_on_neither_its_value_nor_its_maker(nodes: Nodes) -> None:
    """Letters to the same members, of the same size under the seal, whatever is offered and by whom."""
    shown, sealed = [], count(256)
    with nodes.open("gulf") as node:
        # A seal that hides nothing: a real one makes no two letters alike, and adds noise to their size.
        given = replace(nodes.given(node), seal=lambda data, to: next(sealed).to_bytes(2, "big") + data)
        for value, maker in ((OFFERED, "north"), (OTHER, "north"), ("a-long-word-of-the-list", "gulf"), (1, "straits")):
            request = CarryOffer(By("gulf"), "total-north", value, "south", maker)  # type: ignore[arg-type]
            outcome = carry_offer(node.state(), request, given)
            assert isinstance(outcome, Outcome)
            shown.append(sorted((*to, len(outcome.mail[name])) for name, to in outcome.mail_to.items()))
    assert [to for *to, _ in shown[0]] == [["north"], ["south"], ["straits"]]
    assert shown == shown[:1] * 4


def test_the_ledger_holds_neither_the_value_nor_the_maker_before_the_release(nodes: Nodes) -> None:
    carried(nodes)
    with nodes.open("cross") as node:
        assert node.ledger is not None
        bodies = [decode(decode_entry(entry).body) for entry in node.ledger.entries()]
    (body,) = [body for body in bodies if body["kind"] == "OfferCarried"]
    assert set(body["data"]) == {"round", "clause", "to", "commitment", "sealed"}
    assert (body["author"], body["data"]["to"], body["commit"], body["refs"]) == ("gulf", "south", [], [])
    assert "north" not in str({k: v for k, v in body["data"].items() if k != "clause"})


def test_a_mediator_releases_an_offer_of_its_own_and_makes_none_for_the_neutral(nodes: Nodes) -> None:
    request = ("terms", "offer", nodes.path("gulf"), "total-north", "7", "--to", "south", "--from", "cross")
    assert problems(*request) == ["offer.maker"]
    offer = carried(nodes, 7, "gulf")
    at(nodes, "gulf", "terms", "release", offer)
    nodes.carry()
    assert nodes.state("south").clauses["total-north"].history[-1].member == "gulf"


# --- clauses and tasks ----------------------------------------------------------------------------------------------


def test_a_clause_for_a_word_takes_one_of_its_words_and_nothing_else(nodes: Nodes) -> None:
    at(nodes, "gulf", "terms", "open", "carrier", "--kind", "word", "--word", "bus", "--word", "train")
    assert problems("terms", "propose", nodes.path("gulf"), "carrier", "ship") == ["clause.value"]
    assert problems("terms", "propose", nodes.path("gulf"), "carrier", "3") == ["clause.value"]
    assert problems("terms", "propose", nodes.path("gulf"), "day", "2025-12-20") == ["clause.unopened"]
    at(nodes, "gulf", "terms", "propose", "carrier", "bus")
    shown = at(nodes, "gulf", "terms", "show")["clauses"]
    assert shown == [
        {"clause": "carrier", "status": "proposed", "value": "bus", "history": "gulf opened, gulf proposed bus"}
    ]


def test_a_task_is_set_moved_and_done(nodes: Nodes) -> None:
    assert "transport" in answered("task", "codes")["codes"]  # type: ignore[operator]
    at(nodes, "gulf", "task", "set", "transport", "--owner", "north", "--due", "2025-12-03")
    assert problems("task", "set", nodes.path("south"), "transport", "--owner", "north", "--due", "2025-12-03") == [
        "task.owner"
    ]
    assert problems("task", "set", nodes.path("gulf"), "lunch", "--due", "2025-12-03") == ["task.code"]
    nodes.carry()
    assert problems("task", "done", nodes.path("south"), "transport") == ["task.unknown"]
    at(nodes, "north", "task", "done", "transport")
    listed = at(nodes, "north", "task", "list")["tasks"]
    assert listed == [{"task": "transport", "owner": "north", "due": "2025-12-03", "done": True}]


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_is_read_in_each_language_and_json_keeps_its_keys(nodes: Nodes, tmp_path: Path) -> None:
    pages = {}
    for code in CODES:
        exit_code, out, err = said("exchange", "status", nodes.path("north"), "--language", code)
        assert (exit_code, err) == (0, "")
        pages[code] = out
    assert pages["en"].startswith("Where the exchange stands, 1 December 2025\n\nRound 2025-1 is in force.")
    assert pages["uk"].startswith("Стан обміну на 1 грудня 2025 року\n\nРаунд 2025-1 чинний.")
    assert len(set(pages.values())) == len(CODES)
    found = answered("exchange", "status", nodes.path("north"))
    assert set(found) >= {
        "exchange", "round", "round_open", "log_time", "entries", "members", "clauses", "terms_in_force",
        "lists_in_force", "plan_in_force", "suspended", "stages", "people", "breaches", "refused", "phase", "moves",
        "calendar", "tasks", "offers", "target_date",
    }  # fmt: skip
    assert (found["phase"], found["target_date"]) == ("consultation", "2025-12-31")
    assert json.dumps(found)


def test_names_are_shown_and_one_that_could_steer_a_terminal_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    names = tmp_path / "names.toml"
    words = ("exchange", "status", nodes.path("north"), "--language", "uk", "--names", names)
    names.write_text('[uk]\nnorth = "Північ"\n', encoding="utf-8")
    assert "Сторона «Північ» і сторона «south»" in said(*words)[1]
    for bad in ('[uk]\nnorth = "a\\u202eb"', '[uk]\nnorth = "\\u001b[2J"', "[uk]\nnorth = 3", "[uk", "uk = 3"):
        names.write_text(bad, encoding="utf-8")
        assert problems(*words) == ["files.names"], bad
    assert problems(*words[:3], "--language", "xx") == ["cli.language"]


def test_the_calendar_says_why_and_takes_other_lead_times(nodes: Nodes, tmp_path: Path) -> None:
    found = answered("exchange", "calendar", nodes.path("north"))
    by = {row["step"]: row for row in found["calendar"]}  # type: ignore[union-attr]
    assert (by["stage"]["by"], by["plan"]["by"], by["clauses"]["standing"]) == ("2025-12-31", "2025-12-28", "ahead")
    assert by["registers"]["because"].startswith("the holder looks for every row")
    leads = tmp_path / "leads.toml"
    leads.write_text('[plan]\nvalue = 20\nunit = "days"\nbefore = ["first-stage"]\nreason = "slow post"\n')
    found = answered("exchange", "calendar", nodes.path("north"), "--lead-times", leads)
    assert [(row["step"], row["by"]) for row in found["calendar"]] == [  # type: ignore[union-attr]
        ("plan", "2025-12-11"), ("stage", "2025-12-31"),
    ]  # fmt: skip
    assert "signing the plan, by 11 December" in said(
        "exchange", "status", nodes.path("north"), "--lead-times", leads
    )[1]  # fmt: skip
    for bad in (b"[plan]\nvalue = 1", b"\xff"):
        leads.write_bytes(bad)
        assert problems("exchange", "calendar", nodes.path("north"), "--lead-times", leads)[0].startswith("calendar.")
