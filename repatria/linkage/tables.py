"""Two tables linked, or one cleared of doubles, with no exchange around it: for anybody who has lists of people.

    >>> days = ["1990-03-05", "1985-02-01", "1971-11-30"]
    >>> left = {"id": ["a", "b", "c"], "name": ["Коваленко Сергій", "Бондар Іван", "Ткач Олена"], "date_of_birth": days}
    >>> right = {"id": ["7", "8"], "name": ["Sergey Kovalenko", "Ivan Bondar"], "date_of_birth": days[:2]}
    >>> found = link(left, right)
    >>> found.left_ids, found.right_ids
    (['a', 'b'], ['7', '8'])

A table is anything with columns: a polars or pandas frame, a mapping of column names to values, or a list of rows as
`csv.DictReader` gives them. `id` names a row. Of the columns in `KINDS_OF` those are compared that both tables have;
`columns` names others, or says what a heading means: `{"surname": "family_name", "postcode": "number"}`.

Nothing depends on the order of rows or columns. What is found are probabilities, for a person to judge (judgement.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.again import Learned, Run, Was, learned_of, run_of
from repatria.linkage.assign import one_to_one
from repatria.linkage.cluster import agreed_scale, clusters
from repatria.linkage.encode import Column, encode, present
from repatria.linkage.kinds import JUDGED, KINDS, KINDS_OF, LEAST, BadTable, Kind, Stands
from repatria.linkage.levels import Levels, names_of
from repatria.linkage.pairs import Met, Rule, choose_rules, meet, named, traits_of, with_pairs
from repatria.linkage.review import Calibration, calibration
from repatria.linkage.weigh import (
    Compared,
    Floats,
    Labels,
    Model,
    Weights,
    compare_pairs,
    drift,
    evidence,
    fits,
    learn,
    probabilities,
)
from repatria.people.dates import DateFormat, PartialDate, inferred_order, iso_day, parse_date

Step = Callable[[str], None]
Orders = Mapping[str, DateFormat | None]
"""The order of day and month in each column of dates."""
UNMET = -1.0
"""What two rows that did not meet count against being one person, in log2 odds."""


@dataclass(frozen=True)
class Links:
    """Pairs with their probability, by left and right id; and how they were found."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    places: NDArray[np.int64]
    probability: Floats
    compared: Compared
    model: Model
    met: Met
    chances: Floats
    """Of every pair that met, whether told or not, the probability by its evidence and rivals alone."""
    scale: Calibration | None = None
    """What moves the probabilities, if anything: labels, or of one table what its clusters say (cluster.py)."""
    judged: frozenset[int] = frozenset()
    """The places of pairs that people have judged to be links."""
    weighed_again: int = 0
    """How many pairs were compared in this run; the others stand as an earlier run found them."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules by which rows met; of a run again, with the pairs that were met again."""
        return self.met.rules

    @cached_property
    def left_ids(self) -> list[str]:
        return [self.left[at] for at in self.compared.left[self.places].tolist()]

    @cached_property
    def right_ids(self) -> list[str]:
        return [self.right[at] for at in self.compared.right[self.places].tolist()]

    def explanations(self, say: Callable[[Stands], str] | None = None, judged: str = JUDGED) -> list[str]:
        """For each pair, column by column, how far it agrees and what that counts; `say` puts a column into words, and
        `judged` says of a pair that it was judged to be a link."""
        columns = [(column.name, column.kind) for column in self.compared.columns]
        levels = [each[self.places] for each in self.compared.levels]
        found = explained(columns, levels, self.model.weights, say or in_words)
        if not self.judged:
            return found
        return [
            f"{judged}; {each}" if place in self.judged else each
            for place, each in zip(self.places.tolist(), found, strict=True)
        ]

    def run(self, key: bytes = b"") -> Run:
        """What is kept for the next run (again.py).

        Args:
            key: up to 64 bytes that nobody can guess; whoever has them can test a guess at a whole row.
        """
        return run_of((self.left, self.right), self.compared, self.model, self.met, key)

    @property
    def learned(self) -> Learned:
        """Rules and weights, apart from the tables."""
        return learned_of(self.compared, self.model, self.met)

    @property
    def drift(self) -> float:
        """How far weights of an earlier run are from what these tables would teach (weigh.py)."""
        return drift(self.model, self.compared, self.chances)

    @property
    def fits(self) -> bool:
        """Whether these are still the weights of such tables."""
        return fits(self.model, self.drift)


