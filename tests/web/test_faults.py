"""What a fault of the pages says outside of them."""

from __future__ import annotations

import logging

import pytest

from repatria.people.person import field_choices
from tests.web.world import application


def test_a_terminal_learns_nobodys_name_from_a_fault_or_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    application()
    log = logging.getLogger("django.request")
    log.warning("Not Found: %s", "/en/Ivanenko/")
    try:
        field_choices("Ivanenko")
    except KeyError:
        log.exception("Internal Server Error: %s", "/en/Ivanenko/")
    logging.getLogger("anything").error("could not read Ivanenko")
    said = capsys.readouterr()
    assert "Ivanenko" not in said.out + said.err
    first, second = said.err.splitlines()
    assert first.startswith("repatria: KeyError at repatria/people/person.py:")
    assert second.startswith("repatria: an error of anything at test_faults.py:")
