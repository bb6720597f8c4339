"""`repatria link`: compare a disclosed register with one's own, and judge; no link without a person's word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import Of, asked
from repatria.cli.show import Said, progress
from repatria.cli.verb import AtNode, noun, verb
from repatria.linkage import commands
from repatria.office import Done
from repatria.problem import Problem

app = noun("Same person? Find candidates, look at the evidence, judge.")

Who = Annotated[str, typer.Option("--who", metavar="ROLE", help="Who judges, by role.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="On what grounds.")]
Row = Annotated[str, typer.Argument(metavar="ROW", show_default=False)]


@verb(app)
def find(at: AtNode, of: Of = None) -> Done | list[Problem]:
    """Find who of the disclosed register may be held.

    Example: repatria link find south
    """
    return at.run(commands.find_links, commands.FindLinks(acting.alone(at), asked(at, of)))


@verb(app, "list")
def list_(
    at: AtNode, all_: Annotated[bool, typer.Option("--all", help="Also the sure ones.")] = False, of: Of = None
) -> dict[str, Any]:
    """Candidates that need a person's eye, with the evidence.

    Example: repatria link list south
    """
    found = json.loads(at.given.document(f"candidates/{asked(at, of)}") or b"[]")
    shown = [c for c in found if all_ or c["grade"] != "sure" or c["contested"]]
    return {
        "candidates": [
            {**{k: c[k] for k in ("sought", "held", "rule", "grade", "contested")},
             "evidence": "; ".join(item["sentence"] for item in c["evidence"])}
            for c in shown
        ]
    }  # fmt: skip


@verb(app)
def confirm(at: AtNode, who: Who, why: Why, of: Of = None) -> Done | list[Problem]:
    """Confirm every sure, uncontested candidate at once.

    Example: repatria link confirm south --who officer-2 --why "number and name"
    """
    return at.run(commands.confirm_all_sure, commands.ConfirmSure(acting.alone(at), asked(at, of), who, why))


@verb(app)
def judge(
    at: AtNode,
    sought: Row,
    held: Row,
    verdict: Annotated[str, typer.Option("--verdict", metavar="WORD", help="link, non_link or undecided.")],
    who: Who,
    why: Why,
    of: Of = None,
) -> Done | list[Problem]:
    """Judge one pair.

    Example: repatria link judge south SOUGHT HELD --verdict link --who officer-2 --why "same unit, same day"
    """
    if verdict not in ("link", "non_link", "undecided"):
        raise typer.BadParameter("--verdict is link, non_link or undecided")
    request = commands.JudgePair(acting.alone(at), asked(at, of), sought, held, verdict, who, why)  # type: ignore[arg-type]
    return at.run(commands.judge_pair, request)


@verb(app)
def names(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="A CSV with the columns left and right.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The same rows with a probability; it has names.")],
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=NAME", help="A column by its heading is left, right, ...; may repeat."),
    ] = None,
    prior: Annotated[float, typer.Option("--prior", metavar="PART", help="The part of pairs that are true.")] = 0.5,
) -> Said:
    """How likely each pair of whole names is one person's, in whatever script, language and order.

    Birth dates count where there are columns left_date_of_birth and right_date_of_birth.

    Example: repatria link names pairs.csv --out scores.csv --map "Name A=left" --map "Name B=right"
    """
    from repatria.files.bare import mapped, read_bare, wanted, write_bare
    from repatria.linkage.names import PAIR_COLUMNS, score_table

    if not 0 < prior < 1:
        raise typer.BadParameter("--prior lies between 0 and 1")
    said = mapped(maps or (), PAIR_COLUMNS)
    table = read_bare(pairs)
    at = wanted(said, PAIR_COLUMNS[:2], table.heading, table.file)
    scores, problems = score_table(table, at, prior, progress())
    written = ["" if score is None else f"{score:.6f}" for score in scores]
    rows = [(*row.cells, score) for row, score in zip(table.rows, written, strict=True)]
    write_bare(out, (*table.heading, "probability"), rows)
    likely = sum(score is not None and score >= 0.5 for score in scores)
    answer = {"pairs": len(rows), "probability_half_or_more": likely, "file": out.name}
    return Said(answer, problems=(*table.notes, *problems))