@dataclass(frozen=True)
class Clusters:
    """Each row's cluster, named by the id that comes first in it."""

    ids: tuple[str, ...]
    cluster_ids: tuple[str, ...]
    links: Links

    @property
    def doubled(self) -> int:
        """How many rows share their cluster with another."""
        sizes = Counter(self.cluster_ids)
        return sum(sizes[each] > 1 for each in self.cluster_ids)


def link(
    left: Any, right: Any, *, columns: Mapping[str, str] | None = None, one_to_one: bool = True, least: float = LEAST,
    weights: Learned | None = None, before: Run | None = None, labels: Mapping[tuple[str, str], bool] | None = None,
    step: Step = lambda what: None,
) -> Links:  # fmt: skip
    """Who stands in both tables.

    Args:
        columns: heading -> a column of `KINDS_OF`, or a kind of encode.py for another column to be compared.
        one_to_one: nobody stands twice in one table; each row has one partner at most. Without it, how far that is so
            is learned, and all pairs are told that are likely enough.
        least: pairs below this probability are left out.
        weights: what an earlier run learned; nothing is learned anew, and its `one_to_one` must be the same.
        before: an earlier run of older versions of the tables: its weights, and only what changed is compared anew.
        labels: pairs that people have judged, by left and right id: links or not (labels.py). They teach the weights,
            move the scale of probabilities once there are enough, and stand as they were judged.
        step: told what is being done.

    Raises:
        BadTable: a table without ids or without anything to compare, with every reason.
    """
    step("reading the columns")
    weights = before.learned if before is not None else weights
    if weights is not None and weights.model.exclusive != one_to_one:
        how = "with" if weights.model.exclusive else "without"
        raise BadTable([f"the run before: its weights are of a run {how} one_to_one"])
    ids, encoded = read_tables(left, right, columns, weights)
    labelled = _labelled(labels or {}, ids)
    was = None if before is None else before.before(ids, encoded)
    met = with_pairs(_met(encoded, False, step, weights, before, was), list(labelled))
    known = None if before is None or was is None else before.known(was, met.left, met.right)
    new = len(met.left) if known is None else len(known.others)
    step(f"comparing {new:,} pairs")
    compared = compare_pairs(encoded, met.left, met.right, None if weights is None else weights.drawn, known)
    pairs = float(len(ids[0])) * len(ids[1])
    marks = _marks(labelled, met)
    if weights is None:
        step("learning the weights")
        model, chances = learn(compared, pairs, one_to_one, marks)
    else:
        model = weights.model.on((len(ids[0]), len(ids[1])), pairs)
        chances = probabilities(model, compared)
    probability, scale = _decided(model, chances, compared, marks)
    chosen = np.flatnonzero(probability >= least)
    if one_to_one:
        chosen = chosen[_one_to_one(met, probability, chosen)]
    judged = frozenset() if marks is None else frozenset(marks.places[marks.links].tolist())
    return Links(*ids, chosen, probability[chosen], compared, model, met, chances, scale, judged, new)


def dedupe(
    table: Any, *, columns: Mapping[str, str] | None = None, labels: Mapping[tuple[str, str], bool] | None = None,
    step: Step = lambda what: None,
) -> Clusters:  # fmt: skip
    """Which rows of one table are one person: each row in one cluster. `labels`, and what is raised, as of `link`.

    The pairs in `links` are those within clusters, and those that are `LEAST` likely and were kept apart.
    """
    step("reading the columns")
    only = _Table.of(table, "the", columns)
    ids, encoded = _encoded(only, only)
    labelled = {
        (min(pair), max(pair)): is_link for pair, is_link in _labelled(labels or {}, ids).items() if pair[0] != pair[1]
    }
    met = with_pairs(_met(encoded, True, step), list(labelled))
    step(f"comparing {len(met.left):,} pairs")
    compared = compare_pairs(encoded, met.left, met.right)
    step("learning the weights")
    rows = len(ids[0])
    marks = _marks(labelled, met)
    model, chances = learn(compared, rows * (rows - 1) / 2, False, marks, True)
    step("joining rows")
    probability, scale = _decided(model, chances, compared, marks)
    weight = evidence(model, compared)
    if marks is not None:
        weight[marks.places] = np.where(marks.links, np.inf, -np.inf)
    found = clusters(rows, met.left, met.right, weight, UNMET)
    if scale is None and (agreed := agreed_scale(found, met.left, met.right, evidence(model, compared) * np.log(2))):
        scale = Calibration(*agreed, 0)
        probability = scale.of(chances)
        if marks is not None:
            probability = marks.held(compared, probability, False)
    chosen = np.flatnonzero((found[met.left] == found[met.right]) | (probability >= LEAST))
    judged = frozenset() if marks is None else frozenset(marks.places[marks.links].tolist())
    links = Links(
        *ids, chosen, probability[chosen], compared, model, met, chances, scale, judged, len(met.left)
    )
    return Clusters(ids[0], tuple(ids[0][at] for at in found.tolist()), links)


