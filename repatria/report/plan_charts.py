"""A plan in pictures: people per stage, balance, waiting, load. Stages stand side by side in all of them.

A picture has no script and no outside file, and takes its colours from the style sheet around it; sides differ by
their place and their filling as well, so that it reads in one colour too. In a right-to-left language the first stage
stands at the right. Coordinates are whole tenths, so that the same plan gives the same bytes everywhere. No figure is
in a picture alone: each stands in the table that follows it.

    >>> from repatria.report.plan_texts import TEXTS
    >>> Charts(Figures(), Language("en", TEXTS), 330).flows()
    ''
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from math import isqrt

from repatria.message import Day, Message, Place
from repatria.report.canvas import EDGE, GUTTER, LETTER, Canvas, Panel
from repatria.report.language import Language
from repatria.report.plan_figures import Figures, Flow, Load, Track, Wait
from repatria.report.svg import thinned

SHORT = 6  # letters of a stage's name in a picture
HEADING, LABELS, BASE = 220, 380, 60  # heights: a panel's name, the stages' names, the foot


@dataclass(frozen=True)
class Charts:
    """The pictures of one plan in one language, `width` pixels wide; each is an `svg` element, or nothing."""

    figures: Figures
    language: Language
    width: int

    # --- people per stage -------------------------------------------------------------------------------------------

    def flows(self) -> str:
        """Bars per stage, one for each direction, those outside the ratio on top of the others."""
        flows = self.figures.flows
        peak = max((a + b for each in flows for a, b in zip(each.counted, each.outside, strict=True)), default=0)
        if not peak:
            return ""
        canvas = self._canvas()
        legend = [(f"s{self.figures.side(each.holder)}", self.direction(each.holder, each.to)) for each in flows]
        if any(sum(each.outside) for each in flows):
            legend.append(("rest", self.say("plan.chart.outside")))
        y = canvas.legend(legend)
        panel = Panel(canvas, y, 1500, peak, len(self.figures.columns))
        self._scale(panel)
        for at, each in enumerate(flows):
            self._bars(panel, each, at, len(flows))
        self._stages(panel)
        return canvas.drawn("flows", self.say("plan.flow.alt"))

    def _bars(self, panel: Panel, flow: Flow, at: int, of: int) -> None:
        side = f"s{self.figures.side(flow.holder)}"
        slot = panel.column * 8 // 10 // of
        for column, (inside, outside) in enumerate(zip(flow.counted, flow.outside, strict=True)):
            x = panel.x(column) + panel.column // 10 + slot * at + slot // 12
            wide = slot - slot // 6
            low, high = panel.y(inside), panel.y(inside + outside)
            panel.canvas.rect(f"bar {side}", x, low, wide, panel.bottom - low)
            panel.canvas.rect("bar rest", x, high, wide, low - high)
            said = self.language.number(inside + outside)
            if inside + outside and len(said) * LETTER <= slot:
                panel.canvas.text("value", x + wide // 2, high - 40, said, "middle")

    # --- balance ----------------------------------------------------------------------------------------------------

    def tracks(self) -> str:
        """Place by place in the signed order: how far a side is ahead, between the bounds of the place."""
        steps = sum(len(track.ahead[0]) for track in self.figures.tracks) if self.figures.holders else 0
        if not steps:
            return ""
        top = max(max(track.bound, *(track.most(side) for side in self._sides)) for track in self.figures.tracks)
        canvas = self._canvas()
        y = 0
        for up, down in self._pairs():
            y = self._track_panel(canvas, y, steps, top, up, down)
        canvas.text("axis", canvas.right, y + 140, self.say("plan.chart.order"), "end")
        canvas.height = y + 140 + BASE
        return canvas.drawn("balance", self.say("plan.balance.alt", bound=self.figures.bound))

    def _track_panel(self, canvas: Canvas, y: int, steps: int, top: int, up: int, down: int | None) -> int:
        high = 1000
        zero = y + HEADING + high
        bottom = zero + (high if down is not None else 0)
        x, last = [], 0
        for track in self.figures.tracks:
            x.append(last)
            last += len(track.ahead[0])
        x.append(last)

        def at(step: int) -> int:
            return canvas.left + (canvas.right - canvas.left) * step // steps

        spans = [(at(a), at(b)) for a, b in pairwise(x)]
        free = 0  # from where on a stage's name has room
        for column, group in groupby(range(len(spans)), key=lambda i: self.figures.tracks[i].column):
            of_stage = list(group)
            start, end = spans[of_stage[0]][0], spans[of_stage[-1]][1]
            if column % 2 == 0:
                canvas.rect("band", start, y + HEADING, end - start, bottom - y - HEADING)
            name, half = self._name_of(column), len(self._name_of(column)) * LETTER // 2
            if end > start and (start + end) // 2 - half >= free:
                canvas.text("stage", (start + end) // 2, bottom + 330, name, "middle")
                free = (start + end) // 2 + half + LETTER
        canvas.line("zero", canvas.left, zero, canvas.right, zero)
        canvas.text("tick", canvas.left - 50, zero + 40, "0", "end")
        for side, sign in ((up, 1), (down, -1)):
            if side is None:
                continue
            for track, (start, end) in zip(self.figures.tracks, spans, strict=True):
                limit = zero - sign * high * track.bound // top
                if end - start >= 20:
                    canvas.line("bound", start, limit, end, limit)
                self._steps(canvas, track, side, sign, (start, end), zero, high, top)
            canvas.text("tick", canvas.left - 50, zero - sign * high + 40, self.language.number(top), "end")
            at_y = y + 150 if sign > 0 else bottom + 160
            canvas.text(f"side t{side}", canvas.left, at_y, self._ahead(side), "start")
            if sign > 0:
                canvas.text("bound", canvas.right, at_y, self.say("plan.chart.bound"), "end")
        return bottom + 350

    def _steps(
        self, canvas: Canvas, track: Track, side: int, sign: int, span: tuple[int, int], zero: int, high: int, top: int
    ) -> None:
        """A stepped line and the area under it; being behind is nothing here, the other side shows it."""
        values = track.ahead[side]
        if not any(value > 0 for value in values):
            return
        start, end = span
        points = [
            (start + (end - start) * i // len(values), zero - sign * high * max(0, value) // top)
            for i, value in enumerate(values)
        ]
        points = thinned(points, (end - start) // len(values))
        canvas.steps(f"t{side}", points, end, zero)

    def reaches(self) -> str:
        """Stage by stage, over all places: how far ahead a side can be at any moment, and at the end."""
        if not any(n for reach in self.figures.reaches for n in reach.most):
            return ""
        top = max(self.figures.bound, *(n for reach in self.figures.reaches for n in reach.most))
        canvas = self._canvas()
        y = 0
        for up, down in self._pairs():
            high = 700
            zero = y + HEADING + high
            panel = Panel(canvas, y + HEADING, high, top, len(self.figures.columns))
            bottom = zero + (high if down is not None else 0)
            for side, sign in ((up, 1), (down, -1)):
                if side is not None:
                    self._reach_bars(panel, side, sign, zero, high, top)
                    at_y = y + 150 if sign > 0 else bottom + 160
                    canvas.text(f"side t{side}", canvas.left, at_y, self._ahead(side), "start")
            canvas.text("bound", canvas.right, y + 150, self.say("plan.chart.bound"), "end")
            canvas.line("zero", canvas.left, zero, canvas.right, zero)
            canvas.text("tick", canvas.left - 50, zero + 40, "0", "end")
            y = self._stages(panel, bottom + (170 if down is not None else 0))
        return canvas.drawn("balance", self.say("plan.reach.alt", bound=self.figures.bound))

    def _reach_bars(self, panel: Panel, side: int, sign: int, zero: int, high: int, top: int) -> None:
        canvas = panel.canvas
        for reach in self.figures.reaches:
            x, wide = panel.x(reach.column) + panel.column // 5, panel.column * 3 // 5
            for value, name in ((reach.most[side], f"bar s{side}"), (max(0, reach.end[side]), "end")):
                tall = high * value // top
                if value and name == "end":
                    canvas.line("end", x, zero - sign * tall, x + wide, zero - sign * tall)
                elif value:
                    canvas.rect(name, x, zero - tall if sign > 0 else zero, wide, tall)
        limit = zero - sign * high * self.figures.bound // top
        canvas.line("bound", canvas.left, limit, canvas.right, limit)
        canvas.text("tick", canvas.left - 50, limit + 40, self.language.number(self.figures.bound), "end")

    @property
    def _sides(self) -> range:
        return range(len(self.figures.holders))

    def _pairs(self) -> list[tuple[int, int | None]]:
        """Two sides share a panel, one above the middle and one below; of more, each has its own."""
        return [(0, 1)] if len(self.figures.holders) == 2 else [(side, None) for side in self._sides]

    def _ahead(self, side: int) -> str:
        return self.say("plan.chart.ahead", side=self.name(self.figures.holders[side]))

    # --- waiting ----------------------------------------------------------------------------------------------------

    def waits(self) -> str:
        """A row per category and side, a column per stage; the area of a circle is the number of people."""
        peak = max((n for wait in self.figures.waits for n in wait.go), default=0)
        if not peak:
            return ""
        canvas = self._canvas(gutter=EDGE)
        shown = [(f"s{side}", self.name(holder)) for side, holder in enumerate(self.figures.holders)]
        y = canvas.legend(shown)
        column = (canvas.right - canvas.left) // len(self.figures.columns)
        radius = min(115, column // 2 - 8)
        panel = Panel(canvas, y, 0, 1, len(self.figures.columns))
        for _, group in groupby(self.figures.waits, key=lambda wait: (wait.counts, wait.first)):
            rows = list(group)
            canvas.text("category", canvas.left, y + 130, self.category(rows[0]), "start")
            y += 160
            for wait in rows:
                if wait.going:
                    self._circles(panel, wait, y + radius, radius, peak)
                    y += 2 * radius + 20
            canvas.line("row", canvas.left, y + 10, canvas.right, y + 10)
            y += 40
        self._stages(panel, y)
        return canvas.drawn("waits", self.say("plan.wait.alt"))

    def _circles(self, panel: Panel, wait: Wait, middle: int, radius: int, peak: int) -> None:
        side = f"s{self.figures.side(wait.holder)}"
        for column, n in enumerate(wait.go):
            x = panel.x(column) + panel.column // 2
            size = max(15, isqrt(radius * radius * n // peak)) if n else 0
            panel.canvas.circle(f"bar {side}", x, middle, size)
            said = self.language.number(n)
            if n and (len(said) + 1) * LETTER <= 2 * size:
                panel.canvas.text(f"within {side}", x, middle + 40, said, "middle")
            elif n and (len(said) * LETTER) + size + 40 <= panel.column // 2:
                panel.canvas.text("value", x + size + 30, middle + 40, said, "start")

    # --- load -------------------------------------------------------------------------------------------------------

    def loads(self) -> str:
        """A strip per place and holder: a frame for the seats of each stage, filled as far as they are taken."""
        if not any(sum(load.people) for load in self.figures.loads):
            return ""
        canvas = self._canvas()
        y = 0
        for _, group in groupby(self.figures.loads, key=lambda load: load.place):
            for load in group:
                y = self._strip(canvas, load, y)
            y += 60
        panel = Panel(canvas, y, 0, 1, len(self.figures.columns))
        self._stages(panel, y)
        return canvas.drawn("loads", self.say("plan.load.alt"))

    def _strip(self, canvas: Canvas, load: Load, y: int) -> int:
        where = self.say("plan.chart.from", place=self.name(load.place), holder=self.name(load.holder))
        canvas.text("category", canvas.left, y + 140, where, "start")
        top = max(1, *load.people, *(seats or 0 for seats in load.seats))
        panel = Panel(canvas, y + 210, 420, top, len(self.figures.columns))
        canvas.text("tick", canvas.left - 50, panel.top + 70, self.language.number(top), "end")
        canvas.line("zero", canvas.left, panel.bottom, canvas.right, panel.bottom)
        for column, (people, seats) in enumerate(zip(load.people, load.seats, strict=True)):
            if seats is None:
                continue
            x, wide = panel.x(column) + panel.column // 8, panel.column * 3 // 4
            high = panel.y(people)
            canvas.rect(f"bar s{self.figures.side(load.holder)}", x, high, wide, panel.bottom - high)
            canvas.rect("seats", x, panel.y(seats), wide, panel.bottom - panel.y(seats))
            if people > seats:
                canvas.line("over", x, panel.y(seats), x + wide, panel.y(seats))
        return panel.bottom + 60

    # --- words and axes ---------------------------------------------------------------------------------------------

    def say(self, name: str, **places: Place) -> str:
        return self.language.say(Message(name, places))

    def name(self, slug: str) -> str:
        return shown(slug, self.language)

    def direction(self, holder: str, to: str) -> str:
        if not to:
            return self.say("plan.from", holder=self.name(holder))
        return self.say("plan.direction", holder=self.name(holder), to=self.name(to))

    def category(self, wait: Wait) -> str:
        """What a category is called: its tier or tiers, and whether it is outside the ratio."""
        return self.language.sentence(category(wait))

    def _canvas(self, gutter: int = GUTTER) -> Canvas:
        return Canvas(self.width * 10, gutter, self.language.direction == "rtl")

    def _scale(self, panel: Panel) -> None:
        canvas = panel.canvas
        for value in (panel.peak, panel.peak // 2) if panel.peak % 2 == 0 else (panel.peak,):
            canvas.line("grid", canvas.left, panel.y(value), canvas.right, panel.y(value))
            canvas.text("tick", canvas.left - 50, panel.y(value) + 40, self.language.number(value), "end")
        canvas.line("zero", canvas.left, panel.bottom, canvas.right, panel.bottom)
        canvas.text("tick", canvas.left - 50, panel.bottom + 40, "0", "end")

    def _stages(self, panel: Panel, y: int | None = None) -> int:
        """The stages' names, and their days where there is room, under a panel; gives back where they end."""
        y = panel.bottom if y is None else y
        days = [self.language.day(Day(each.date)) for each in self.figures.columns]
        with_days = max(map(len, days)) * LETTER <= panel.column
        every = -(-max(len(self._name_of(at)) + 1 for at in range(len(days))) * LETTER // max(1, panel.column))
        for column, day in enumerate(days):
            x = panel.x(column) + panel.column // 2
            if column % every == 0:
                panel.canvas.text("stage", x, y + 160, self._name_of(column), "middle")
            if with_days:
                panel.canvas.text("stage", x, y + 310, day, "middle")
        panel.canvas.height = y + (LABELS if with_days else LABELS - 150)
        return panel.canvas.height

    def _name_of(self, column: int) -> str:
        """The stage's name, where those of all stages are short; else its number in their order."""
        names = [self.name(each.stage) for each in self.figures.columns]
        return names[column] if max(map(len, names)) <= SHORT else self.language.number(column + 1)


def shown(slug: str, language: Language) -> str:
    """What a member, stage or place is called, as a text that turns no other text around.

    The ledger and a names file let only plain names through; a plan from elsewhere might not.
    """
    text = language.names.get(slug, slug)
    return "".join("\ufffd" if unsteady(sign) else sign for sign in text)


def unsteady(sign: str) -> bool:
    """Whether a character is none that is seen: a control, or one that turns or joins what stands around it."""
    return not sign.isprintable() or sign in "\u061c\u200e\u200f"


def category(wait: Wait) -> Message:
    """What a category is called."""
    one = wait.first == wait.last
    tier = Message("plan.tier", {"tier": wait.first})
    if not one:
        tier = Message("plan.tiers", {"first": wait.first, "last": wait.last})
    return tier if wait.counts else Message("plan.tier.outside", {"tier": tier})
