"""The neutral opens from escrow what was committed to, whatever else has come to it in letters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from repatria.deal.draw import commitment
from repatria.exchange.commands import By
from repatria.exchange.events import LotteryRevealed, Sha256
from repatria.exchange.state import DrawFact, State
from repatria.office import Given, Outcome
from repatria.plan.commands import Draw, open_escrow

FREEZE = Sha256("f" * 64)
NONCES = {"north": bytes([1]) * 32, "south": bytes([2]) * 32}


def letter(member: str, nonce: object, freeze: str = FREEZE) -> dict[str, Any]:
    return {"round": "2025-1", "freeze": freeze, "member": member, "nonce": nonce}


NORTH, SOUTH = (letter(member, nonce.hex()) for member, nonce in NONCES.items())


def opened(*letters: dict[str, Any], revealed: tuple[str, ...] = ()) -> tuple[list[tuple[str, str]], list[str]]:
    """Whose nonces are opened, and whose cannot be, with these letters in the neutral's vault."""
    state = State(round="2025-1")
    commitments = {member: Sha256(commitment(member, FREEZE, nonce)) for member, nonce in NONCES.items()}
    state.draw = DrawFact(FREEZE, commitments, {member: Sha256(NONCES[member].hex()) for member in revealed})
    documents = {f"mail/escrow/x/{at}": json.dumps({"data": data}).encode() for at, data in enumerate(letters)}
    given = Given(
        "", lambda size: b"", lambda author: None, lambda name: None, documents.get,
        lambda prefix: [name for name in documents if name.startswith(prefix)], lambda register: [],
        lambda data, to: b"",
    )  # fmt: skip
    outcome = open_escrow(state, Draw(By("cross")), given)
    assert isinstance(outcome, Outcome)
    events = [draft.event for draft in outcome.drafts]
    found = [(str(event.member), str(event.nonce)) for event in events if isinstance(event, LotteryRevealed)]
    assert outcome.answer["opened"] == len(found) == len(events)
    return found, outcome.answer["without_a_letter"]


def test_the_nonces_of_all_who_keep_quiet_are_opened() -> None:
    assert opened(NORTH, SOUTH) == ([("north", "01" * 32), ("south", "02" * 32)], [])
    assert opened(NORTH, SOUTH, revealed=("north",)) == ([("south", "02" * 32)], [])


@pytest.mark.parametrize(
    "other",
    [letter("north", "03" * 32), letter("north", "01" * 32, "e" * 64), letter("gulf", "01" * 32), letter("north", "no"),
     letter("north", 7), {"freeze": FREEZE}, {"freeze": FREEZE, "member": ["north"], "nonce": "01" * 32}],
)  # fmt: skip
def test_a_letter_without_what_was_committed_to_keeps_nothing_shut(other: dict[str, Any]) -> None:
    assert opened(other, NORTH, SOUTH) == opened(NORTH, SOUTH, other) == opened(NORTH, SOUTH)
    assert opened(other, SOUTH) == ([("south", "02" * 32)], ["north"])


def test_the_same_nonce_twice_however_written_opens_once() -> None:
    assert opened(NORTH, SOUTH, NORTH) == opened(NORTH, SOUTH)
    again = letter("south", "02 " * 32)
    assert opened(NORTH, again) == opened(NORTH, SOUTH, again) == opened(NORTH, SOUTH)
