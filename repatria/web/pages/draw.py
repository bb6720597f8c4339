"""The draw, step by step: who has committed, whose nonces are held, who has revealed; and verified in the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from repatria.audit.lottery import redraw
from repatria.cli import acting
from repatria.exchange.authority import MEDIATOR, NEUTRAL, OFFICER, PARTY, SIGNATORY, SUPERVISOR
from repatria.exchange.moves import moves
from repatria.exchange.planning import holders_in, not_held, seed_of
from repatria.exchange.state import State
from repatria.message import Message, Name
from repatria.plan import commands
from repatria.web.access import Asked, page
from repatria.web.acting import act
from repatria.web.served import KEEPER, AtWeb
from repatria.web.verifying import verified

STEPS: dict[str, Callable[..., Any]] = {
    "commit": commands.commit_draw,
    "share": commands.share_draw,
    "hold": commands.hold_draw,
    "reveal": commands.reveal_draw,
    "open": commands.open_draw,
}


@dataclass(frozen=True)
class Row:
    """One member's part of the draw."""

    member: Name
    committed: bool
    held_by: tuple[Name, ...]
    revealed: bool


@page("draw/", name="draw", roles=(OFFICER, SIGNATORY, SUPERVISOR, KEEPER))
def draw(request: Asked) -> HttpResponse:
    """Where the draw stands."""
    return _shown(request, ())


@page("draw/verify/", name="draw-verify", roles=(OFFICER, SIGNATORY, SUPERVISOR, KEEPER))
def verify(request: Asked) -> HttpResponse:
    """Make every draw of this node's ledger again, from the bytes on: nothing that is kept here is believed."""
    if request.method != "POST":
        return redirect("draw")
    found = verified(request.served)
    context = _context(request, ())
    if found is not None:
        made = [redraw(draw, found.audit.reading.attachments.get) for draw in found.audit.draws]
        context["verified"] = [_in_order(each.as_json()) for each in made if each is not None]
        context["holds"] = found.holds
        context["problems"] = list(found.problems)
    return render(request, "web/draw.html", context)


@page("draw/<slug:step>/", name="draw-step", roles=(OFFICER,), members=(PARTY, MEDIATOR, NEUTRAL))
def step(request: Asked, step: str) -> HttpResponse:
    """Take a step of the draw in this member's name."""
    command = STEPS.get(step)
    if request.method != "POST" or command is None:
        return redirect("draw")

    def do(at: AtWeb) -> Any:
        return at.run(command, commands.Draw(acting.alone(at), again=request.POST.get("again") == "yes"))

    done = act(request, do, "draw", Message(f"web.draw.{step}"))
    return _shown(request, done) if isinstance(done, list) else done


def _shown(request: Asked, problems: Any) -> HttpResponse:
    return render(request, "web/draw.html", _context(request, problems), status=409 if problems else 200)


def _in_order(made: dict[str, Any]) -> dict[str, Any]:
    """Its groups in the order of who goes first: by the figures in their names, not by how these are written."""

    def place(row: dict[str, Any]) -> tuple[str, list[tuple[int, str]]]:
        parts = [(int(part), "") if part.isdigit() else (0, part) for part in row["stratum"].split("/")]
        return row["side"], parts

    return {**made, "strata": sorted(made["strata"], key=place)}


def due(state: State, member: str) -> frozenset[str]:
    """The steps that wait for this member now; opening for the silent, where others have not revealed what it holds."""
    found = {each.code.removesuffix("-draw") for each in moves(state) if member in each.who}
    silent = {name for each in moves(state) if each.code == "reveal-draw" for name in each.who if name != member}
    if any(member in holders_in(state, name) for name in silent):
        found.add("open")
    return frozenset(found & STEPS.keys())


def _context(request: Asked, problems: Any) -> dict[str, Any]:
    state = request.served.state()
    now = due(state, request.served.member)
    return {
        "problems": list(problems), "rows": rows(state), "draw": state.draw, "seed": seed_of(state),
        "steps": [
            (name, Message(f"web.draw.{name}"), Message(f"web.draw.{name}.what"), name in now) for name in STEPS
        ],
        "may": OFFICER in request.who.roles and request.served.node.role in (PARTY, MEDIATOR, NEUTRAL),
    }  # fmt: skip


def rows(state: State) -> list[Row]:
    """Each party and mediator, and what it has done in the draw in force or the one that has most commitments."""
    begun = state.draw or max(state.draws.values(), key=lambda each: len(each.commitments), default=None)
    missing = not_held(state) if state.draw is not None else {}
    found = []
    for member in (*state.parties, *state.mediators):
        committed = begun is not None and member in begun.commitments
        held: tuple[Name, ...] = ()
        if state.draw is not None and committed:
            held = tuple(Name(each) for each in holders_in(state, member) if each not in missing.get(member, ()))
        revealed = state.draw is not None and state.draw.nonce(member) is not None
        found.append(Row(Name(member), committed, held, revealed))
    return found
