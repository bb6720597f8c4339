"""What `make demo` left, if it was run here: flipped bits in its full-size ledger are refused with their place."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.scenario.test_exchange import verify

DEMO = Path(os.environ.get("REPATRIA_DEMO", Path(__file__).resolve().parents[2] / "demo"))


@pytest.mark.soak
def test_twenty_flipped_bits_of_the_demo_ledger_are_refused_with_their_place(tmp_path: Path) -> None:
    if not (DEMO / "ledger" / "checkpoint").exists():
        pytest.skip("no demo here: run `make demo` first")
    ledger, vkeys = tmp_path / "ledger", DEMO / "ledger.vkeys"
    shutil.copytree(DEMO / "ledger", ledger)
    files = sorted(path for path in ledger.rglob("*") if path.is_file())
    draw = random.Random(20)
    for path in draw.choices(files, k=20):
        whole = path.read_bytes()
        bit = draw.randrange(8 * len(whole))
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bytes(changed))
        code, told = verify(ledger, vkeys)
        path.write_bytes(whole)
        name = path.relative_to(ledger).as_posix()
        assert code == 1, f"bit {bit} of {name}"
        assert any(name in problem["where"] for problem in told["problems"]), f"bit {bit} of {name}"
    assert verify(ledger, vkeys)[0] == 0
