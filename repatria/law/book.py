"""The whole law: every check of every file, in the order of the articles' tables. Import LAW from here.

    >>> len(LAW.checks) > 50, all(check.articles for check in LAW.checks.values())
    (True, True)
"""

from __future__ import annotations

from repatria.law import annex1, geneva3, geneva4, persondata, refoulement, remains
from repatria.law.check import LAW

LAW.arrange([each.__name__ for each in (annex1, geneva3, geneva4, persondata, refoulement, remains)])

__all__ = ["LAW", "annex1", "geneva3", "geneva4", "persondata", "refoulement", "remains"]
