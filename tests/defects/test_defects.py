"""Every planted defect is caught by the test that is there for it, and by nothing but the defect."""

from __future__ import annotations

import pytest

from tests.defects.defects import DEFECTS
from tests.defects.planting import plant

CAUGHT = (AssertionError, pytest.fail.Exception)


def test_there_are_enough_and_no_two_are_the_same() -> None:
    assert len(DEFECTS) >= 20
    assert len({(defect.where, defect.old, defect.new) for defect in DEFECTS.values()}) == len(DEFECTS)


@pytest.mark.parametrize("name", DEFECTS)
def test_the_defect_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    defect = DEFECTS[name]
    defect.caught_by()  # without it the check passes
    plant(monkeypatch, defect.where, defect.old, defect.new)
    with pytest.raises(CAUGHT):
        defect.caught_by()
