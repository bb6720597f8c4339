"""docs/terms.md and docs/terms.schema.json, made from what the parsers declare: `python -m tests.deal.terms_page`."""

from __future__ import annotations

from pathlib import Path

from repatria.deal.form import page, schema_text

DOCS = Path(__file__).parents[2] / "docs"


def files() -> dict[str, str]:
    return {"terms.md": page(), "terms.schema.json": schema_text()}


if __name__ == "__main__":
    for name, text in files().items():
        (DOCS / name).write_text(text, encoding="utf-8")
