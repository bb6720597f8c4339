"""Nonces shared and held: a holder vouches for what it can open, and opens it, whatever else has come in letters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from repatria.deal.draw import PARTS, commitments
from repatria.exchange.commands import By
from repatria.exchange.events import Key, LotteryHeld, LotteryRevealed, Recipient, Sha256, Slug
from repatria.exchange.planning import holders_in
from repatria.exchange.state import DrawFact, MemberFact, State
from repatria.office import Given, Outcome
from repatria.plan.commands import Draw, hold_draw, open_draw, share_draw
from repatria.problem import Problem

FREEZE = Sha256("f" * 64)
ROLES = {"north": "party", "south": "party", "gulf": "mediator", "cross": "neutral"}
NONCES = {name: tuple(bytes([at, part]) * 16 for part in PARTS) for at, name in enumerate(ROLES)}
DRAWING = ("north", "south", "gulf")


def drawing(held: dict[str, tuple[Slug, ...]] | None = None, parts: dict[str, Sha256] | None = None) -> State:
    state = State(round="2025-1")
    for name, role in ROLES.items():
        state.members[name] = MemberFact(Slug(role), Key("0" * 64), 0, None, Recipient("age1" + name), None)
    bound = {name: tuple(map(Sha256, commitments(name, FREEZE, NONCES[name]))) for name in DRAWING}
    state.draw = DrawFact(FREEZE, bound, held or {}, parts or {})
    return state


def letter(of: str, *parts: int, nonces: dict[int, object] | None = None, **changes: Any) -> dict[str, Any]:
    """What `share` seals: these parts of a member's nonce, or something else in their place."""
    said = [[part, (nonces or {}).get(part, NONCES[of][part - 1].hex())] for part in parts]
    return {"round": "2025-1", "freeze": FREEZE, "member": of, "parts": said} | changes


def given_of(*letters: object, nonce: bytes | None = None) -> Given:
    documents = {f"mail/draw/x/{at}": json.dumps({"data": data}).encode() for at, data in enumerate(letters)}
    if nonce is not None:
        documents[f"nonce/{FREEZE}"] = nonce
    return Given(
        "", lambda size: b"", lambda author: None, lambda name: None, documents.get,
        lambda prefix: [name for name in documents if name.startswith(prefix)], lambda register: [],
        lambda data, to: json.dumps([data.decode(), list(to)]).encode(),
    )  # fmt: skip


def held(*letters: object, state: State | None = None, by: str = "cross") -> tuple[list[str], list[str]]:
    """Whose nonces a holder says that it holds, and of whom it lacks parts."""
    outcome = hold_draw(state or drawing(), Draw(By(by)), given_of(*letters))
    assert isinstance(outcome, Outcome)
    members = [str(m) for d in outcome.drafts if isinstance(d.event, LotteryHeld) for m in d.event.members]
    assert outcome.answer["held"] == members
    return members, outcome.answer["without_a_letter"]


def opened(*letters: object, state: State | None = None, by: str = "cross") -> dict[str, dict[int, str]]:
    outcome = open_draw(state or drawing(), Draw(By(by)), given_of(*letters))
    assert isinstance(outcome, Outcome)
    events = [draft.event for draft in outcome.drafts if isinstance(draft.event, LotteryRevealed)]
    assert outcome.answer["opened"] == len(events) == len(outcome.drafts)
    return {str(event.member): {part.part: str(part.nonce) for part in event.parts} for event in events}


NORTH, SOUTH = letter("north", 2, 3), letter("south", 2, 3)  # as cross holds them


def hexes(member: str, *parts: int) -> dict[int, str]:
    return {part: NONCES[member][part - 1].hex() for part in parts}


