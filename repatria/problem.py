"""The one shape of bad news.

A problem answers four questions: what is wrong, where, what to do, under which rule. Its code is stable, so
that pages can translate it; its text exists once. It never carries a name, a birth date or a serial number:
it says the row, the record or the opaque number, and a page that may show the person looks the name up.

    >>> print(Problem("import.date.invalid", "north.csv, row 418, date_of_birth", "not a calendar date",
    ...               "correct the cell, or clear it to record the date as unknown"))
    north.csv, row 418, date_of_birth: not a calendar date. Correct the cell, or clear it to record the date as \
unknown. [import.date.invalid]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: a stable `code`, `where` it stands, `what` it is, what to `do`, and its article."""

    code: str
    where: str
    what: str
    do: str
    article: str | None = None

    def __str__(self) -> str:
        article = f" ({self.article})" if self.article else ""
        return f"{self.where}: {self.what}{article}. {self.do[:1].upper()}{self.do[1:]}. [{self.code}]"

    def as_json(self) -> dict[str, str | None]:
        return {"code": self.code, "where": self.where, "what": self.what, "do": self.do, "article": self.article}


class Problems(Exception):
    """Raised where work cannot go on: every problem found, at least one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        if not self.problems:
            raise ValueError("Problems needs at least one problem")
        super().__init__("; ".join(str(problem) for problem in self.problems))
