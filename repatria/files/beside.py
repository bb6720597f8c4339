"""Sheets that hold nobody: empty ones, and those that our own workbooks carry beside the list.

They are known by what stands in them, not by their names: any row of another shape, and the sheet is said to be there.
So nobody can be put on the second sheet of our own template in silence.

    >>> holds_nobody([["Column", "Field", "", "", ""], ["Surname", "family_name", "must", "", ""]])
    True
    >>> holds_nobody([["Column", "Field"], ["Surname", "family_name"], ["Invented", "Test"]])
    False
"""

from __future__ import annotations

from collections.abc import Sequence

from repatria.people.person import FIELDS
from repatria.people.vocabulary import is_word

PROBLEMS = ("where", "what", "do", "article", "code")
CHANGES = ("row before", "row now", "what", "joined by")


def holds_nobody(rows: Sequence[Sequence[str]]) -> bool:
    """True where a sheet is empty, a data dictionary, the words to choose from, or what we said of an earlier list."""
    filled = [tuple(cells) for cells in rows if any(cells)]
    return not filled or any(fits(filled) for fits in (_is_dictionary, _is_words, _is_told))


def _is_dictionary(filled: Sequence[tuple[str, ...]]) -> bool:
    """Rules of one cell each, a row of headings, and below it a field of the record in each row's second cell."""
    table = next((filled[at:] for at, cells in enumerate(filled) if sum(map(bool, cells)) > 1), [])
    return len(table) > 1 and all(len(cells) > 1 and cells[1] in FIELDS for cells in table[1:])


def _is_words(filled: Sequence[tuple[str, ...]]) -> bool:
    return all(is_word(cell) for cells in filled for cell in cells if cell)


def _is_told(filled: Sequence[tuple[str, ...]]) -> bool:
    heading, *below = (tuple(filter(None, cells)) if not at else cells for at, cells in enumerate(filled))
    if heading == PROBLEMS:
        return all(cells[4].startswith(("import.", "file.")) for cells in below)
    return heading == CHANGES and all(cells[2] and not any(cells[4:]) for cells in below)
