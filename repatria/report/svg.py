"""The balance as a picture: who was ahead, release by release, between the lines that nobody may cross.

One side goes up from the middle line and the other down, each between nothing and its bound. The picture has no
script, no style of its own and no outside file: it takes its colours from the page's style sheet, so that it prints,
and reads in the dark. Coordinates are whole tenths, so that the same figures give the same bytes everywhere.

    >>> "viewBox" in balance(Figures(), Words(), 360)
    False
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from repatria.report.tables import Figures, Lead
from repatria.report.words import Words

MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = 30, 62, 36, 4


def balance(figures: Figures, words: Words, width: int, height: int = 300) -> str:
    """The chart as an `svg` element for a page `width` pixels wide; nothing where nobody has been released.

    Source: the reading direction of a chart stays left to right; its words come from the page's language.
    """
    leads = figures.leads
    sides = sorted(side for side, _ in leads[0].ahead) if leads else []
    if len(sides) != 2 or not figures.bound:
        return ""
    up, down = sides
    top = max(figures.bound, *(value for lead in leads for _, value in lead.ahead))
    plot = _Plot(width, height, len(leads), top)
    alt = words.say("balance.alt", up=up, down=down, bound=words.number(figures.bound))
    parts = [
        f'<svg class="balance" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(alt)}">',
        *_stages(leads, plot),
        _line("zero", plot.left, plot.middle, plot.right, plot.middle),
        *_bounds(figures, plot, words),
        *_side("up", [dict(lead.ahead)[up] for lead in leads], plot, 1),
        *_side("down", [dict(lead.ahead)[down] for lead in leads], plot, -1),
        _text("side up", plot.left, plot.upper - 12, words.say("balance.ahead", side=up), "start"),
        _text("side down", plot.left, plot.lower + 18, words.say("balance.ahead", side=down), "start"),
        _text("axis", plot.right, height - 8, words.say("balance.order"), "end"),
        "</svg>",
    ]
    return "\n".join(parts)


class _Plot:
    """Where a value and a step stand on the picture."""

    def __init__(self, width: int, height: int, steps: int, top: int) -> None:
        self.left, self.right = MARGIN_LEFT, width - MARGIN_RIGHT
        self.upper, self.lower = MARGIN_TOP, height - MARGIN_BOTTOM
        self.middle = (self.upper + self.lower) // 2
        self.steps, self.top = steps, top

    def x(self, step: int) -> int:
        """Tenths of a pixel."""
        return 10 * self.left + 10 * (self.right - self.left) * step // self.steps

    def y(self, value: int) -> int:
        """Tenths of a pixel; above the middle for values above nothing."""
        return 10 * self.middle - 10 * (self.middle - self.upper) * value // self.top


def _side(name: str, values: Sequence[int], plot: _Plot, sign: int) -> list[str]:
    """A stepped line and the area under it; being behind is nothing on this picture, the other side shows it."""
    shown = [sign * max(0, value) for value in values]
    points = thinned([(plot.x(i), plot.y(value)) for i, value in enumerate(shown)], plot.x(1) - plot.x(0))
    path = f"M{tenths(plot.x(0))} {tenths(10 * plot.middle)}"
    last = None
    for x, y in points:
        if y != last:
            path += f"H{tenths(x)}V{tenths(y)}"
            last = y
    path += f"H{tenths(10 * plot.right)}"
    area = f"{path}V{tenths(10 * plot.middle)}Z"
    return [f'<path class="area {name}" d="{area}"/>', f'<path class="line {name}" d="{path}"/>']


def thinned(points: Sequence[tuple[int, int]], step: int) -> list[tuple[int, int]]:
    """No more than four points in one pixel, of which the outermost are kept, so that no peak is lost."""
    if step >= 3:
        return list(points)
    kept: list[tuple[int, int]] = []
    columns: dict[int, list[tuple[int, int]]] = {}
    for point in points:
        columns.setdefault(point[0] // 10, []).append(point)
    for column in columns.values():
        chosen = {column[0], min(column, key=lambda p: p[1]), max(column, key=lambda p: p[1]), column[-1]}
        kept += [point for point in column if point in chosen]
    return kept


def _stages(leads: Sequence[Lead], plot: _Plot) -> list[str]:
    """A band and a label per stage."""
    starts = [0] + [i + 1 for i, (a, b) in enumerate(pairwise(leads)) if a.stage != b.stage]
    parts = []
    for n, (start, end) in enumerate(zip(starts, [*starts[1:], len(leads)], strict=True)):
        x, right = plot.x(start), plot.x(end)
        if n % 2 == 0:
            parts.append(
                f'<rect class="band" x="{tenths(x)}" y="{plot.upper}" width="{tenths(right - x)}"'
                f' height="{plot.lower - plot.upper}"/>'
            )
        if leads[start].stage:
            parts.append(_text("stage", (x + right) // 20, plot.lower + 36, leads[start].stage, "middle"))
    return parts


def _bounds(figures: Figures, plot: _Plot, words: Words) -> list[str]:
    parts = []
    for sign in (1, -1):
        y = plot.y(sign * figures.bound) // 10
        parts.append(_line("bound", plot.left, y, plot.right, y))
        parts.append(_text("bound", plot.right, y - 5 if sign > 0 else y + 15, words.say("balance.bound"), "end"))
        parts.append(_text("tick", plot.left - 5, y + 4, words.number(figures.bound), "end"))
    parts.append(_text("tick", plot.left - 5, plot.middle + 4, "0", "end"))
    return parts


def _line(name: str, x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<line class="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _text(name: str, x: int, y: int, text: str, anchor: str) -> str:
    return f'<text class="{name}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def tenths(value: int) -> str:
    """A coordinate in tenths, as a picture writes it."""
    whole, rest = divmod(value, 10)
    return f"{whole}.{rest}" if rest else f"{whole}"

