"""A draw made again from a ledger's bytes: by our own code, and by somebody with a standard library and the docs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from fractions import Fraction
from typing import Any

from repatria.audit.ledger import audit_ledger
from repatria.audit.lottery import redraw
from tests.audit.test_invariants import planned
from tests.audit.world import World, vkeys


def told(world: World, tickets: bool = False) -> list[dict[str, Any]]:
    files = world.files()
    audit = audit_ledger(files.get, lambda: files, vkeys())
    assert audit.ok
    found = [redraw(draw, world.attachments.get) for draw in audit.draws]
    return [each.as_json(tickets) for each in found if each is not None]


def test_a_draw_is_told_with_its_chances_its_composition_and_every_cut_off() -> None:
    world = planned()
    (draw,) = told(world)
    assert world.state.draw is not None
    assert (draw["freeze"], draw["replaces"]) == (world.state.draw.freeze, None)
    assert draw["units"] == len(world.state.persons)
    for row in draw["strata"]:
        assert Fraction(row["chance"]) * row["units"] == row["places"]  # nothing is tied here
        assert (row["cut_off"] is None) == (row["places"] == 0)


def test_somebody_with_a_standard_library_comes_to_the_same_tickets_and_the_same_people() -> None:
    """The recipe of docs/lottery.md, on the entries and attachments as they lie in the folder."""

    def joined(*parts: bytes) -> bytes:
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    world = planned()
    entries = [json.loads(base64.b64decode(json.loads(entry)["body_b64"])) for entry in world.entries]

    def of(kind: str) -> list[dict[str, Any]]:
        return [entry for entry in entries if entry["kind"] == kind]

    # 1. the freeze: the attachment whose SHA-256 everybody committed to
    (name,) = {entry["data"]["freeze"] for entry in of("LotteryCommitted")}
    assert hashlib.sha256(world.attachments[name]).hexdigest() == name
    freeze = json.loads(world.attachments[name])
    assert freeze["replaces"] is None
    # 2. each part of each nonce against its commitment
    bound = {entry["author"]: entry["data"]["commitments"] for entry in of("LotteryCommitted")}
    nonces: dict[str, dict[int, bytes]] = {member: {} for member in bound}
    for entry in of("LotteryRevealed"):
        for each in entry["data"]["parts"]:
            member, part, nonce = entry["data"]["member"], each["part"], bytes.fromhex(each["nonce"])
            said = joined(b"repatria/lottery/commit/v1", member.encode(), bytes([part]), bytes.fromhex(name), nonce)
            assert hashlib.sha256(said).hexdigest() == bound[member][part - 1]
            nonces[member][part] = nonce
    # 3. the seed
    parts = [nonces[member][part] for member in sorted(nonces) for part in (1, 2, 3)]
    seed = hashlib.sha256(joined(b"repatria/lottery/seed/v1", bytes.fromhex(name), *parts, b"")).digest()
    # 4. the composition: one whole number below the total of the weights
    total = sum(int(weight) for weight, _ in freeze["compositions"])
    size = (total.bit_length() + 7) // 8 + 8
    assert size <= 32
    counter = 0
    while True:
        message = joined(b"repatria/lottery/integer/v1", b"composition", counter.to_bytes(8, "big"))
        number = int.from_bytes(hmac.new(seed, message, hashlib.sha256).digest()[:size], "big")
        counter += 1
        if number < 256**size - 256**size % total:
            break
    number %= total
    drawn: dict[tuple[str, str], int] = {}
    for weight, places in freeze["compositions"]:
        if 0 <= number < int(weight):
            drawn = {(side, stratum): n for (side, stratum), n in zip(freeze["tied"], places, strict=True)}
        number -= int(weight)
    # 5. the tickets, from the signed lists and class tables
    numbers: dict[tuple[str, str], list[str]] = {}
    for holder, at in freeze["lists"].items():
        classes = {row["class"]: row for row in _rows(world.attachments[freeze["classes"][holder]])}
        for row in json.loads(world.attachments[at])["rows"]:
            numbers.setdefault((holder, _stratum(classes[row["class_id"]])), []).append(row["number"])
    tickets = {}
    going = set()
    for holder, stratum, average, units in freeze["table"]:
        mine = numbers[holder, stratum]
        assert len(mine) == units
        for each in mine:
            message = joined(b"repatria/lottery/ticket/v1", stratum.encode(), each.encode())
            tickets[each] = hmac.new(seed, message, hashlib.sha256).hexdigest()
        going |= set(sorted(mine, key=lambda each: (tickets[each], each))[: drawn.get((holder, stratum), int(average))])
    assert going == set(world.state.slots)
    (draw,) = told(world, tickets=True)
    assert draw["seed"] == seed.hex()
    assert {row["number"]: row["ticket"] for row in draw["tickets"]} == tickets
    assert {row["number"] for row in draw["tickets"] if row["has_a_place"]} == going


def _rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(data)["classes"]
    return found


def _stratum(row: dict[str, Any]) -> str:
    parts = [str(row["tier"])]
    parts += [] if row["counts"] else ["outside"]
    parts += ["all"] if row["all"] else []
    parts += [f"weight-{row['weight']}"] if row["weight"] > 1 else []
    return "/".join(parts)