def test_parts_go_sealed_to_three_holders_two_to_each() -> None:
    outcome = share_draw(drawing(), Draw(By("north")), given_of(nonce=b"".join(NONCES["north"])))
    assert isinstance(outcome, Outcome)
    assert outcome.drafts == ()
    assert outcome.answer["shared"] == ["cross", "gulf", "south"]
    for name, sealed in outcome.mail.items():
        text, recipients = json.loads(sealed)
        (to,) = outcome.mail_to[name]
        assert recipients == ["age1" + to]
        parts = dict(json.loads(text)["data"]["parts"])
        assert parts == hexes("north", *holders_in(drawing(), "north")[to])
        assert len(parts) == 2


def test_parts_go_again_only_to_whoever_has_not_said_that_it_holds_them() -> None:
    state = drawing({"north": (Slug("cross"), Slug("south"))})
    outcome = share_draw(state, Draw(By("north")), given_of(nonce=b"".join(NONCES["north"])))
    assert isinstance(outcome, Outcome)
    assert outcome.answer["shared"] == ["gulf"]


def test_nobody_shares_before_all_have_committed_or_what_this_node_did_not_commit_to() -> None:
    for state, code in ((State(round="2025-1"), "draw.none"), (drawing(), "draw.nonce")):
        found = share_draw(state, Draw(By("north")), given_of())
        assert isinstance(found, list)
        assert [problem.code for problem in found if isinstance(problem, Problem)] == [code]


def test_a_holder_vouches_for_those_whose_parts_are_the_ones_committed_to() -> None:
    assert held(NORTH, SOUTH) == (["north", "south"], ["gulf"])
    assert held(NORTH, SOUTH, letter("gulf", 2, 3)) == (["gulf", "north", "south"], [])
    assert held(NORTH, SOUTH, state=drawing({"north": (Slug("cross"),)})) == (["south"], ["gulf"])
    assert held(letter("north", 1, 2), letter("gulf", 1, 2), by="south") == (["gulf", "north"], [])


FALSE = [
    letter("north", 2, 3, nonces={2: "03" * 32}), letter("north", 2, 3, freeze="e" * 64), letter("north", 2),
    letter("north", 2, 3, member="south"), letter("north", 2, 3, member="cross"), letter("north", 2, 3, nonces={3: 7}),
    letter("north", 2, 3, member=["north"]), {"freeze": FREEZE}, letter("north", 2, 3, parts=7), [], "x",
    letter("north", 2, 3, parts=[[True, "x"], [0, "x"], [4, "00" * 32], ["2", "00" * 32]]),
]  # fmt: skip


@pytest.mark.parametrize("other", FALSE)
def test_a_false_letter_makes_nobody_vouch_and_keeps_nothing_shut(other: object) -> None:
    """Whoever dealt it is seen not to be held, before anybody has revealed anything."""
    assert held(other, SOUTH) == (["south"], ["gulf", "north"])
    assert held(other, NORTH, SOUTH) == held(NORTH, SOUTH, other) == held(NORTH, SOUTH)
    assert opened(other, NORTH, SOUTH) == opened(NORTH, SOUTH, other) == opened(NORTH, SOUTH)


def test_a_holder_opens_the_parts_that_it_has_of_all_who_keep_quiet() -> None:
    assert opened(NORTH, SOUTH) == {"north": hexes("north", 2, 3), "south": hexes("south", 2, 3)}
    revealed = {f"north/{part}": Sha256(nonce) for part, nonce in hexes("north", 1, 2, 3).items()}
    assert opened(NORTH, SOUTH, state=drawing(parts=revealed)) == {"south": hexes("south", 2, 3)}


def test_any_two_holders_open_a_nonce_between_them_and_no_one_alone() -> None:
    sets = list(holders_in(drawing(), "north").values())
    for one in sets:
        assert set(one) < set(PARTS)
        assert all({*one, *other} == set(PARTS) for other in sets if other is not one)


def test_what_another_holder_has_opened_already_is_not_opened_again() -> None:
    state = drawing(parts={"north/3": Sha256(NONCES["north"][2].hex())})
    assert opened(NORTH, state=state) == {"north": hexes("north", 2)}
    state = drawing(parts={f"north/{part}": Sha256(nonce) for part, nonce in hexes("north", 2, 3).items()})
    assert opened(NORTH, state=state) == {}