def train(
    left: Any, right: Any, *, columns: Mapping[str, str] | None = None, one_to_one: bool = True,
    of_rows: tuple[int, int] | None = None, step: Step = lambda what: None,
) -> Learned:  # fmt: skip
    """What `link` would learn of these tables, or of those from which they are drawn.

    Rows that are drawn on each side for themselves have the same part of the other side's rows beside them. So pairs
    that met are as good a sample of all that would meet, and what they teach holds for the whole; only how many people
    stand in both has to be worked out for it. The rules are chosen for the whole.

    Args:
        of_rows: how many rows the tables have from which these are drawn, if they are.

    Raises:
        BadTable: as `link`.
    """
    step("reading the columns")
    ids, encoded = read_tables(left, right, columns)
    rows = len(ids[0]), len(ids[1])
    whole = of_rows or rows
    met = _met(encoded, False, step, of_rows=whole)
    step(f"comparing {len(met.left):,} pairs")
    compared = compare_pairs(encoded, met.left, met.right)
    step("learning the weights")
    model, _ = learn(compared, float(rows[0]) * rows[1], one_to_one)
    if whole != rows:
        pairs = float(whole[0]) * whole[1]
        model = replace(model, partners=model.partners * pairs / model.pairs, rows=whole, pairs=pairs)
    return learned_of(compared, model, met)


def read_part(
    table: Any, columns: Mapping[str, str] | None, orders: Orders, wanted: Sequence[tuple[str, Kind]]
) -> tuple[tuple[str, ...], list[Column]]:
    """The ids of a part of one table, in order, and its columns as `read_tables` would read them in both whole tables.

    Args:
        wanted: the columns that are compared, with their kinds; one that the table has not is unknown in each row.
    """
    part = _Table.of(table, "the", columns, orders)
    nothing = [""] * len(part.ids)
    return part.ids, [
        encode(name, kind, part.columns[name][1] if name in part.columns else nothing, ()) for name, kind in wanted
    ]


def read_tables(
    left: Any, right: Any, columns: Mapping[str, str] | None = None, weights: Learned | None = None,
    only: tuple[Collection[str], Collection[str]] | None = None,
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], list[Column]]:  # fmt: skip
    """The ids of both tables, in order, and the columns that both have, or that there are weights of, as numbers.

    Raises as `link`. With `only` these ids and no others; their cells are read as in the whole tables.
    """
    tables = _Table.of(left, "left", columns), _Table.of(right, "right", columns)
    if only is None:
        return _encoded(*tables, weights)
    cut = [table.cut(ids) for table, ids in zip(tables, only, strict=True)]
    return _encoded(cut[0], cut[1], weights, empty_too=True)


# --- what people have judged ------------------------------------------------------------------------------------------

Place = tuple[int, int]


def _labelled(
    labels: Mapping[tuple[str, str], bool], ids: tuple[tuple[str, ...], tuple[str, ...]]
) -> dict[Place, bool]:
    """The judged pairs by the places of their rows; of a row that is in no table any more nothing is said."""
    if not labels:
        return {}
    lefts, rights = ({each: at for at, each in enumerate(side)} for side in ids)
    return {
        (lefts[one], rights[other]): is_link
        for (one, other), is_link in labels.items()
        if one in lefts and other in rights
    }


def _marks(labelled: Mapping[Place, bool], met: Met) -> Labels | None:
    if not labelled:
        return None
    whole = (met.left.astype(np.int64) << 32) | met.right
    pairs = sorted(labelled)
    numbers = np.array([(one << 32) | other for one, other in pairs], np.int64)
    return Labels(np.searchsorted(whole, numbers), np.array([labelled[pair] for pair in pairs], np.bool_))


def _decided(
    model: Model, chances: Floats, compared: Compared, marks: Labels | None
) -> tuple[Floats, Calibration | None]:
    """The probabilities with what was decided, and on the scale that labels ask for, once there are enough."""
    if marks is None:
        return chances, None
    own = list(zip(chances[marks.places].tolist(), marks.links.tolist(), strict=True))
    scale = calibration(own)
    probability = probabilities(model, compared, labels=marks)
    if scale is not None:
        probability = scale.of(probability)
    return marks.held(compared, probability, model.exclusive), scale


