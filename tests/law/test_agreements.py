"""What the law says of the agreements that ship: it stops none, and its warnings are those one would expect."""

from __future__ import annotations

from pathlib import Path

import pytest

import repatria.deal
from repatria.deal.commands.terms import check_terms
from repatria.files.law import figures

FOLDER = Path(repatria.deal.__file__).parent / "agreements"
AGREEMENTS = sorted(FOLDER.glob("*.toml"))
WARNED = {
    "ankara-2024": ["law.seriously_ill_left"],
    "dix-hill-1862": ["law.seriously_ill_left", "law.undertaking"],  # made before anyone undertook so
}


@pytest.mark.parametrize("path", AGREEMENTS, ids=[path.stem for path in AGREEMENTS])
def test_the_law_stops_no_agreement_that_ships_and_leaves_no_question_open(path: Path) -> None:
    checked = check_terms(path.read_text(encoding="utf-8"), path.name, figures())
    assert checked.problems == []
    assert [each.check.code for each in checked.findings if each.answer == "unknown"] == []
    assert [each.check.code for each in checked.findings if each.answer == "warn"] == WARNED.get(path.stem, [])


def test_every_agreement_that_is_expected_to_be_warned_ships() -> None:
    assert set(WARNED) <= {path.stem for path in AGREEMENTS}
    assert len(AGREEMENTS) >= 7
