"""What pictures are drawn on: shapes in tenths of a pixel, from the side where reading begins.

One way to draw for every picture. A picture has no script and no outside file, and takes its colours from the style
sheet around it (`blocks.CHART_CSS`). In a right-to-left language it is mirrored. Coordinates are whole tenths, so that
the same figures give the same bytes everywhere.

    >>> canvas = Canvas(1000, 0, mirrored=False)
    >>> canvas.rect("bar s0", 0, 0, 55, 100)
    >>> canvas.drawn("flows", "a picture").splitlines()[1]
    '<rect class="bar s0" x="0" y="0" width="5.5" height="10"/>'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from repatria.report.language import PDI
from repatria.report.svg import tenths

RLI = "\u2067"
LETTER = 66  # tenths of a pixel that one letter takes at most, on the average
GUTTER, EDGE = 400, 40  # before the first column, for the ticks; after the last


class Canvas:
    """Shapes in tenths of a pixel from the side where reading begins; every class is a class of the style sheet."""

    def __init__(self, width: int, gutter: int, mirrored: bool) -> None:
        self.width, self.height, self._mirrored = width, 0, mirrored
        self.left, self.right = gutter, width - EDGE
        self._parts: list[str] = []

    def drawn(self, name: str, alt: str) -> str:
        width, height = tenths(self.width), tenths(self.height)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {name}" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" direction="ltr" role="img" aria-label="{escape(alt)}">'
        )
        return "\n".join([head, *self._parts, "</svg>"])

    def rect(self, name: str, x: int, y: int, width: int, height: int) -> None:
        if width > 0 and height > 0:
            left = self._x(x + width) if self._mirrored else x
            self._put("rect", name, x=left, y=y, width=width, height=height)

    def line(self, name: str, x1: int, y1: int, x2: int, y2: int) -> None:
        self._put("line", name, x1=self._x(x1), y1=y1, x2=self._x(x2), y2=y2)

    def circle(self, name: str, x: int, y: int, radius: int) -> None:
        if radius > 0:
            self._put("circle", name, cx=self._x(x), cy=y, r=radius)

    def steps(self, name: str, points: Iterable[tuple[int, int]], end: int, zero: int) -> None:
        """A stepped line from the first point's x to `end`, and the area between it and `zero`."""
        path, last, begun = "", zero, None
        for x, y in points:
            if begun is None:
                begun = x
                path = f"M{tenths(self._x(x))} {tenths(zero)}"
            if y != last:
                path += f"H{tenths(self._x(x))}V{tenths(y)}"
                last = y
        path += f"H{tenths(self._x(end))}V{tenths(zero)}"
        self._parts.append(f'<path class="area {name}" d="{path}Z"/>')
        self._parts.append(f'<path class="track {name}" d="{path}"/>')

    def text(self, name: str, x: int, y: int, said: str, anchor: str) -> None:
        """A line of text; right-to-left text is told so by itself, since programs differ in what they take over."""
        if not said:
            return
        if self._mirrored:
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
            said = f"{RLI}{said}{PDI}"
        where = f'x="{tenths(self._x(x))}" y="{tenths(y)}" text-anchor="{anchor}"'
        self._parts.append(f'<text class="{name}" {where}>{escape(said)}</text>')

    def legend(self, entries: Sequence[tuple[str, str]]) -> int:
        """Squares with their words, one row or as many as it takes; gives back where they end."""
        x, y = self.left, 0
        for name, said in entries:
            room = 170 + len(said) * LETTER
            if x > self.left and x + room > self.right:
                x, y = self.left, y + 200
            self.rect(f"bar {name}", x, y + 30, 110, 110)
            self.text("legend", x + 170, y + 130, said, "start")
            x += room + 200
        return y + 320

    def _x(self, x: int) -> int:
        return self.width - x if self._mirrored else x

    def _put(self, tag: str, name: str, **numbers: int) -> None:
        written = " ".join(f'{key}="{tenths(value)}"' for key, value in numbers.items())
        self._parts.append(f'<{tag} class="{name}" {written}/>')


class Panel:
    """A part of a canvas with a column per stage, and heights for values from nothing to `peak`."""

    def __init__(self, canvas: Canvas, top: int, height: int, peak: int, columns: int) -> None:
        self.canvas, self.top, self.bottom, self.peak = canvas, top, top + height, max(1, peak)
        self.column = (canvas.right - canvas.left) // max(1, columns)

    def x(self, column: int) -> int:
        return self.canvas.left + self.column * column

    def y(self, value: int) -> int:
        return self.bottom - (self.bottom - self.top) * value // self.peak

