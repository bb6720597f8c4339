"""docs/agreements/: a page for each agreement that is shipped, made from its terms.

python -m tests.scenario.agreements_page
"""

from __future__ import annotations

from pathlib import Path

from repatria.deal.commands.terms import check_terms, in_words
from repatria.deal.fit import unmet_by_terms
from repatria.files.agreements import About, about, agreement, shipped
from repatria.files.law import figures
from repatria.files.locales import lead_times
from repatria.law.touched import articles_touched

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "agreements"


def pages() -> dict[str, str]:
    """File name to text, the list of all of them first."""
    told = {name: about(agreement(name)) for name in shipped()}
    found = {f"{name}.md": _page(name, of) for name, of in told.items()}
    return {"README.md": _list(told), **found}


def _list(told: dict[str, About]) -> str:
    rows = sorted(told.items(), key=lambda item: item[1].agreed)
    lines = [f"| [{name}]({name}.md) | {of.agreed} | {of.title} |" for name, of in rows]
    return (
        "# Agreements that are shipped\n\n"
        "Terms of real exchanges, as far as their public sources have them. Where something is not public, an example\n"
        "stands in its place and the page says so. Each is carried out from its opening to its close by\n"
        "`tests/scenario/test_agreements.py`, with invented people.\n\n"
        "    repatria terms shipped november-2025 --out terms.toml\n"
        "    repatria terms check terms.toml\n\n"
        "| name | agreed | title |\n|---|---|---|\n" + "\n".join(lines) + "\n"
    )


def _page(name: str, of: About) -> str:
    text = agreement(name)
    checked = check_terms(text, f"{name}.toml", figures())
    assert checked.terms is not None
    law = articles_touched(checked.findings, figures())
    unmet = unmet_by_terms(checked.terms, checked.categories, lead_times(), quotas=checked.quotas)
    parts = [
        f"# {of.title}\n\nAgreed on {of.agreed}. Terms: `repatria/deal/agreements/{name}.toml`.\n\n{of.told}\n",
        _section("What is public", of.public),
        _section("What is not public, and stands in the file as an example", of.not_public),
        _section("What the terms say", in_words(checked)),
        _section("What cannot be met as it stands", [str(problem) for problem in unmet]),
        _section("Warnings of the law", [row[""] for row in law["warnings"]]),
        _section("To be found out", [row[""] for row in law["to_find_out"]]),
        "## Articles that the terms touch\n\n| article | found | what it asks |\n|---|---|---|\n"
        + "\n".join(f"| {row['article']} | {row['found']} | {row['asks']} |" for row in law["law"])
        + "\n",
        _section("Sources", [f"<{source}>" if " " not in source else source for source in of.sources]),
    ]
    return "\n".join(part for part in parts if part)


def _section(title: str, items: tuple[str, ...] | list[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {item}" for item in items) + "\n" if items else ""


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
