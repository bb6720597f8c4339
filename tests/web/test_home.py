"""What waits for whom: every source of work by its own, for each role, with figures, days and the way on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.authority import (
    INTERVIEWER,
    LIAISON,
    OFFICER,
    OWN_BOARD,
    PHYSICIAN,
    SIGNATORY,
    SUPERVISOR,
)
from repatria.exchange.events import Author, Slug
from repatria.exchange.events import Day as EventDay
from repatria.exchange.person import UNCONFIRMED, Right
from repatria.exchange.schedule import schedule
from repatria.exchange.state import BoardFact, State
from repatria.files.locales import lead_times
from repatria.office import Unsigned
from repatria.report.language import CODES
from repatria.report.status_texts import TEXTS as STATUS
from repatria.web.served import KEEPER, Who
from repatria.web.signing import Waiting
from repatria.web.texts import language_of
from tests.web.world import World, application, client

application()

from repatria.web import urls, waits  # noqa: E402 - Django is set up before its models are there
from repatria.web.exports import CONSENTED, WAITING, Export  # noqa: E402
from repatria.web.waits import Around, Wait  # noqa: E402

NOW = "2025-12-06T08:00:00Z"
ROLES = (OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON, KEEPER)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """The state as the north sees it after each of three chapters."""
    found = {}
    for chapter in ("consult", "lists", "draw_and_plan"):
        with World.after(chapter, tmp_path_factory.mktemp(chapter)).serving("north") as served:
            found[chapter] = served.state()
    return found


def at(state: State, role: str, member: str = "north", **rest: Any) -> Around:
    """Somebody of that role at that member."""
    who = Who(member, "somebody", None if role == KEEPER else role, keeper=role == KEEPER)
    return Around(who, str(state.members[member].role), state, NOW, schedule(state, lead_times()), **rest)


def told(found: Iterator[Wait] | list[Wait]) -> list[tuple[str, int, str | None, str]]:
    return [(each.what.id, each.count, each.due, each.page) for each in found]


def test_every_line_for_every_role_can_be_said_in_every_language_and_leads_somewhere(states: dict[str, State]) -> None:
    from django.urls import reverse

    assert urls.urlpatterns
    lines = [each for state in states.values() for member in ("north", "south", "straits", "cross") for role in ROLES
             for each in waits.waits(at(state, role, member))]  # fmt: skip
    assert len(lines) > 30
    for line in lines:
        assert reverse(line.page, args=line.about)
        assert line.count > 0
        assert all(language_of(code).sentence(line.what) for code in CODES)


def waiting(id: str, by: str, keys: tuple[str, ...], due: str | None) -> Waiting:
    event = Unsigned(b"{}", "north", keys, 1, dict.fromkeys(keys, "0" * 64), {})
    return Waiting(id, None, by, NOW, due, (event,))


def test_signatures_that_are_wanted_and_those_that_were_asked_of_others(states: dict[str, State]) -> None:
    me = "north/somebody"
    found = (
        waiting("a", "north/clerk", (me,), "2025-12-09"), waiting("b", "north/clerk", (me,), None),
        waiting("c", me, ("north/sig-1",), "2025-12-08"),
    )  # fmt: skip
    state = states["draw_and_plan"]
    assert told(waits.signatures(at(state, SIGNATORY, waiting=found))) == [
        ("web.home.signatures", 2, "2025-12-09", "signing"), ("web.home.asked", 1, "2025-12-08", "signing"),
    ]  # fmt: skip
    (one,) = waits.signatures(at(state, SIGNATORY, waiting=found[:1]))
    assert (one.page, one.about) == ("signing-one", ("a",))


def test_files_wait_for_the_consent_of_others_and_for_whoever_asked_once_it_is_there(states: dict[str, State]) -> None:
    asked = Export("1", "register-file", (), "en", "a copy", 2, "", "north/clerk", "", "2025-12-05T08:00:00Z")
    ready = replace(asked, id="2", by="north/somebody", word=CONSENTED, settled="2025-12-06T07:00:00Z")
    late = replace(asked, id="3", asked="2025-11-01T08:00:00Z")
    assert late.word == asked.word == WAITING
    around = at(states["draw_and_plan"], OFFICER, files=(asked, ready, late, replace(asked, by="north/somebody")))
    assert told(waits.files(around)) == [
        ("web.home.consents", 1, "2025-12-08", "exports"), ("web.home.files", 1, "2025-12-07", "exports"),
    ]  # fmt: skip


def test_names_without_an_answer_wait_for_officers_and_signatories_by_the_agreed_day(states: dict[str, State]) -> None:
    state = states["lists"]
    (blank,) = [fact.blank("south") for fact in state.registers.values() if "south" in fact.asked]
    for role in ROLES:
        lines = told(waits.answers(at(state, role, "south")))
        assert lines == ([("web.home.answers", blank, "2025-11-28", "answers")] if role in (OFFICER, SIGNATORY) else [])
    assert blank > 0
    assert told(waits.answers(at(state, OFFICER, "straits"))) == []


def test_pairs_wait_for_a_first_word_or_for_a_second(states: dict[str, State]) -> None:
    state = states["lists"]
    number = next(number for number, fact in state.registers.items() if "north" in fact.asked)
    found = list(waits.reviews(at(state, OFFICER, reviews={number: Counter(first=3, split=1, second=2)})))
    assert [(each.what.id, each.count, each.about) for each in found] == [
        ("web.home.seconds", 2, (number,)), ("web.home.reviews", 4, (number,)),
    ]  # fmt: skip


def test_people_are_to_be_asked_in_private_before_a_plan_and_then_stage_by_stage(states: dict[str, State]) -> None:
    state = states["lists"]
    everybody = sum(person.living for person in state.persons.values())
    ((text, n, due, page),) = told(waits.interviews(at(state, INTERVIEWER, "cross")))
    assert (text, n, page) == ("web.home.interviews", everybody, "interviews")
    assert due is not None
    fresh = told(waits.interviews(at(states["draw_and_plan"], INTERVIEWER, "cross")))
    assert all(each[0] == "web.home.interviews.stage" for each in fresh)
    assert told(waits.interviews(at(state, OFFICER, "cross"))) == []


def test_what_boards_decided_waits_for_physicians_until_the_conventions_day(states: dict[str, State]) -> None:
    state = states["draw_and_plan"].fork()
    for n, holder in enumerate(("north", "north", "south")):
        state.boards[f"{n}"] = BoardFact("camp-1", EventDay("2025-11-01"), holder, OWN_BOARD, "", n, "2025-11-02")  # type: ignore[arg-type]
    old = BoardFact("camp-1", EventDay("2025-01-01"), "north", OWN_BOARD, "", 9, "2025-01-02")  # type: ignore[arg-type]
    state.boards["old"] = old  # type: ignore[index]
    assert told(waits.boards(at(state, PHYSICIAN))) == [("web.home.boards", 2, "2026-02-02", "boards")]
    assert [each[1] for each in told(waits.boards(at(state, PHYSICIAN, "cross")))] == [3]
    assert told(waits.boards(at(state, OFFICER))) == []


def test_a_move_of_the_member_leads_officers_and_signatories_to_its_page(states: dict[str, State]) -> None:
    state = states["consult"]
    lines = told(waits.own_moves(at(state, OFFICER)))
    assert [(text, page) for text, _, _, page in lines] == [("move.disclose", "registers")]
    assert lines == told(waits.own_moves(at(state, SIGNATORY)))
    assert [told(waits.own_moves(at(state, role))) for role in (SUPERVISOR, LIAISON, KEEPER)] == [[], [], []]
    codes = {text.removeprefix("move.") for text in STATUS if text.startswith("move.")} - {"undated"}
    # With figures of their own; before there is a page; and what no page does yet.
    assert codes - waits._PAGE_OF.keys() == {"answer", "task", "interview", "interview-stage", "join", "sign-counts"}


def test_tasks_wait_for_the_officers_of_their_owner_until_their_day(states: dict[str, State]) -> None:
    state = states["consult"]
    assert told(waits.tasks(at(state, OFFICER))) == [("web.home.task", 1, "2025-12-03", "consultation")]
    assert told(waits.tasks(at(state, OFFICER, "gulf"))) == told(waits.tasks(at(state, LIAISON))) == []


def test_the_next_stage_and_the_unconfirmed_are_watched(states: dict[str, State]) -> None:
    state = states["draw_and_plan"].fork()
    stage = min(state.stages, key=lambda name: state.stages[name].date)
    people = [number for place in state.stages[stage].places.values() for number in place.manifest]
    for role in (OFFICER, SIGNATORY, SUPERVISOR, KEEPER):
        (line,) = waits.stages(at(state, role))
        assert (line.what.id, line.count, line.about) == ("web.home.stage", len(people), (stage,))
    for number in people[:2]:
        right = Right(Author("south/desk-bridge"), Slug(stage), Slug("bridge"), 1, 0, dark=True)
        state.persons[number] = replace(state.persons[number], rights=(right,))
        assert state.persons[number].state == UNCONFIRMED
    first, _ = waits.stages(at(state, SUPERVISOR))
    assert (first.what.id, first.count, first.due) == ("web.home.unconfirmed", 2, str(state.stages[stage].date))
    assert told(waits.stages(at(state, LIAISON))) == []


def test_families_wait_for_the_liaison_of_the_side_that_seeks(states: dict[str, State]) -> None:
    state = states["draw_and_plan"]
    ours = sum(state.registers[each.register].owner == "north" for each in state.persons.values())
    ((text, n, due, page),) = told(waits.families(at(state, LIAISON)))
    assert (text, n, due, page) == ("web.home.families", ours, "2025-12-08", "families")
    assert told(waits.families(at(state, OFFICER))) == []


def test_work_that_ended_lists_that_lie_here_entries_to_carry_and_keys_to_appoint(states: dict[str, State]) -> None:
    state, ended = states["consult"], Counter({"refused": 1, "done": 2})
    assert told(waits.background(at(state, OFFICER, ended=ended, drafts=1))) == [
        ("web.home.jobs.refused", 1, None, "jobs"), ("web.home.jobs", 2, None, "jobs"),
        ("web.home.drafts", 1, None, "registers"),
    ]  # fmt: skip
    assert told(waits.background(at(state, SIGNATORY, drafts=1))) == []
    assert told(waits.carrying(at(state, KEEPER, outbox=3))) == [("web.home.outbox", 3, None, "carry")]
    assert told(waits.carrying(at(state, SUPERVISOR, outbox=3))) == []
    assert told(waits.appointing(at(state, KEEPER, keys=2))) == [("web.home.keys", 2, None, "members")]
    assert told(waits.appointing(at(state, OFFICER, keys=2))) == []


def test_what_is_due_first_stands_first_and_nobody_is_sent_to_a_page_that_is_not_theirs(
    states: dict[str, State],
) -> None:
    found = waits.waits(at(states["lists"], OFFICER, "south", outbox=1, ended=Counter(done=1)))
    days = [each.due for each in found]
    assert days == [*sorted(day for day in days if day is not None), *[None] * days.count(None)]
    assert days[0] == "2025-11-28"
    assert days[-1] is None
    jobs_only = waits.waits(at(states["lists"], LIAISON, "south", ended=Counter(done=1)))
    assert "jobs" not in {each.page for each in jobs_only}, "it is an officer's page"


def test_the_page_says_what_waits_with_its_day_and_nothing_where_nothing_does(tmp_path: Path) -> None:
    world = World.after("lists", tmp_path)
    world.appoint("south", "clerk", "officer")
    with world.serving("south"):
        page = client("clerk").get("/en/").content.decode()
        assert 'class="late"><a href="/en/answers/">' in page
        assert "was due on 28 November 2025" in page
        assert "1 entry waits to be carried" in client("keeper", keeper=True).get("/en/").content.decode()
        assert "Nothing waits for you now." in client("supervisor").get("/en/").content.decode()
