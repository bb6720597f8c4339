"""A family's receipt: true by itself, refused in any field changed, and silent about everybody else."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from functools import cache

import pytest

from repatria.exchange.events import Opaque, Sha256, Slug
from repatria.exchange.person import WITHDRAWN
from repatria.exchange.planning import seed_of
from repatria.plan.receipt import EVERYBODY, Receipt, check_receipt, cut_off, make_receipt, read_receipt, write_receipt
from tests.audit.test_invariants import planned


@cache
def receipts() -> dict[str, Receipt]:
    world = planned()
    found = {}
    for number in world.state.persons:
        receipt = make_receipt(world.state, world.attachments.get, number)
        assert isinstance(receipt, Receipt), receipt
        found[number] = receipt
    return found


def one(drawn: bool) -> Receipt:
    """A receipt of somebody whom a ticket decided about."""
    return next(r for r in receipts().values() if r.drawn == drawn and r.cut_off not in (None, EVERYBODY))


def test_everybodys_receipt_is_right_and_says_what_the_plan_says() -> None:
    state = planned().state
    assert {receipt.drawn for receipt in receipts().values()} == {True, False}
    for number, receipt in receipts().items():
        assert check_receipt(receipt, seed_of(state)) == []
        assert receipt.drawn == (number in state.slots)
        assert read_receipt(write_receipt(receipt) + b"\n") == receipt


def test_a_family_checks_it_with_two_hashes_and_nothing_of_ours() -> None:
    """From the file alone, by the recipe in docs/lottery.md."""
    raw = json.loads(write_receipt(one(True)))

    def joined(*parts: bytes) -> bytes:
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    nonces = [bytes.fromhex(part) for member in sorted(raw["nonces"]) for part in raw["nonces"][member]]
    seed = hashlib.sha256(joined(b"repatria/lottery/seed/v1", bytes.fromhex(raw["freeze"]), *nonces, b"")).digest()
    assert seed.hex() == raw["seed"]
    message = joined(b"repatria/lottery/ticket/v1", raw["stratum"].encode(), raw["number"].encode())
    assert hmac.new(seed, message, hashlib.sha256).hexdigest() == raw["ticket"]
    assert raw["ticket"] <= raw["cut_off"]


def test_a_receipt_says_nothing_about_anybody_else_and_nothing_of_chances() -> None:
    tickets = {receipt.ticket for receipt in receipts().values()}
    for number, receipt in receipts().items():
        text = write_receipt(receipt).decode()
        assert [other for other in receipts() if other != number and other in text] == []
        assert receipt.cut_off not in tickets  # the cut-off is nobody's ticket
        assert not {"chance", "places", "units", "tier", "state"} & set(json.loads(text))


def test_whoever_leaves_the_list_gets_the_same_receipt_as_before() -> None:
    """A receipt is not a way to ask what the neutral said."""
    world = planned()
    for before in (one(True), one(False)):
        state = world.state.fork()
        state.put(replace(state.persons[before.number], withdrawn=True))
        assert state.persons[before.number].state == WITHDRAWN
        assert make_receipt(state, world.attachments.get, before.number) == before


CHANGES = {
    "seed": {"seed": Sha256("9" * 64)}, "freeze": {"freeze": Sha256("9" * 64)}, "stratum": {"stratum": "7"},
    "number": {"number": Opaque("9" * 32)}, "ticket": {"ticket": Sha256("0" * 64)}, "cut_off": {"cut_off": None},
    "lower": {"cut_off": Sha256("0" * 64)}, "drawn": {"drawn": False},
    "nonces": {"nonces": {Slug("north"): (Sha256("9" * 64),) * 3}},
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_receipt_changed_in_one_field_is_wrong(name: str) -> None:
    assert check_receipt(one(True)) == []
    assert check_receipt(replace(one(True), **CHANGES[name])) != []  # type: ignore[arg-type]


def test_a_receipt_of_another_draw_is_told_by_the_seed_that_was_made_public() -> None:
    receipt = one(True)
    assert check_receipt(receipt, receipt.seed) == []
    assert [problem.code for problem in check_receipt(receipt, "9" * 64)] == ["receipt.public"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"v":1}', b"no", b"\xff"])
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="receipt"):
        read_receipt(data)


def test_a_cut_off_lies_between_the_last_ticket_with_a_place_and_the_first_without() -> None:
    assert cut_off([], [b"\x05"]) is None
    assert cut_off([b"\x05"], []) == EVERYBODY
    assert int(cut_off([b"\x01", b"\x05"], [b"\x09", b"\x08"]) or "", 16) in range(5, 8)
    assert int(cut_off([b"\x05"], [b"\x06"]) or "", 16) == 5
    with pytest.raises(ValueError, match="somebody has a place"):
        cut_off([b"\x07"], [b"\x06"])


def test_no_receipt_before_the_draw_or_for_a_number_on_no_list() -> None:
    world = planned()
    state = world.state.fork()
    assert [p.code for p in make_receipt(state, world.attachments.get, "9" * 32)] == ["person.unknown"]  # type: ignore[union-attr]
    state.draw = None
    assert [p.code for p in make_receipt(state, world.attachments.get, "9" * 32)] == ["receipt.draw"]  # type: ignore[union-attr]
