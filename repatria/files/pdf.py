"""A document of `report/blocks.py` as PDF, by typst, with fonts that are installed beside it: the extra `pdf`.

- Data go in as JSON and are never markup. Nothing else is read: the fonts of the machine are left out, and the
  template can open no file, so that the same document gives the same bytes on every machine with the same versions.
- The only time in it is the document's own day.
- Tags, language, reading order, and a text for each picture are in it. PDF/UA-1 is claimed where the typesetter
  vouches for it, which it never does for Arabic letters. A letter that no font has is an empty box.

    >>> available() in (True, False)
    True
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from repatria.problem import Problem, Problems

NEEDED = ("typst", "fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
INSTALL = 'pip install "repatria[pdf]"'


def available() -> bool:
    """Whether what it takes is installed."""
    return all(find_spec(name) is not None for name in NEEDED)


def pdf(data: Mapping[str, Any]) -> bytes:
    """The PDF of what `print_data` gives.

    Raises:
        Problems: `pdf.absent`: typesetter or fonts are not installed.
    """
    if not available():
        do = f"install them once: {INSTALL}; or make the page alone, which any browser prints"
        raise Problems([Problem("pdf.absent", "--pdf", "the typesetter and its fonts are not installed", do)])
    import typst

    template = (resources.files("repatria") / "report" / "plan.typ").read_bytes()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=_fonts())
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    day = data["date"]
    at = datetime(day["year"], day["month"], day["day"], tzinfo=UTC)
    try:
        return typst.compile(
            template, format="pdf", font_paths=fonts, sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=at
        )
    except typst.TypstError:  # Arabic letters, or such as no font here has
        return typst.compile(template, format="pdf", font_paths=fonts, sys_inputs=inputs, timestamp=at)


def _fonts() -> list[str]:
    found = []
    for name in NEEDED[1:]:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        found.append(str(Path(spec.origin).parent / "files"))
    return found
