"""`repatria law`: what an article asks here, and what the checks say of given facts or of the exchange as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import Language, known_language
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.files import law, locales
from repatria.files.tables import read_text
from repatria.law import commands
from repatria.law import review as reviewed
from repatria.office import Done
from repatria.problem import Problem
from repatria.report.law_page import law_page

app = noun("The law: what an article asks, and what it says of given facts, or of the exchange as it stands.")


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
    findings, problems = commands.check_facts(read_text(file), file.name, law.figures())
    if problems:
        return Said(problems=problems)
    stops = [finding.problem for finding in findings if finding.stops and finding.problem]
    return Said({"checks": len(findings), "findings": commands.told(findings)}, problems=stops)


@verb(app)
def review(at: AtNode, language: Language = "en") -> Said:
    """What every check says of the exchange as it stands, by what this node holds. Stops end with 1.

    Example: repatria law review north --language uk
    """
    words, telling = locales.load_language(known_language(language)), locales.load_retelling(language)
    found = commands.review_law(at.node.state(), at.readable, at.node.member, law.figures())
    return Said(reviewed.told(found), problems=found.stops, page=law_page(found, words, telling))


@verb(app)
def tell(
    at: AtNode,
    file: Annotated[Path, typer.Argument(metavar="FACTS", help='JSON: {"about": "stage", "of": "s1", "facts": {}}.')],
) -> Done | list[Problem]:
    """Tell this node facts that no record holds, for the law's review; "of": "*" is every subject of its kind.

    Example: repatria law tell north told.json
    """
    text = read_text(file)
    return at.run(commands.tell_facts, commands.Tell(acting.alone(at), text, file.name))
