"""`repatria claims`: what an article says, by whom, read as proposals; and what a person confirmed of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli.register import Language, known_language
from repatria.cli.show import Said, printable
from repatria.cli.verb import noun, verb
from repatria.files.articles import read_article, sides
from repatria.files.locales import load_language
from repatria.files.tables import read_text
from repatria.files.whole import write_whole
from repatria.message import Message
from repatria.problem import Problem, Problems
from repatria.public.claims import Claim, standings
from repatria.public.draft import message_of
from repatria.public.proposals import Proposal, Proposals, format_claims, parse_claims
from repatria.public.proposals import confirm as confirmed
from repatria.public.reading import read_claims
from repatria.report.language import Language as Tongue

app = noun("Claims: what an article says, and by whom; proposals that a person confirms.")

Names = Annotated[
    Path | None, typer.Option("--names", metavar="FILE", help="What states and members are called, by language.")
]


@verb(app)
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="HTML or plain text; - for standard input.")],
    published: Annotated[
        str | None, typer.Option("--published", metavar="DAY", help="When it came out, if the page does not say.")
    ] = None,
    sides_file: Annotated[
        Path | None, typer.Option("--sides", metavar="FILE", help="Further states or members, by the words for them.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="The text's, where it cannot be told.")
    ] = None,
    model: Annotated[bool, typer.Option("--model", help="See names by a language model, too: extra news.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the proposals there, to be confirmed.")
    ] = None,
    names: Names = None,
    language: Language = "en",
) -> Said | list[Problem]:
    """Who says what in an article: each claim a proposal with its sentence; none counts before it is confirmed.

    Example: repatria claims read page.html --out claims.toml
    """
    if published is not None and not _is_day(published):
        return [Problem("claims.days", "--published", "not a calendar day", "write it such as 2025-11-16")]
    article, data = read_article(file, published, encoding)
    recogniser = None
    if model:
        from repatria.files.news import recogniser as of_language

        recogniser = of_language(article.language)
    claims = read_claims(article, sides(sides_file), recogniser)
    about = {"title": article.title, "published": article.published, "outlet": article.outlet,
             "language": article.language, "sha256": hashlib.sha256(data).hexdigest()}  # fmt: skip
    answer: dict[str, Any] = {"article": about, "claims": [claim.as_json() for claim in claims]}
    if out is not None:
        found = Proposals(about, tuple(Proposal(at, claim) for at, claim in enumerate(claims, 1)))
        write_whole(out, format_claims(found).encode(), 0o666)
        answer["file"] = out.name
    say = load_language(known_language(language), names)
    return Said(answer, page=_page(about, claims, say))


@verb(app)
def confirm(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Proposals, as `claims read --out` writes them.")],
    who: Annotated[str, typer.Option("--who", metavar="WHO", help="Who has looked at the sentences.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the confirmed claims go.")],
    numbers: Annotated[
        list[int] | None, typer.Option("--claim", metavar="NUMBER", help="One that was read rightly; may repeat.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them were read rightly.")] = False,
) -> dict[str, Any] | list[Problem]:
    """Say which proposals were read rightly: that they were said, and no more. The others are left out.

    Example: repatria claims confirm claims.toml --claim 1 --claim 2 --who officer-2 --out confirmed.toml
    """
    if every == bool(numbers):
        raise typer.BadParameter("give --claim NUMBER for each, or --all")
    if not who.strip() or printable(who) != who or len(who) > 100:
        return [Problem("claims.who", "--who", "no name of whoever looked", "write it such as officer-2")]
    found = proposals(file)
    kept, problems = confirmed(found, None if every else frozenset(numbers or ()), who.strip())
    if problems:
        return problems
    write_whole(out, format_claims(kept).encode(), 0o666)
    statuses = [{"number": each.number, "status": each.claim.status} for each in kept.proposals]
    return {"confirmed": len(kept.proposals), "left_out": len(found.proposals) - len(kept.proposals),
            "claims": statuses, "file": out.name}  # fmt: skip


def proposals(file: Path) -> Proposals:
    """The claims in a file.

    Raises:
        Problems: everything that is wrong with it.
    """
    found, problems = parse_claims(read_text(file), file.name)
    if problems:
        raise Problems(problems)
    return found


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _page(about: dict[str, str], claims: list[Claim], language: Tongue) -> str:
    """The proposals to read through: number, claim, how it stands and why, and the sentence that it was read from."""
    lines = [f"{about['title']} ({about['outlet'] or '-'}, {about['published']})", ""]
    if not claims:
        return "\n".join([*lines, language.sentence(Message("claims.none"))]) + "\n"
    for at, (claim, standing) in enumerate(zip(claims, standings(claims), strict=True), 1):
        status = language.say(Message(f"claim.status.{standing.status}"))
        lines += [
            f"{at:>3}. {language.say(message_of(claim))} [{status}]",
            f"     {language.say(standing.why)}",
            f"     | {claim.sentence}",
        ]
    return "\n".join([*lines, "", language.sentence(Message("claims.proposal"))]) + "\n"