def explained(
    columns: Sequence[tuple[str, str]], levels: Sequence[Levels], weights: Sequence[Weights],
    say: Callable[[Stands], str],
) -> list[str]:  # fmt: skip
    """Sentences for pairs, worked out once for pairs that stand alike.

    Args:
        columns: name and kind of each; `levels` and `weights` go with them.
    """
    width = [len(names_of(kind)) + 1 for _, kind in columns]
    pattern = np.zeros(len(levels[0]), np.int64)
    for count, found in zip(width, levels, strict=True):
        pattern = pattern * count + found + 1
    patterns, back = np.unique(pattern, return_inverse=True)
    worth = [each.log_odds for each in weights]
    sentences = [_sentence(at, width, columns, worth, say) for at in patterns.tolist()]
    return [sentences[at] for at in back.tolist()]


def _sentence(
    pattern: int, width: Sequence[int], columns: Sequence[tuple[str, str]], worth: Sequence[Floats],
    say: Callable[[Stands], str],
) -> str:  # fmt: skip
    parts = []
    for (name, kind), count, odds in reversed(list(zip(columns, width, worth, strict=True))):
        pattern, level = divmod(pattern, count)
        if level:
            parts.append(f"{say(Stands(name, kind, level - 1))} ({float(odds[level - 1]):+.1f})")
    return "; ".join(reversed(parts))


def in_words(stands: Stands) -> str:
    """A column that is known in both, in plain words."""
    return f"{stands.column.replace('_', ' ')}: {names_of(stands.kind)[stands.level]}"


def _met(
    columns: Sequence[Column], itself: bool, step: Step, weights: Learned | None = None, before: Run | None = None,
    was: Was | None = None, of_rows: tuple[int, int] | None = None,
) -> Met:  # fmt: skip
    """The pairs that meet, by rules that were learned or are chosen now."""
    traits = traits_of(columns)
    if weights is None:
        step("choosing the rules by which rows meet")
        rules = choose_rules(traits, itself, of_rows)
    else:
        try:
            rules = named(traits, weights.rules)
        except KeyError:
            raise BadTable(["the run before: its rules are of other columns than its weights"]) from None
    step(f"meeting by {len(rules)} rules")
    return meet(rules, itself) if before is None or was is None else before.met(rules, was)


def _one_to_one(met: Met, probability: Floats, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    return one_to_one(met.left[chosen], met.right[chosen], probability[chosen])


@dataclass(frozen=True)
class _Table:
    """A table in the order of its ids."""

    ids: tuple[str, ...]
    columns: Mapping[str, tuple[Kind, list[str]]]

    @classmethod
    def of(cls, table: Any, which: str, columns: Mapping[str, str] | None, orders: Orders | None = None) -> _Table:
        """A table, or a part of one: then the whole table's `orders` say how its dates are read. Raises BadTable."""
        raw = _columns(table)
        named, problems = named_columns(list(raw), which, columns)
        if "id" not in named:
            raise BadTable(problems)
        ids = list(map(_text, raw[named["id"][0]]))
        if "" in ids:
            problems.append(f"{which} table: {ids.count('')} rows without an id")
        twice = sum(count - 1 for count in Counter(ids).values())
        if twice:
            first = {each: at for at, each in reversed(list(enumerate(ids, 1)))}
            row = next(at for at, each in enumerate(ids, 1) if first[each] < at)
            problems.append(f"{which} table: {twice} ids stand twice, the first again in row {row} under the headings")
        if problems:
            raise BadTable(problems)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        in_order = order == list(range(len(ids)))
        found: dict[str, tuple[Kind, list[str]]] = {}
        for name in sorted(named.keys() - {"id"}):
            heading, kind = named[name]
            cells = raw[heading]
            values = list(cells) if set(map(type, cells)) == {str} else list(map(_text, cells))
            values = values if in_order else [values[at] for at in order]
            if kind == "date":
                values = _dates(values, date_order(values) if orders is None else orders.get(name))
            found[name] = kind, values
        return cls(tuple(ids[at] for at in order), found)


    def cut(self, ids: Collection[str]) -> _Table:
        """The rows of these ids."""
        wanted = set(ids)
        at = [place for place, each in enumerate(self.ids) if each in wanted]
        columns = {name: (kind, [cells[place] for place in at]) for name, (kind, cells) in self.columns.items()}
        return _Table(tuple(self.ids[place] for place in at), columns)


def _encoded(
    left: _Table, right: _Table, weights: Learned | None = None, empty_too: bool = False
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], list[Column]]:
    for table in (left, right):  # parts say more than a whole; a whole is made of parts where only one side has it
        if "name" in table.columns and "family_name" in table.columns:
            del table.columns["name"]  # type: ignore[attr-defined]
    if ("name" in left.columns) != ("name" in right.columns):
        left, right = _whole(left), _whole(right)
    both = [name for name in left.columns if name in right.columns]
    if weights is not None:
        here = {(name, left.columns[name][0]) for name in both}
        if gone := [name for name, kind in weights.columns if (name, kind) not in here]:
            what = "the run before: its weights are also of {}, which is not in both tables"
            raise BadTable([what.format(name) for name in gone])
        both = [name for name, _ in weights.columns]
    columns = [encode(name, left.columns[name][0], left.columns[name][1], right.columns[name][1]) for name in both]
    if weights is None:
        columns = columns if empty_too else present(columns)
    if not columns:
        raise BadTable(_nothing_to_compare(left, right, both))
    return (left.ids, right.ids), columns


