"""The page of a plan in words: what stands where it stands, section by section, for page and print alike.

Goals of the search are told with their bounds and gaps, never as best without one. A revision is told by how many
people it moves and of what kind; who they are stands there for officers alone, and only by opaque numbers.

    >>> from repatria.report.plan_texts import TEXTS
    >>> document(Figures(), Standing(), Language("en", TEXTS), "0.1.0").kicker
    'Plan of an exchange'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from repatria.message import Day, Message, Name, Place
from repatria.plan.levels import parse_level
from repatria.report.blocks import CHART_CSS, Block, Boxes, Chart, Document, Facts, Figure, Heading, Items, Row, Table
from repatria.report.blocks import Text as Paragraph
from repatria.report.language import FSI, PDI, Language
from repatria.report.plan_charts import Charts, category, shown
from repatria.report.plan_figures import Change, Figures, Flow, Level, Wait
from repatria.report.style import CSS

SPACE = "\u00a0"
CODES_MOST = 8  # kinds of problems that are named on the page
GOALS_MOST = 40  # that are shown each for itself


@dataclass(frozen=True)
class Standing:
    """Where a plan stands.

    Attributes:
        status: proposed, in_force or past.
        day: on which it was proposed, in log time.
        signed, lacking: members who have signed it, and whose signature it still takes.
        problems: codes of what the integer-only checker found, one for each; None where it was not asked.
        plan, replaces, terms: hashes.
    """

    status: str = "proposed"
    day: str = "1970-01-01"
    signed: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    problems: tuple[str, ...] | None = None
    plan: str = ""
    replaces: str = ""
    terms: str = ""


def document(
    figures: Figures, standing: Standing, language: Language, version: str, numbers: bool = False
) -> Document:
    """The whole document.

    Args:
        numbers: show who is moved, by opaque numbers, to an officer.
    """
    say = PlanWords(figures, language)
    blocks = [
        *_head(say, standing),
        *(_changes(say, figures, numbers) if figures.changes is not None else ()),
        *_flows(say, figures),
        *_balance(say, figures),
        *_waits(say, figures),
        *_loads(say, figures),
        *_limits(say, figures),
        *_levels(say, figures),
    ]
    hashes = (("plan", standing.plan), ("replaces", standing.replaces), ("terms", standing.terms))
    facts = tuple((say(f"plan.hash.{name}"), shown(value, language)) for name, value in hashes if value)
    blocks += [Facts(facts)] if facts else []
    audience = "plan.audience.officer" if numbers else "plan.audience"
    return Document(
        say("plan.title", round=say.name(figures.round)), say("plan.kicker"), language.code, language.direction,
        standing.day, tuple(blocks), (say(audience), say("plan.made", version=version)),
    )  # fmt: skip


@dataclass(frozen=True)
class PlanWords:
    """The language, with the names of this plan in it."""

    figures: Figures
    language: Language

    def __call__(self, name: str, /, **places: Place) -> str:
        return self.language.sentence(Message(name, places))

    def within(self, name: str, /, **places: Place) -> str:
        """A text that begins no sentence."""
        return self.language.say(Message(name, places))

    def name(self, slug: str) -> str:
        """A name that leaves the direction of what stands around it alone, in either direction."""
        return f"{FSI}{shown(slug, self.language)}{PDI}"

    def term(self, words: Message | str) -> str:
        """A further term: in this language, or in the words that it came in."""
        return self.name(words) if isinstance(words, str) else self.language.sentence(words)

    def number(self, n: int) -> str:
        return self.language.number(n)

    def day(self, iso: str) -> str:
        return self.language.day(Day(iso))

    def tenths(self, n: int) -> str:
        return self.language.tenths(n)

    def column(self, at: int) -> str:
        """A stage by its name and day, and whether it was held."""
        each = self.figures.columns[at]
        parts = [self.name(each.stage), self.day(each.date)]
        parts += [self.within("plan.over")] if each.over else []
        return f"{SPACE}· ".join(part.replace(" ", SPACE) for part in parts)

    def direction(self, flow: Flow) -> str:
        if not flow.to:
            return self("plan.from", holder=self.name(flow.holder))
        return self("plan.direction", holder=self.name(flow.holder), to=self.name(flow.to))


# --- the head -------------------------------------------------------------------------------------------------------


def _head(say: PlanWords, standing: Standing) -> Iterator[Block]:
    signed = tuple(say.name(member) for member in standing.signed)
    where: dict[str, Place] = {"day": Day(standing.day, full=True), "who": signed}
    if standing.status == "proposed":
        said = say("plan.proposed.some" if signed else "plan.proposed", **where)
    else:
        said = say(f"plan.{standing.status}", **where)
    if standing.lacking:
        said += " " + say.within("plan.lacking", who=tuple(map(say.name, standing.lacking)))
    yield Paragraph(said, "facts")
    if standing.problems is not None and not standing.problems:
        yield Paragraph(say("plan.checked"), "good")
    elif standing.problems:
        kinds = tuple(say.name(code) for code in list(dict.fromkeys(standing.problems))[:CODES_MOST])
        yield Paragraph(say("plan.wrong", faults=len(standing.problems), codes=kinds), "bad")
    boxes = []
    for flow in say.figures.flows:
        lines = [say.within("plan.inside")]
        beside = {name: sum(getattr(flow, name)) for name in ("outside", "offered")}
        lines += [say.within(f"plan.{name}", people=_people(n)) for name, n in beside.items() if n]
        lines += [say.within("plan.remains", sets=sum(flow.remains))] if any(flow.remains) else []
        inside = say.number(sum(flow.counted))
        boxes.append(Figure(say.direction(flow), inside, tuple(lines), say.figures.side(flow.holder)))
    yield Boxes(tuple(boxes))


# --- what a revision changes ----------------------------------------------------------------------------------------


def _changes(say: PlanWords, figures: Figures, numbers: bool) -> Iterator[Block]:
    yield Heading(say("plan.change.title"))
    yield Paragraph(say("plan.change.lead"))
    told = list(told_changes(figures, say.name))
    lines = tuple(say.language.sentence(message) for message, _ in told)
    yield Items(lines, tuple(whom if numbers else () for _, whom in told))


def told_changes(figures: Figures, name: Callable[[str], Place] = Name) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """What a revision changes against the plan that it replaces, in words, each with the numbers of those whom it
    moves; nothing for a plan that replaces none.

    Args:
        name: how a stage is called.
    """
    if figures.changes is None:
        return
    if figures.amended:
        yield Message("plan.change.amended"), ()
    for stage, before, after in figures.days:
        which = "plan.change.day" if before and after else "plan.change.new_stage" if after else "plan.change.no_stage"
        days = {key: Day(day) for key, day in (("before", before), ("after", after)) if day}
        yield Message(which, {"stage": name(stage), **days}), ()
    if not [each for each in figures.changes if each.kind != "kept"] and not figures.amended and not figures.days:
        yield Message("plan.change.nothing"), ()
    for each in figures.changes:
        yield Message(f"plan.change.{each.kind}", {"people": _people(each.people)}), _numbers(each)


def _people(n: int) -> Message:
    return Message("people", count=n)


def _numbers(change: Change) -> tuple[str, ...]:
    """Whom a change moves; whoever keeps their place is nobody to look for."""
    return () if change.kind == "kept" else change.numbers


# --- people per stage -----------------------------------------------------------------------------------------------


def _flows(say: PlanWords, figures: Figures) -> Iterator[Block]:
    yield Heading(say("plan.flow.title"))
    yield Paragraph(say("plan.flow.lead"))
    flows = figures.flows
    if not any(flow.people or sum(flow.remains) for flow in flows):
        yield Paragraph(say("plan.flow.none"))
        return
    yield Chart(lambda width: Charts(figures, say.language, width).flows(), say("plan.flow.alt"))
    kinds = ["counted"]
    kinds += [kind for kind in ("outside", "remains") if any(sum(getattr(flow, kind)) for flow in flows)]
    told = {"counted": "plan.col.inside", "outside": "plan.col.outside", "remains": "plan.col.remains"}
    heads = [say("plan.col.stage")]
    series: list[tuple[int, ...]] = []
    for flow in flows:
        for kind in kinds:
            direction = say.direction(flow) if len(flows) > 2 else say("plan.from", holder=say.name(flow.holder))
            heads.append(say(told[kind], direction=direction))
            series.append(getattr(flow, kind))
    heads.append(say("plan.col.all"))
    people = [flow.counted for flow in flows] + [flow.outside for flow in flows]
    series.append(tuple(map(sum, zip(*people, strict=True))))
    rows = [
        Row((say.column(at), *(say.number(values[at]) for values in series))) for at in range(len(figures.columns))
    ]
    total = Row((say("plan.total"), *(say.number(sum(values)) for values in series)), "total")
    yield Table(tuple(heads), (*rows, total), frozenset(range(1, len(heads))))


# --- the balance ----------------------------------------------------------------------------------------------------


def _balance(say: PlanWords, figures: Figures) -> Iterator[Block]:
    yield Heading(say("plan.balance.title"))
    if not any(any(values) for track in figures.tracks for values in track.ahead):
        yield Paragraph(say("plan.balance.none"))
        return
    yield Paragraph(say("plan.balance.lead"))
    yield Paragraph(_unit(say, figures))
    alt = say("plan.balance.alt", bound=figures.bound)
    yield Chart(lambda width: Charts(figures, say.language, width).tracks(), alt)
    sides = range(len(figures.holders))
    most = tuple(say("plan.col.most", side=say.name(holder)) for holder in figures.holders)
    right = frozenset(range(1, len(sides) + 2))
    rows = []
    for column, group in groupby(figures.tracks, key=lambda track: track.column):
        rows.append(Row((say.column(column),), "group"))
        rows += [
            Row((
                say.name(track.place), say.number(track.bound), *(say.number(track.most(side)) for side in sides),
                _end(say, figures, [track.end(side) for side in sides]),
            ))
            for track in group
        ]  # fmt: skip
    yield Table((say("plan.col.place"), say("plan.col.bound"), *most, say("plan.col.end")), tuple(rows), right)
    yield Heading(say("plan.reach.title"), 3)
    yield Paragraph(say("plan.reach.lead"))
    alt = say("plan.reach.alt", bound=figures.bound)
    yield Chart(lambda width: Charts(figures, say.language, width).reaches(), alt)
    reached = [
        Row((
            say.column(reach.column), say.number(figures.bound), *map(say.number, reach.most),
            _end(say, figures, reach.end),
        ))
        for reach in figures.reaches
    ]  # fmt: skip
    yield Table((say("plan.col.stage"), say("plan.col.bound"), *most, say("plan.col.end")), tuple(reached), right)


def _unit(say: PlanWords, figures: Figures) -> str:
    if set(figures.factors) == {1}:
        return say("plan.unit.people")
    steps = tuple(
        Message("plan.step", {"holder": say.name(holder), "factor": factor})
        for holder, factor in zip(figures.holders, figures.factors, strict=True)
    )
    return say("plan.unit.steps", steps=steps, people=_people(figures.bound_people), bound=figures.bound)


def _end(say: PlanWords, figures: Figures, ahead: Sequence[int]) -> str:
    sides = zip(figures.holders, ahead, strict=True)
    parts = [say.within("plan.end", side=say.name(holder), steps=n) for holder, n in sides if n > 0]
    return "; ".join(parts) or say.within("plan.even")


# --- waiting --------------------------------------------------------------------------------------------------------


def _waits(say: PlanWords, figures: Figures) -> Iterator[Block]:
    if not figures.waits:
        return
    yield Heading(say("plan.wait.title"))
    yield Paragraph(say("plan.wait.lead"))
    yield Chart(lambda width: Charts(figures, say.language, width).waits(), say("plan.wait.alt"))
    names = ("go", "stay", "mean", "longest", "by_stage")
    heads = (say("plan.col.category"), *(say(f"plan.col.{name}") for name in names))
    rows = []
    for wait in figures.waits:
        by_stage = tuple(
            say.within("plan.in_stage", stage=say.name(column.stage), people=n).replace(" ", SPACE)
            for column, n in zip(figures.columns, wait.go, strict=True)
            if n
        )
        rows.append(Row((
            say("plan.of_holder", category=category(wait), holder=say.name(wait.holder)), say.number(wait.going),
            say.number(wait.stay), say.tenths(wait.mean_tenths) if wait.going else "–", _longest(say, wait),
            " · ".join(by_stage) or "–",
        )))  # fmt: skip
    yield Table(heads, tuple(rows), frozenset((1, 2, 3, 4)))


def _longest(say: PlanWords, wait: Wait) -> str:
    return "–" if wait.longest is None else say.number(wait.longest)


# --- load -----------------------------------------------------------------------------------------------------------


def _loads(say: PlanWords, figures: Figures) -> Iterator[Block]:
    if not figures.loads:
        return
    yield Heading(say("plan.load.title"))
    yield Paragraph(say("plan.load.lead"))
    yield Chart(lambda width: Charts(figures, say.language, width).loads(), say("plan.load.alt"))
    heads = [say("plan.col.place"), *(say("plan.from", holder=say.name(holder)) for holder in figures.holders)]
    rows = []
    places = list(dict.fromkeys(load.place for load in figures.loads))
    loads = {(load.place, load.holder): load for load in figures.loads}
    for at in range(len(figures.columns)):
        here = [place for place in places if loads[place, figures.holders[0]].seats[at] is not None]
        rows += [Row((say.column(at),), "group")] if here else []
        for place in here:
            of = [loads[place, holder] for holder in figures.holders]
            cells = (say.within("plan.of", people=load.people[at], seats=load.seats[at] or 0) for load in of)
            rows.append(Row((say.name(place), *cells)))
    yield Table(tuple(heads), tuple(rows), frozenset(range(1, len(heads))))


# --- further terms --------------------------------------------------------------------------------------------------


def _limits(say: PlanWords, figures: Figures) -> Iterator[Block]:
    if figures.limits:
        yield Heading(say("plan.row.title"))
        yield Paragraph(say("plan.row.lead"))
        heads = tuple(say(f"plan.col.{name}") for name in ("row", "value", "least", "limit"))
        rows = tuple(
            Row((say.term(each.sentence), say.number(each.value), _limit(say, each.least), _limit(say, each.most)))
            for each in figures.limits
        )
        yield Table(heads, rows, frozenset((1, 2, 3)))
    if figures.rounds:
        yield Heading(say("plan.round.title"))
        lines = (say("plan.round", parties=tuple(map(say.name, parties)), times=n) for parties, n in figures.rounds)
        yield Items(tuple(lines))


def _limit(say: PlanWords, n: int | None) -> str:
    return "–" if n is None else say.number(n)


# --- how good it is -------------------------------------------------------------------------------------------------


def _levels(say: PlanWords, figures: Figures) -> Iterator[Block]:
    yield Heading(say("plan.levels.title"))
    if not figures.levels:
        yield Paragraph(say("plan.levels.none"))
        return
    yield Paragraph(say("plan.levels.lead"))
    open_ = sum(level.gap > 0 for level in figures.levels)
    total = len(figures.levels)
    if open_:
        yield Paragraph(say("plan.levels.gap", goals=open_, total=total), "bad")
    else:
        yield Paragraph(say("plan.levels.proved", goals=total, total=total), "good")
    heads = tuple(say(f"plan.col.{name}") for name in ("goal", "value", "bound", "gap"))
    rows = (
        Row((goal(say, level, span), say.number(level.value), say.number(level.bound), _gap(say, level)))
        for level, span in _joined(figures)
    )
    yield Table(heads, tuple(rows), frozenset((1, 2, 3)))


def _joined(figures: Figures) -> Iterator[tuple[Level, Wait | None]]:
    """The goals in order; of very many, those that came to their bounds are added up over a band of tiers, as in the
    table of who waits. A goal with a gap always stands alone."""
    bands = {(w.counts, tier): w for w in figures.waits for tier in range(w.first, w.last + 1)}
    many = len(figures.levels) > GOALS_MOST
    found: dict[tuple[object, ...], tuple[list[Level], Wait | None]] = {}
    for at, level in enumerate(figures.levels):
        name, parts = parse_level(level.name)
        tier = parts.get("tier")
        wait = bands.get((parts.get("outside") is None, int(tier))) if tier else None
        if not many or level.gap or wait is None:
            found[at,] = [level], None
        else:
            key = name, parts.get("holder"), parts.get("weight"), wait.counts, wait.first
            found.setdefault(key, ([], wait))[0].append(level)
    for levels, wait in found.values():
        yield Level(levels[0].name, sum(lv.value for lv in levels), sum(lv.bound for lv in levels)), wait


def _gap(say: PlanWords, level: Level) -> str:
    """The gap, and its share of the bound rounded up, so that no gap is ever told as none."""
    if not level.gap:
        return say.within("plan.gap.none")
    if not level.bound:
        return say.number(level.gap)
    return say.within("plan.gap", gap=level.gap, share=say.tenths(-(-1000 * level.gap // abs(level.bound))))


def goal(say: PlanWords, level: Level, span: Wait | None = None) -> str:
    """What a goal is called, for its tier or for a span of them; an unknown one keeps the search's own word for it."""
    name, parts = parse_level(level.name)
    if not name:
        return say.name(level.name)
    places: dict[str, Place] = {}
    if tier := parts.get("tier"):
        alone = Wait("", parts["outside"] is None, int(tier), int(tier), (), 0, 0, None)
        places["category"] = category(span or alone)
    if holder := parts.get("holder"):
        places["holder"] = say.name(holder)
    if weight := parts.get("weight"):
        places["weight"] = int(weight)
    return say(f"plan.goal.{name}", **places)


