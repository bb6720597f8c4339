"""The API: the command line's verbs for programs, each for its roles only; what is not understood is said whole."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.web.world import HOST, World, application


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("consult", tmp_path_factory.mktemp("web"))
    found.appoint("north", "clerk", "officer")
    return found


def post(token: str | None, path: str, body: Any = None, accept: str = "en") -> tuple[int, Any]:
    application()
    from django.test import Client

    headers = {"accept-language": accept, **({} if token is None else {"authorization": f"Bearer {token}"})}
    text = body if isinstance(body, str) else json.dumps(body or {})
    answer = Client(SERVER_NAME=HOST).post(f"/api/v1/{path}", text, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def token(served: Any, name: str, role: str) -> str:
    from repatria.web import tokens

    return tokens.issue(served, served.who(name), role)


def test_a_verb_answers_as_on_the_command_line(world: World) -> None:
    with world.serving("north") as served:
        status, said = post(token(served, "clerk", "officer"), "terms/show")
    shown = world.at.run("terms", "show", world.at.node("north"))
    assert (status, said["ok"], said["answer"]) == (200, True, shown)


def test_without_a_good_token_nothing_is_said(world: World) -> None:
    with world.serving("north") as served:
        assert post(None, "terms/show")[0] == 401
        assert post("repatria-" + "0" * 64, "terms/show")[0] == 401
        good = token(served, "clerk", "officer")
        assert post(good[:-1], "terms/show")[0] == 401


def test_a_token_ends_with_its_role_and_when_it_is_ended(tmp_path: Path) -> None:
    from repatria.web import tokens

    other = World.after("consult", tmp_path)
    other.appoint("north", "clerk", "officer")
    with other.serving("north") as served:
        first, second = token(served, "clerk", "officer"), token(served, "clerk", "officer")
        held = tokens.tokens(served)
        tokens.end(served, "clerk", held[0].sha256)
        assert (post(first, "terms/show")[0], post(second, "terms/show")[0]) == (401, 200)
    other.at.do("node", "revoke", other.at.node("north"), "clerk")
    with other.serving("north"):
        assert post(second, "terms/show")[0] == 401


def test_all_that_is_wrong_with_a_form_is_said_at_once_and_nothing_of_what_was_given(world: World) -> None:
    with world.serving("north") as served:
        text = token(served, "clerk", "officer")
        status, said = post(text, "terms/propose", {"clause": 5, "more": "Ivanenko"})
        assert status == 400
        assert {problem["where"] for problem in said["problems"]} >= {"body.clause", "body.value", "body.more"}
        assert "Ivanenko" not in json.dumps(said)
        assert post(text, "terms/propose", "{")[0] == 400
        status, said = post(text, "node/notices", {"since": -140047742})  # what the command line does not take, either
        assert (status, [problem["where"] for problem in said["problems"]]) == (400, ["body.since"])


def test_a_file_is_read_in_memory_and_its_problems_come_back(world: World) -> None:
    with world.serving("north") as served:
        text = token(served, "clerk", "officer")
        file = {"name": "terms.toml", "base64": base64.b64encode(b"nothing = 1").decode()}
        status, said = post(text, "terms/check", {"file": file})
        assert status == 422
        assert said["problems"]
        status, said = post(text, "terms/check", {"file": {"name": "terms.toml", "base64": "!"}})
        assert [problem["code"] for problem in said["problems"]] == ["api.base64"]
        assert post(text, "terms/check", {"file": {"name": "../terms.toml", "base64": ""}})[0] == 400


def test_a_problem_is_also_in_words_where_another_language_is_accepted(world: World) -> None:
    """What was found stays as it is, word for word; beside it stands the language that the request accepts."""
    with world.serving("north") as served:
        text = token(served, "clerk", "officer")
        file = {"file": {"name": "terms.toml", "base64": base64.b64encode(b"nothing = 1").decode()}}
        _, english = post(text, "terms/check", file)
        _, said = post(text, "terms/check", file, accept="tr, en;q=0.5")
    assert all(problem.get("in_words") is None for problem in english["problems"])
    words = [problem.pop("in_words") for problem in said["problems"]]
    assert said == english
    assert {each["language"] for each in words} == {"tr"}
    assert "bu sürümün bildiği bir koşul değil" in [each["what"] for each in words]


def test_what_persons_must_sign_waits_for_them(tmp_path: Path) -> None:
    other = World.after("consult", tmp_path)
    other.appoint("north", "clerk", "officer")
    with other.serving("north") as served:
        text = token(served, "clerk", "officer")
        before = len(served.node.outbox())
        status, said = post(text, "exchange/resume")
        suspended = post(text, "exchange/suspend")
        again = post(text, "exchange/resume")
        assert (status, suspended[0], again[0]) == (422, 200, 202)
        assert said["problems"][0]["do"]
        assert again[1]["waits"] == ["north/sig-1", "north/sig-2", "north/sig-3"]
        assert len(served.node.outbox()) == before + 1


def test_every_verb_of_a_node_is_offered_or_says_why_not() -> None:
    application()
    from repatria.web.verbs import LEFT_OUT, ROLES, verbs

    assert ROLES.keys() & LEFT_OUT.keys() == set()
    assert ROLES.keys() | LEFT_OUT.keys() == verbs().keys()