def _nothing_to_compare(left: _Table, right: _Table, both: Sequence[str]) -> list[str]:
    sides = (("left", left), ("right", right))
    if empty := [f"{which} table: no rows" for which, table in sides if not table.ids]:
        return empty
    if not both:
        return ["the tables: no column in common that can be compared"]
    return [
        f"{which} table: no value in the column {name}, which both have"
        for which, table in sides for name in both if not any(table.columns[name][1])
    ]  # fmt: skip


def named_columns(
    headings: Sequence[str], which: str, columns: Mapping[str, str] | None
) -> tuple[dict[str, tuple[str, Kind]], list[str]]:
    """Of each column that can be compared, and of `id`, its heading and its kind; and every problem with them."""
    said: dict[str, str] = {heading: heading for heading in headings} | dict(columns or {})
    found: dict[str, tuple[str, Kind]] = {}
    problems = []
    for heading in sorted(headings):
        name = said[heading]
        if name in KINDS and name not in KINDS_OF:
            found[heading] = heading, cast(Kind, name)
        elif name == "id" or name in KINDS_OF:
            if name in found:
                problems.append(f"{which} table: two columns are said to be {name}")
            found[name] = heading, KINDS_OF.get(name, "word")
    if "id" not in found:
        problems.append(f"{which} table: no column id")
    return found, problems


def _whole(table: _Table) -> _Table:
    """The table with its parts of names as one name."""
    if "name" in table.columns:
        return table
    parts = [table.columns[name][1] for name in ("family_name", "given_names", "father_name") if name in table.columns]
    if not parts:
        return table
    rest = {name: column for name, column in table.columns.items() if column[0] not in ("family", "given", "father")}
    names = [" ".join(filter(None, each)) for each in zip(*parts, strict=True)]
    return _Table(table.ids, {**rest, "name": ("name", names)})


def _columns(table: Any) -> dict[str, Sequence[Any]]:
    """Columns by heading."""
    if isinstance(table, Mapping):
        return {str(name): list(values) for name, values in table.items()}
    if hasattr(table, "columns"):
        return {str(name): list(table[name]) for name in table.columns}
    rows = list(table)
    return {str(name): [row.get(name) for row in rows] for name in (rows[0] if rows else ())}


def _text(value: Any) -> str:
    """What a cell says; nothing for what frames use for "not known"."""
    if isinstance(value, str):
        return value.strip()
    if value is None or value != value:
        return ""
    return str(value)


def date_order(values: Iterable[str]) -> DateFormat | None:
    """The order of day and month that a column itself shows."""
    return inferred_order([(at, value) for at, value in enumerate(sorted(set(values))) if value[4:5] != "-"])[0]


def _dates(values: Sequence[str], order: DateFormat | None) -> list[str]:
    """Dates as they are compared: each read once, in this order of day and month where they have two readings."""
    read: dict[str, str] = {}
    for value in set(values):
        if iso_day(value) is not None:
            read[value] = value
            continue
        plain = value.strip().replace(" 00:00:00", "")
        if plain.isascii() and plain.isdigit() and len(plain) == 8:
            plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
        found = parse_date(plain, order) if plain else None
        read[value] = str(found) if isinstance(found, PartialDate) else ""
    return [read[value] for value in values]
