"""What of a family's letter is a file: the page by which it checks, with its script; and the square on the letter.

    >>> "Checking" in script()
    True
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from importlib.util import find_spec

from repatria.files.locales import load_language
from repatria.ledger.note import decode_b64
from repatria.problem import Problem, Problems
from repatria.report.check_page import CSS, Sealed, check_page
from repatria.report.language import CODES, Language

INSTALL = 'pip install "repatria[web]"'


def script() -> str:
    """The check, as the browser gets it."""
    return (resources.files("repatria") / "report" / "check.js").read_text(encoding="utf-8")


def page_of(sealed: Sealed, language: str) -> bytes:
    """The page, in all languages, that one first."""
    return check_page(sealed, _languages(), language, script(), CSS).encode()


@cache
def _languages() -> dict[str, Language]:
    return {code: load_language(code) for code in CODES}


def sealed_in(page: bytes) -> tuple[str, tuple[int, bytes, bytes, bytes]] | None:
    """What is sealed in a page: its number, iterations, salt, nonce and sealed bytes; None where it is no such page."""
    begin, end = b'<script type="application/json" id="data">', b"</script>"
    start = page.find(begin)
    if start < 0:
        return None
    try:
        raw = json.loads(page[start + len(begin) : page.index(end, start)])
        parts = [decode_b64(raw[name]) for name in ("salt", "nonce", "sealed")]
        return str(raw["id"]), (int(raw["iterations"]), parts[0], parts[1], parts[2])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def square(text: str) -> str:
    """A QR code as SVG, alone: black on white with its margin, whatever the page around it.

    Raises:
        Problems: `family.qr`: what makes it is not installed.
    """
    if find_spec("segno") is None:
        do = f"install it once: {INSTALL}; or write the letter without a page to check (--without-proof)"
        raise Problems([Problem("family.qr", "the letter", "what makes its square code is not installed", do)])
    import segno

    made = segno.make(text, error="q", micro=False)
    return str(made.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True))
