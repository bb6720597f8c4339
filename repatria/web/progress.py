"""How far a handover is, as a picture: a bar for each place and direction, of those who are where.

Every bar is as long as the others, so that what is still open shows, whatever the numbers. Colours and patterns come
from the pages' style sheet; it has no style, no script and no words of its own but those it is given. It is laid out
for 360 pixels. A page that reads from right to left has its bars from right to left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, BAR = 360, 56, 24


@dataclass(frozen=True)
class Bar:
    """One place and direction: what it is called, and how many people are in which state, in the order of drawing."""

    name: str
    counts: tuple[tuple[str, int], ...]


def picture(bars: Sequence[Bar], alt: str, right_to_left: bool) -> str:
    """The bars as an `svg` element; nothing where there are no people.

    >>> "rect" in picture([Bar("bridge", (("received", 0),))], "", False)
    False
    """
    rows = [bar for bar in bars if sum(n for _, n in bar.counts)]
    if not rows:
        return ""
    height = len(rows) * ROW
    parts = [
        f'<svg class="handover" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(alt)}">',
        *(part for at, bar in enumerate(rows) for part in _bar(bar, at * ROW, right_to_left)),
        "</svg>",
    ]
    return "\n".join(parts)


def _bar(bar: Bar, top: int, right_to_left: bool) -> list[str]:
    whole = sum(n for _, n in bar.counts)
    start = WIDTH if right_to_left else 0
    parts = [f'<text x="{start}" y="{top + 18}">{escape(bar.name)}</text>']
    before = 0
    for state, n in bar.counts:
        if n:
            left, right = WIDTH * before // whole, WIDTH * (before + n) // whole
            x = WIDTH - right if right_to_left else left
            parts.append(f'<rect class="{state}" x="{x}" y="{top + 26}" width="{right - left}" height="{BAR}"/>')
        before += n
    return parts
