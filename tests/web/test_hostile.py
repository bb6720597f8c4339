"""What no form of ours sends: whoever sends it is told what is wrong, and the process has no fault.

Numbers of any length or alphabet, zero bytes, names that no file can have: a fault is told to whoever keeps the node,
and helps nobody.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from repatria.web.served import Served
from tests.web.world import HOST, World, application, client

application()

HUGE, SQUARED, ZERO = "9" * 5000, "²", "a\0b"
FORMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "a clause of 20 figures": ("clerk", "consultation/propose", {"clause": "total-south", "value": "9" * 20}),
    "a clause of 5,000 figures": ("clerk", "consultation/propose", {"clause": "total-south", "value": HUGE}),
    "a clause agreed to": ("clerk", "consultation/agree", {"clause": "total-south", "value": HUGE}),
    "so many sure pairs": ("clerk", "matches/{register}/confirm", {"number": HUGE, "why": "looked at"}),
    "sure pairs, squared": ("clerk", "matches/{register}/confirm", {"number": SQUARED, "why": "looked at"}),
    "minutes": ("clerk", "plan/propose", {"minutes": HUGE}),
    "a case": ("clerk", "families/match", {"case": ZERO, "row": "0" * 16}),
    "a row": ("clerk", "families/match", {"case": "0" * 16, "row": ZERO}),
    "somebody to appoint": ("keeper", "members/appoint", {"name": ZERO, "role": "officer"}),
    "somebody to invite": ("keeper", "members/invite", {"name": ZERO}),
    "a login to end": ("keeper", "members/logins/end", {"name": ZERO}),
    "a register to erase from": ("clerk", "erase", {"register": ZERO, "rows": "0" * 16}),
    "a row to erase": ("clerk", "erase", {"register": "0" * 32, "rows": ZERO}),
    "somebody to withdraw": ("clerk", "withdraw", {"number": ZERO, "reason": "as agreed"}),
    "a dispute": ("clerk", "disputes/raise", {"subject": ZERO, "code": ZERO}),
    "a holder": ("clerk", "lists", {"do": "sign", "holder": ZERO}),
    "rows left off": ("clerk", "lists", {"do": "draft", "without": ZERO, "together": f"{ZERO} {ZERO}"}),
    "a register answered": ("clerk", "answers", {"register": ZERO}),
    "readers of a register": ("clerk", "registers/{register}", {"to": ZERO}),
    "terms": ("clerk", "terms/check", {"text": ZERO}),
    "a code": ("nobody", "account/enrol", {"code": ZERO}),
    "who reads": ("keeper", "reads", {"by": ZERO, "what": ZERO, "from": HUGE}),
}
ADDRESSES = (
    f"answers/{{register}}/?from={SQUARED}", f"answers/{{register}}/?from={HUGE}", "answers/?count=%00",
    f"matches/{{register}}/?skip={HUGE}", f"matches/{{register}}/?k={HUGE}", f"timeline/?from={HUGE}",
    f"timeline/?day={SQUARED}", f"ledger/?before={HUGE}", f"registers/?from={HUGE}", "registers/{register}/?for=%00",
    "public/timeline/?year=%00",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("lists", tmp_path_factory.mktemp("hostile"))
    found.appoint("south", "clerk", "officer")
    found.appoint("south", "family", "liaison")
    return found


def asked(served: Served) -> str:
    return next(str(name) for name, fact in served.state().registers.items() if "south" in fact.asked)


def visitor(name: str) -> Any:
    from django.test import Client

    return Client(SERVER_NAME=HOST) if name == "nobody" else client(name, keeper=name == "keeper")


@pytest.mark.parametrize("what", FORMS)
def test_a_form_that_no_page_has_is_told_what_is_wrong_and_is_no_fault(world: World, what: str) -> None:
    name, path, data = FORMS[what]
    with world.serving("south") as served:
        size = served.state().size
        answer = visitor(name).post(f"/en/{path.format(register=asked(served))}/", data)
        assert answer.status_code < 500
        assert served.state().size == size


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.partition("=")[0] + f" {len(each)}")
def test_an_address_that_no_page_leads_to_shows_the_page_or_nothing(world: World, address: str) -> None:
    with world.serving("south") as served:
        assert client("clerk").get("/en/" + address.format(register=asked(served))).status_code in (200, 404)


@pytest.mark.parametrize("name", [".", "..", "\U0001f600" * 100, "terms\n.toml"])
def test_a_file_that_is_called_as_no_file_can_be_is_refused_by_the_api(world: World, name: str) -> None:
    from repatria.web import tokens

    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        file = {"name": name, "base64": base64.b64encode(b"nothing = 1").decode()}
        for path, body in (("terms/check", {"file": file}),
                           ("list/export", {"holder": "south", "out": name, "purpose": "for the convoy"})):  # fmt: skip
            answer = visitor("nobody").post(
                f"/api/v1/{path}", json.dumps(body), content_type="application/json",
                headers={"authorization": f"Bearer {token}"},
            )  # fmt: skip
            assert (answer.status_code, answer["Content-Type"]) == (400, "application/json"), path


def test_a_file_of_megabytes_comes_in_by_the_api(world: World) -> None:
    """What the API says it takes, it takes: files of 64 MiB, not only what stands in a form."""
    from repatria.web import tokens

    text = b"# a long remark, and nothing else\n" * 100_000 + b"nothing = 1\n"
    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        file = {"name": "terms.toml", "base64": base64.b64encode(text).decode()}
        answer = visitor("nobody").post(
            "/api/v1/terms/check", json.dumps({"file": file}), content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 422, answer.content[:300]
        assert "terms.field" in {each["code"] for each in answer.json()["problems"]}
