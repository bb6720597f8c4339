"""`repatria law`: what an article asks here, and what the checks say of given facts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli.show import Said
from repatria.cli.verb import noun, verb
from repatria.files import law
from repatria.law import commands
from repatria.problem import Problem

app = noun("The law: what an article asks, and what it says of given facts.")


@verb(app)
def show(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help='Such as "GC III 119"; with its paragraphs.')],
) -> dict[str, Any] | list[Problem]:
    """The checks of an article, their figures and cases, and what no check can tell.

    Example: repatria law show "GC III 119"
    """
    return commands.show_article(article, law.figures(), law.case_counts())


@verb(app)
def check(
    file: Annotated[Path, typer.Argument(metavar="FACTS", help='JSON: {"about": "release", "facts": {...}}.')],
) -> Said:
    """What every check says of these facts. Stops, and facts that a stop needs and that are not known, end with 1.

    Example: repatria law check facts.json
    """
    findings, problems = commands.check_facts(file.read_text(encoding="utf-8"), file.name, law.figures())
    if problems:
        return Said(problems=problems)
    stops = [finding.problem for finding in findings if finding.stops and finding.problem]
    return Said({"checks": len(findings), "findings": commands.told(findings)}, problems=stops)
