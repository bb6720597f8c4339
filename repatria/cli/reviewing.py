"""Pairs on a screen, one after another: two records side by side, one key for a verdict.

What is printed goes to standard error: names are for the eyes of whoever sits there, and the answer on standard output
has none. The probability is hidden until it is asked for; nothing says what another reviewer has said.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import typer

from repatria.cli.show import printable
from repatria.linkage.explain import field, message
from repatria.linkage.kinds import Stands
from repatria.message import Message
from repatria.problem import Problem
from repatria.report.language import Language

Verdict = Literal["link", "non_link", "undecided", "taken_back"]
KEYS: Mapping[str, Verdict] = {"l": "link", "n": "non_link", "u": "undecided"}
HELP = "l link   n non-link   u undecided   s skip   b take back   p probability   q quit"


@dataclass(frozen=True)
class Screen:
    """Where a key comes from and where lines go: a terminal, or a test's stand-in."""

    key: Callable[[], str]
    tell: Callable[[str], None]


def keyboard() -> Screen:
    return Screen(typer.getchar, lambda line: print(line, file=sys.stderr, flush=True))


def judge_each(
    pages: Sequence[str],
    chances: Sequence[float | None],
    screen: Screen,
    keep: Callable[[int, Verdict], Sequence[Problem]],
) -> int:
    """Show each pair and keep each word as it is given; gives back how many were kept and not taken back.

    Ctrl-C, or the end of the keys, ends it where it stands.
    """
    kept: list[int] = []
    at, shown = 0, -1
    while at < len(pages):
        if shown != at:
            screen.tell(f"\n{at + 1} of {len(pages)}\n{pages[at]}\n{HELP}")
            shown = at
        try:
            key = screen.key().lower()
        except (KeyboardInterrupt, EOFError):
            break
        if key == "q":
            break
        if key == "s":
            at += 1
        elif key == "p":
            chance = chances[at]
            screen.tell("no probability" if chance is None else f"probability: {chance:.3f}")
        elif key == "b" and kept:
            problems = keep(kept[-1], "taken_back")
            for problem in problems:
                screen.tell(printable(str(problem)))
            if not problems:
                at = kept.pop()
        elif key in KEYS:
            problems = keep(at, KEYS[key])
            for problem in problems:
                screen.tell(printable(str(problem)))
            if not problems:
                screen.tell(KEYS[key].replace("_", "-"))
                kept.append(at)
                at += 1
        else:
            screen.tell(HELP)
    return len(kept)


def side_by_side(
    sought: Mapping[str, str], held: Mapping[str, str], stands: Sequence[Stands], say: Language,
    sides: tuple[str, str] = ("sought", "held"),
) -> str:  # fmt: skip
    """Two records field by field, and how each field stands."""
    lines = []
    for each in stands:
        how = message(each, sides).places["how"]
        assert isinstance(how, Message)
        name = field(each.column)
        label = say.sentence(name) if isinstance(name, Message) else str(name)
        one, other = (printable(fields.get(each.column, "-")) for fields in (sought, held))
        lines.append(f"{label}\n    {one}\n    {other}\n    {say.say(how)}")
    return "\n".join(lines)
