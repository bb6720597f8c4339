"""The pictures of the public pages: over time both ways, added up, between exchanges, and by mediator.

Drawn on the same canvas as the pictures of a plan, and in their classes. No figure is in a picture alone.

    >>> Over([], Language("en", {}), 330).added([], [], "").count("<svg")
    0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from repatria.report.canvas import EDGE, GUTTER, LETTER, Canvas, Panel
from repatria.report.language import Language

HIGH = 1600  # of a picture over time, in tenths of a pixel
THIN, THICK = 24, 60  # a bar over time
CLAIM = 34  # the radius of a circle
SHORT = 62  # days; what lasts no longer is told in days and not in months
ROW = 300


@dataclass(frozen=True)
class Line:
    """One side over time: a day's number, and the least and the most by then."""

    side: int
    name: str
    points: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Claim:
    """What somebody said it had come to by a day."""

    side: int
    day: int
    number: int


@dataclass(frozen=True)
class Over:
    """Pictures over time, `width` pixels wide, from the first of these days to the last."""

    days: Sequence[int]
    language: Language
    width: int

    def both_ways(self, bars: Sequence[tuple[int, int, int]], names: tuple[str, str], alt: str) -> str:
        """Day by day: the first side's number up from the middle line, the second's down."""
        peak = max((max(a, b) for _, a, b in bars), default=0)
        if not peak:
            return ""
        canvas = self._canvas()
        top = canvas.legend([("s0", names[0]), ("s1", names[1])])
        middle = top + HIGH // 2
        self._times(canvas, top, top + HIGH)
        wide = THIN if len(bars) > 30 else THICK
        for day, up, down in bars:
            x = self._x(canvas, day) - wide // 2
            high, low = HIGH // 2 * up // peak, HIGH // 2 * down // peak
            canvas.rect("bar s0", x, middle - high, wide, high)
            canvas.rect("bar s1", x, middle, wide, low)
        canvas.line("zero", canvas.left, middle, canvas.right, middle)
        for y, value in ((top, peak), (middle, 0), (top + HIGH, peak)):
            canvas.text("tick", canvas.left - 50, y + 40, self.language.number(value), "end")
        canvas.height = top + HIGH + 260
        return canvas.drawn("timeline", alt)

    def added(self, lines: Sequence[Line], claims: Sequence[Claim], alt: str, claimed: str = "") -> str:
        """Sums over time as stepped lines, one for each side, with claims as circles."""
        sums = [most for line in lines for _, _, most in line.points]
        peak = max([*sums, *(claim.number for claim in claims)], default=0)
        if not peak:
            return ""
        canvas = self._canvas()
        entries = [(f"s{line.side}", line.name) for line in lines]
        top = canvas.legend([*entries, *([("claim", claimed)] if claims else [])])
        panel = Panel(canvas, top, HIGH, peak, 1)
        self._times(canvas, top, panel.bottom)
        for value in (peak, peak // 2):
            canvas.line("grid", canvas.left, panel.y(value), canvas.right, panel.y(value))
            canvas.text("tick", canvas.left - 50, panel.y(value) + 40, self.language.number(value), "end")
        canvas.line("zero", canvas.left, panel.bottom, canvas.right, panel.bottom)
        canvas.text("tick", canvas.left - 50, panel.bottom + 40, "0", "end")
        for line in lines:
            for end in (1, 2) if any(least != most for _, least, most in line.points) else (2,):
                steps = [(self._x(canvas, point[0]), panel.y(point[end])) for point in line.points]
                canvas.steps(f"t{line.side}", steps, canvas.right, panel.bottom)
        for claim in claims:
            canvas.circle(f"claim c{claim.side}", self._x(canvas, claim.day), panel.y(claim.number), CLAIM)
        canvas.height = panel.bottom + 260
        return canvas.drawn("added", alt)

    def gaps(self, spans: Sequence[tuple[int, int]], alt: str) -> str:
        """Each gap as a block from its first day to its last, as high as it has days."""
        peak = max((end - start for start, end in spans), default=0)
        if not peak:
            return ""
        canvas = self._canvas()
        panel = Panel(canvas, 120, HIGH, peak, 1)
        self._times(canvas, panel.top, panel.bottom)
        for value in (peak, peak // 2):
            canvas.line("grid", canvas.left, panel.y(value), canvas.right, panel.y(value))
            canvas.text("tick", canvas.left - 50, panel.y(value) + 40, self.language.number(value), "end")
        for start, end in spans:
            x = self._x(canvas, start)
            high = panel.y(end - start)
            canvas.rect("bar s0", x, high, self._x(canvas, end) - x, panel.bottom - high)
        canvas.line("zero", canvas.left, panel.bottom, canvas.right, panel.bottom)
        canvas.text("tick", canvas.left - 50, panel.bottom + 40, "0", "end")
        canvas.height = panel.bottom + 260
        return canvas.drawn("gaps", alt)

    def _canvas(self) -> Canvas:
        return Canvas(self.width * 10, GUTTER + 80, self.language.direction == "rtl")

    def _x(self, canvas: Canvas, day: int) -> int:
        first, last = min(self.days), max(self.days)
        room = canvas.right - canvas.left - 2 * THICK
        return canvas.left + THICK + room * (day - first) // max(1, last - first)

    def _times(self, canvas: Canvas, top: int, bottom: int) -> None:
        """A line and a label where each year, month or week begins, as many as there is room for."""
        first, last = date.fromordinal(min(self.days)), date.fromordinal(max(self.days))
        years = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
        if (last - first).days <= SHORT:
            step = max(1, (last - first).days // 6)
            starts = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1, step)]
            labels = [f"{each.month:02}-{each.day:02}" for each in starts]
        elif len(years) > 2:
            starts, labels = years, [str(each.year) for each in years]
        else:
            starts = [date(each.year, month, 1) for each in years for month in range(1, 13)]
            labels = [f"{each.year}-{each.month:02}" for each in starts]
        free = 0
        for start, label in zip(starts, labels, strict=True):
            if not first <= start <= last:
                continue
            x = self._x(canvas, start.toordinal())
            canvas.line("grid", x, top, x, bottom)
            half = len(label) * LETTER // 2
            if x - half >= free and x + half <= canvas.right + EDGE:
                canvas.text("stage", x, bottom + 200, label, "middle")
                free = x + half + LETTER


def by_name(rows: Sequence[tuple[str, int, int]], language: Language, width: int, alt: str) -> str:
    """A bar for each name, from nothing to the least, and on to the most where they differ."""
    peak = max((most for _, _, most in rows), default=0)
    if not peak:
        return ""
    canvas = Canvas(width * 10, EDGE, language.direction == "rtl")
    y = 40
    for name, least, most in rows:
        canvas.text("category", canvas.left, y + 110, name, "start")
        room = canvas.right - canvas.left - 7 * LETTER
        canvas.rect("bar s0", canvas.left, y + 150, room * least // peak, 110)
        canvas.rect("bar rest", canvas.left + room * least // peak, y + 150, room * (most - least) // peak, 110)
        canvas.text("value", canvas.left + room * most // peak + LETTER, y + 250, language.number(most), "start")
        y += ROW
    canvas.height = y + 40
    return canvas.drawn("mediators", alt)
