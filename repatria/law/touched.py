"""Which articles terms touch, in plain words: what `terms check` and the agreements' pages say of the law's findings.

>>> articles_touched([], {})["law"]
[]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from repatria.law.check import Finding, tell
from repatria.law.figures import Figures
from repatria.problem import Problem


def articles_touched(
    findings: list[Finding], figures: Figures, telling: Callable[[Problem], Any] = str
) -> dict[str, Any]:  # fmt: skip
    """What the terms touch: one row for each check in plain words, and besides them warnings and open questions.

    `telling` says how a problem is told: as a line, unless whoever shows it tells it. A check that ran on several
    categories stands once, with the gravest of its findings.
    """
    gravest: dict[str, Finding] = {}
    for finding in findings:
        standing = gravest.get(finding.check.code)
        if standing is None or _GRAVITY[finding.answer] > _GRAVITY[standing.answer]:
            gravest[finding.check.code] = finding
    return {
        "law": [
            {"article": each.check.cites, "found": each.answer, "asks": tell(each.check.asks, None, figures)}
            for each in gravest.values()
        ],
        "warnings": [{"": telling(each.problem)} for each in findings if each.problem and each.answer == "warn"],
        "to_find_out": [{"": telling(each.problem)} for each in findings if each.problem and each.answer == "unknown"],
    }


_GRAVITY = {"complies": 0, "unknown": 1, "warn": 2, "stop": 3}