PAGE_CSS = (
    CSS
    + """
:root { --third: #4b6b1d; --fourth: #6b2f82; }
@media (prefers-color-scheme: dark) { :root { --third: #a9cc74; --fourth: #c9a0dc; } }
svg.chart { display: block; width: 100%; height: auto; margin: 0.5rem 0 1rem; }
.items { margin: 0 0 0.75rem; }
.items > li { padding: 0.3rem 0; border-bottom: 1px solid var(--rule); }
.codes { display: flex; flex-wrap: wrap; gap: 0 1rem; }
.directions .box0 { border-color: var(--up); }
.directions .box1 { border-color: var(--down); }
.directions .box2 { border-color: var(--third); }
.directions .box3 { border-color: var(--fourth); }
tr.total th, tr.total td { font-weight: 600; border-top: 1px solid var(--ink); }
main > section dl { margin-top: 2.5rem; }
tbody th { max-width: 16rem; }
.verdict + .verdict { margin-top: 0; }
@media (max-width: 36rem) {
  .flat { font-size: 0.8125rem; }
  .flat th, .flat td { padding-inline: 0.25rem; }
  .flat thead th { font-size: 0.75rem; }
  .fold, .fold tbody { display: block; }
  .fold thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
  .fold tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); gap: 0.3rem 0.75rem;
    padding: 0.5rem 0; }
  .fold th, .fold td, .fold td:last-child { padding: 0; text-align: start; }
  .fold th { grid-column: 1 / -1; font-weight: 600; }
  .fold td.n { font-size: 1.0625rem; }
  .fold tr.total { border-top: 1px solid var(--ink); }
  .fold tr.total th, .fold tr.total td { border-top-style: none; }
  .fold td { align-self: end; }
  .fold td:not(.n):last-child { grid-column: span 2; }
  .fold td::before { content: attr(data-label); display: block; color: var(--soft); font-size: 0.75rem;
    font-weight: 400; line-height: 1.2; }
  .fold .group { border-bottom: 1px solid var(--ink); padding-top: 1.1rem; }
  .directions { grid-template-columns: 1fr; gap: 1.25rem; }
}
@media print {
  :root { --third: #4b6b1d; --fourth: #6b2f82; }
  svg.chart * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  thead { display: table-header-group; }
}
"""
    + CHART_CSS
)
