"""A desk's key, card and folder by the command line, on the desk's own machine: what is asked for, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from repatria.exchange.state import dump_state
from repatria.ledger.note import ed25519_sign, public_key
from repatria.store.desk import narrowed_with
from repatria.store.equipment import DeskCard, Equipment, parse_card, seal_equipment
from repatria.store.node import Card
from tests.cli.test_main import answered, problems
from tests.store.test_desk import PASSPHRASE, granted

DESK = "north/desk-bridge"
FIRST, SECOND = bytes(31) + b"1", bytes(31) + b"2"  # the member's key, and the one that takes its place


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


def member(folder: Path, seed: bytes = FIRST, name: str = "north") -> Path:
    path = folder / f"{name}-{seed[-1]}.json"
    path.write_text(json.dumps(Card(name, "party", public_key(seed).hex()).as_json()), encoding="utf-8")
    return path


def carded(folder: Path) -> DeskCard:
    words = ("--desk-key", folder / "d.key", "--member", member(folder), "--out", folder / "card.json")
    said = answered("handover", "card", DESK, *words)
    card = parse_card((folder / "card.json").read_bytes(), "card")
    assert (said["desk"], said["key"]) == (card.author, card.key)
    assert said["fingerprint"] == Card(DESK, "delegate", card.key).fingerprint
    assert said["member_fingerprint"] == Card("north", "party", public_key(FIRST).hex()).fingerprint
    return card


def file(folder: Path, card: DeskCard, seed: bytes = FIRST) -> Path:
    state = granted().state
    twin = dump_state(narrowed_with(state, "s1", "bridge", ()))
    made = Equipment(DESK, "s1", "bridge", card.key, state.size, twin, {})
    path = folder / "desk.equipment"
    path.write_bytes(seal_equipment(made, card.recipient, lambda text: ed25519_sign(seed, text)))
    return path


def test_a_desk_is_made_of_a_key_and_a_file_and_says_for_what(tmp_path: Path) -> None:
    card = carded(tmp_path)
    words = ("--desk-key", tmp_path / "d.key", "--out", tmp_path / "desk")
    said = answered("handover", "equip", file(tmp_path, card), *words)
    assert said == {"desk": DESK, "stage": "s1", "place": "bridge", "people": 0, "size": granted().state.size}
    assert answered("handover", "status", tmp_path / "desk")["place"] == "bridge"


def test_a_card_is_made_again_of_the_same_key_and_another_desks_key_is_left_alone(tmp_path: Path) -> None:
    card, key = carded(tmp_path), (tmp_path / "d.key").read_bytes()
    words = ("--desk-key", tmp_path / "d.key", "--out", tmp_path / "again.json")
    answered("handover", "card", DESK, *words)
    assert parse_card((tmp_path / "again.json").read_bytes(), "card") == card
    assert problems("handover", "card", "north/desk-2", *words, "--member", member(tmp_path)) == ["desk.key"]
    assert (tmp_path / "d.key").read_bytes() == key


def test_a_new_key_knows_whose_word_it_takes_or_is_not_made(tmp_path: Path) -> None:
    words = ("--desk-key", tmp_path / "d.key", "--out", tmp_path / "card.json")
    assert problems("handover", "card", DESK, *words) == ["desk.member"]
    assert problems("handover", "card", DESK, *words, "--member", member(tmp_path, name="south")) == ["desk.member"]
    for wrong in ("", "[]", '{"v": 1}', '{"v": 1, "member": "north", "role": "party", "key": "x"}'):
        (tmp_path / "wrong.json").write_text(wrong, encoding="utf-8")
        assert problems("handover", "card", DESK, *words, "--member", tmp_path / "wrong.json") == ["card.form"]
    assert not (tmp_path / "d.key").exists()
    assert not (tmp_path / "card.json").exists()


def test_a_member_that_has_replaced_its_key_is_believed_once_its_new_card_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, carded(tmp_path), SECOND)
    words = (path, "--desk-key", tmp_path / "d.key", "--out", tmp_path / "desk")
    assert problems("handover", "equip", *words) == ["equipment.signature"]
    assert problems("handover", "equip", *words, "--member", member(tmp_path, SECOND, "south")) == ["desk.member"]
    assert not (tmp_path / "desk").exists()
    assert answered("handover", "equip", *words, "--member", member(tmp_path, SECOND))["desk"] == DESK
