"""Which articles terms touch, in plain words: what `terms check` and the agreements' pages say of the law's findings.

>>> articles_touched([], {})["law"]
[]
"""

from __future__ import annotations

from typing import Any

from repatria.law.check import Finding, tell
from repatria.law.figures import Figures


def articles_touched(findings: list[Finding], figures: Figures) -> dict[str, Any]:
    """What the terms touch: one row for each check in plain words, and besides them warnings and open questions.

    A check that ran on several categories stands once, with the gravest of its findings.
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
        "warnings": [{"": str(each.problem)} for each in findings if each.answer == "warn"],
        "to_find_out": [{"": str(each.problem)} for each in findings if each.answer == "unknown"],
    }


_GRAVITY = {"complies": 0, "unknown": 1, "warn": 2, "stop": 3}
