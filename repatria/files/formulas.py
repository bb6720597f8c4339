"""Cells that a spreadsheet would run: in CSV they get an apostrophe in front, and lose it when they are read again.

`plain(neutral(cell)) == cell` for every cell, also one that begins with an apostrophe itself. A workbook needs none of
this: its cells say that they are text (`spreadsheet.py`).

    >>> neutral("=HYPERLINK(0)"), neutral("Invented"), neutral("'=1")
    ("'=HYPERLINK(0)", 'Invented', "''=1")
    >>> plain("'=HYPERLINK(0)"), plain("'Abd"), plain("''=1")
    ('=HYPERLINK(0)', "'Abd", "'=1")
"""

from __future__ import annotations


def neutral(cell: str) -> str:
    """The cell as a spreadsheet will show it and not run it.

    Source: OWASP, CSV Injection; the full-width signs are read as the plain ones by some spreadsheets.
    """
    bare = cell.lstrip("'")
    return "'" + cell if bare.startswith(_DANGEROUS) or bare.lstrip().startswith(_SIGNS) else cell


def plain(cell: str) -> str:
    """The cell as it was before `neutral`; a cell that was never neutral's stays as it is."""
    return cell[1:] if cell.startswith("'") and neutral(cell[1:]) == cell else cell


_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_DANGEROUS = (*_SIGNS, "\t", "\r", "\n")
