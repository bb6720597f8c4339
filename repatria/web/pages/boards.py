"""Medical boards: by when each must be told and carried out, what came of it in figures, and what a board found.

For physicians alone: findings are sealed to the holder and the neutral, and no officer needs them (DESIGN.md 4.4).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.clearing import commands
from repatria.cli import acting
from repatria.exchange.authority import MIXED_BOARD, NEUTRAL, OWN_BOARD, PARTY, PHYSICIAN
from repatria.exchange.commands import By
from repatria.exchange.medical import FINDINGS
from repatria.files import law
from repatria.files.tables import parse_table
from repatria.message import Day, Message, Name
from repatria.problem import Problem, Problems
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act
from repatria.web.served import AtWeb

_DAYS = ("held_on", "tell_by", "told", "carry_out_by")


@page("boards/", name="boards", roles=(PHYSICIAN,), members=(PARTY, NEUTRAL))
def boards(request: Asked) -> HttpResponse:
    """Every board; POST records what one found."""
    problems: list[Problem] = []
    if request.method == "POST":
        found = _decided(request)
        if isinstance(found, HttpResponse):
            return found
        problems = found
    on_record(request.who, "boards", True)
    with request.served.at(request.who) as at:
        told = commands.boards(at.node.state(), commands.Boards(acting.alone(at), law.figures()), at.given)
        parties = list(map(str, at.node.state().parties))
    answer: Any = {"boards": [], "findings": {}} if isinstance(told, list) else told.answer
    rows = [
        {"board": Message(f"web.boards.{row['board']}"), "holder": Name(row["holder"]), "place": Name(row["place"]),
         "late": row["told_late"], **{day: Day(row[day], full=True) if row[day] else None for day in _DAYS}}
        for row in answer["boards"]
    ]  # fmt: skip
    own = request.served.member
    return render(
        request, "web/boards.html",
        {"rows": rows, "problems": problems, "said": request.POST,
         "findings": [(Message(f"web.boards.found.{name}"), n) for name, n in answer["findings"].items()],
         "holders": [(each, Name(each)) for each in parties if own not in parties or each == own],
         "may_own": own in parties, "kinds": ", ".join(FINDINGS[1:])},
        status=409 if problems else 200,
    )  # fmt: skip


def _decided(request: Asked) -> HttpResponse | list[Problem]:
    """The findings in a file, for the signature of the physician who brings it, and of another for a commission."""
    file = request.FILES.get("findings")
    if file is None:
        return [Problem("list.file", "the findings", "no file was chosen", "choose a file")]
    try:
        found, problems = commands.read_findings(parse_table(file.read(), str(file.name)))
    except Problems as error:
        return list(error.problems)
    if problems:
        return problems
    place, day, holder = (request.POST.get(name, "").strip()[:100] for name in ("place", "day", "holder"))
    kind = OWN_BOARD if request.POST.get("board") == OWN_BOARD else MIXED_BOARD

    def do(at: AtWeb) -> Any:
        by = By(acting.delegate(at, PHYSICIAN).author)
        return at.run(commands.decide, commands.Decide(by, place, day, holder, kind, found))

    return act(request, do, "boards", Message("web.boards.record"))
