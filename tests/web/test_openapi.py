"""The API against its own OpenAPI document: whatever schemathesis thinks of is answered as the document says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.web.world import World, application

schemathesis = pytest.importorskip("schemathesis")


@pytest.mark.soak
def test_every_operation_answers_as_its_document_says(tmp_path: Path) -> None:
    # That nothing is said without a token is `test_api`'s; here each call bears one, whatever the case says.
    # What the exchange as it stands does not allow is refused with 422, as the document says; no schema knows that.
    from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

    from repatria.web import tokens

    world = World.after("consult", tmp_path)
    world.appoint("north", "clerk", "officer")
    made = application()
    wrong: list[str] = []
    with world.serving("north") as served:
        headers = {"authorization": f"Bearer {tokens.issue(served, served.who('clerk'), 'officer')}"}
        document = schemathesis.openapi.from_wsgi("/api/openapi.json", made)
        operations = [each.ok() for each in document.get_all_operations()]
        for operation in operations:

            @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            @given(case=operation.as_strategy())
            def answers(case: Any) -> None:
                case.call_and_validate(headers=headers, excluded_checks=[ignored_auth, positive_data_acceptance])

            try:
                answers()
            except Exception as error:  # noqa: BLE001 - schemathesis and hypothesis raise groups of their own
                told = getattr(error, "exceptions", [error])
                wrong.append(f"{operation.label}: " + "; ".join(str(each)[:300] for each in told))
    assert len(operations) > 60
    assert not wrong, "\n".join(wrong)
