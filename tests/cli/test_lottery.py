"""`repatria lottery verify` on a ledger's folder, `repatria lottery ticket` on a receipt: answers and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from repatria.ledger.note import format_vkey
from repatria.plan.receipt import write_receipt
from tests.audit.test_invariants import planned
from tests.audit.world import vkeys
from tests.cli.test_main import answered, problems, said
from tests.plan.test_receipt import one


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    for path, data in planned().files().items():
        (tmp_path / "ledger" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ledger" / path).write_bytes(data)
    (tmp_path / "keys").write_text("\n".join(map(format_vkey, vkeys())))
    return tmp_path / "ledger"


def test_a_whole_ledger_is_verified_and_every_draw_told(ledger: Path) -> None:
    answer = answered("lottery", "verify", ledger, "--vkeys", ledger.parent / "keys")
    assert answer["verdict"] == "yes"
    (draw,) = answer["draws"]  # type: ignore[misc]
    assert draw["seed"]
    assert "tickets" not in draw
    told = answered("lottery", "verify", ledger, "--vkeys", ledger.parent / "keys", "--tickets")
    (draw,) = told["draws"]  # type: ignore[misc]
    assert len(draw["tickets"]) == draw["units"]


def test_a_freeze_with_one_bit_changed_is_found(ledger: Path) -> None:
    state = planned().state
    assert state.draw is not None
    path = ledger / "attachments" / state.draw.freeze
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    assert "log.attachment.changed" in problems("lottery", "verify", ledger, "--vkeys", ledger.parent / "keys")


def test_where_nothing_can_be_asked_it_ends_with_two(ledger: Path) -> None:
    code, _, _ = said("lottery", "verify", ledger.parent / "nowhere", "--vkeys", ledger.parent / "keys")
    assert code == 2
    code, _, _ = said("lottery", "verify", ledger, "--vkeys", ledger.parent / "nowhere")
    assert code == 2


@pytest.mark.parametrize(("drawn", "result"), [(True, "drawn"), (False, "not_drawn")])
def test_a_family_checks_its_ticket_from_the_file_alone(tmp_path: Path, drawn: bool, result: str) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(write_receipt(one(drawn)))
    answer = answered("lottery", "ticket", file, "--seed", one(drawn).seed)
    assert (answer["right"], answer["result"]) == (True, result)
    words = {"en": "This receipt is right", "uk": "Ця розписка правильна", "ar": "هذا الإيصال صحيح"}
    for language, word in words.items():
        code, out, _ = said("lottery", "ticket", file, "--language", language)
        assert code == 0
        assert word in out


def test_a_receipt_that_is_not_right_or_none_at_all_is_told(tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    raw = json.loads(write_receipt(one(False)))
    file.write_text(json.dumps(raw | {"drawn": True}, separators=(",", ":"), sort_keys=True))
    assert problems("lottery", "ticket", file) == ["receipt.cut_off"]
    assert problems("lottery", "ticket", file, "--seed", "9" * 64) == ["receipt.public", "receipt.cut_off"]
    file.write_text("{}")
    assert problems("lottery", "ticket", file) == ["receipt.form"]
    assert problems("lottery", "ticket", tmp_path / "nowhere") == ["receipt.form"]
    assert problems("lottery", "ticket", file, "--language", "xx") == ["language"]
