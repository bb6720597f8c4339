"""Pairs of bare tables under review: the tables, what a run told of them, and what people have said so far.

`link review PAIRS --labels LABELS` and `link label` stand on this; what counts and what comes next is for review.py and
judgement.py, which are those of an exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from repatria.cli.reviewing import Screen, Verdict, judge_each, side_by_side
from repatria.files.bare import append_bare, read_bare, wanted
from repatria.linkage.between import Between
from repatria.linkage.explain import again, messages
from repatria.linkage.judgement import Judgement, judge
from repatria.linkage.kinds import KINDS_OF, BadTable
from repatria.linkage.labels import COLUMNS, Grounds, Label, Told, judgements, labelled, parse_labels, row_of, told
from repatria.linkage.review import Open, queue, summary
from repatria.problem import Problem, Problems
from repatria.report.language import Language

T = TypeVar("T")
Columns = Mapping[str, list[str]]
SIDES = ("left", "right")
_NAMES = ("name", "family_name", "given_names", "father_name")


def linked(work: Callable[[], T], files: Sequence[Path], run: Path | None = None) -> T:
    """What the work gives; what is wrong with a table, as problems that name its file."""
    try:
        return work()
    except BadTable as error:
        names = [path.name for path in files]
        places = {
            "left table": names[0], "right table": names[-1], "the table": names[0],
            "the tables": " and ".join(names), "the run before": "" if run is None else run.name,
        }  # fmt: skip
        problems = []
        for text in error.problems:
            whose, _, what = text.partition(": ")
            do = next((told for begin, told in _ADVICE.items() if what.startswith(begin)), _COLUMNS)
            problems.append(Problem("table.unfit", places.get(whose, whose), what, do))
        raise Problems(problems) from None


_COLUMNS = "see repatria link tables --help for the columns, and say with --map which heading is which"
_ADVICE = {
    "no column id": "name the column id, or say which it is with --map COLUMN=id",
    "no rows": "write the people in rows under the headings",
    "its weights are of a run": "link with --one-to-one as that run did, or without --again",
    "its": "link without --again",
}


def read_labels(path: Path) -> list[Label]:
    """Every word in a file of labels; none where there is no file yet.

    Raises:
        Problems: a file without its columns, and every row that says nothing.
    """
    if not path.exists():
        return []
    table = read_bare(path)
    found, problems = parse_labels(table, wanted({}, COLUMNS[:3], table.heading, table.file))
    if problems:
        raise Problems(problems)
    return found


def standing_labels(
    path: Path, tables: Sequence[Columns], said: Mapping[str, str], files: Sequence[Path]
) -> tuple[dict[tuple[str, str], bool], int]:
    """What `link` takes of a file of labels: what stands, of the tables as they are now; and how many are reopened."""
    words = read_labels(path)
    between = between_rows(tables, said, [word.pair for word in words], files)
    stands = labelled(words, between)
    reopened = {word.pair for word in judgements(words, between) if word.verdict == "reopened"}
    return stands, len(reopened - {(row_of(one), row_of(other)) for one, other in stands})


def between_rows(
    tables: Sequence[Columns], said: Mapping[str, str], pairs: Iterable[tuple[str, str]], files: Sequence[Path]
) -> Between:
    """The two tables, of which only the rows of these pairs are looked at."""
    pairs = list(pairs)
    only = {one for one, _ in pairs}, {other for _, other in pairs}
    return linked(lambda: Between.of(tables[0], tables[-1], said, only), files)


@dataclass
class Review:
    """What lies before a reviewer of bare tables."""

    file: Path
    files: Sequence[Path]
    tables: Sequence[Columns]
    said: Mapping[str, str]
    exclusive: bool
    labels: list[Label]
    candidates: list[Told]
    between: Between
    shown: tuple[Mapping[str, Mapping[str, str]], ...] = field(default=())

    @classmethod
    def of(
        cls, file: Path, files: Sequence[Path], said: Mapping[str, str], pairs: Sequence[tuple[str, str, float]],
        exclusive: bool, tables: Sequence[Columns],
    ) -> Review:  # fmt: skip
        """Raises Problems for a file of labels that cannot be read, and for tables that cannot be compared."""
        labels = read_labels(file)
        judged = [label.pair for label in labels]
        wanted_ids = [{pair[side] for pair in (*judged, *(each[:2] for each in pairs))} for side in (0, 1)]
        shown = tuple(
            _records(table, said, ids) for table, ids in zip((tables[0], tables[-1]), wanted_ids, strict=True)
        )
        names = [
            {one: [cells[name] for name in _NAMES if name in cells] for one, cells in side.items()} for side in shown
        ]
        candidates = told(pairs, names[0], names[1], exclusive, judged)
        between = between_rows(tables, said, judged, files)
        return cls(file, files, tables, said, exclusive, labels, candidates, between, shown)

    @property
    def words(self) -> list[Judgement]:
        return judgements(self.labels, self.between)

    def waiting(self, who: str, most: int) -> list[Told]:
        """The pairs that wait for this reviewer, in order; from here on their rows are looked at, too."""
        by_rows = {(each.sought_row, each.held_row): each for each in self.candidates}
        found = [by_rows[each.pair] for each in queue(self.candidates, self.words, who, self.exclusive)[:most]]
        here = [each for each in found if each.left in self.shown[0] and each.right in self.shown[1]]
        pairs = [label.pair for label in self.labels] + [(each.left, each.right) for each in here]
        self.between = between_rows(self.tables, self.said, pairs, self.files)
        return here

    def word(self, pair: Told, verdict: Verdict, who: str, why: str) -> list[Problem]:
        """One word on any pair of rows of the tables."""
        absent = [
            f"{side} table" for side, one, rows in zip(SIDES, (pair.left, pair.right), self._ids, strict=True)
            if one not in rows
        ]  # fmt: skip
        if absent:
            do = "give the ids as the tables have them, the left one first"
            return [Problem("link.row.unknown", side, "no row has this id", do) for side in absent]
        pairs = [*(label.pair for label in self.labels), (pair.left, pair.right)]
        self.between = between_rows(self.tables, self.said, pairs, self.files)
        return self.keep(pair, verdict, who, why)

    @property
    def _ids(self) -> list[set[str]]:
        found = []
        for table in (self.tables[0], self.tables[-1]):
            key = next((heading for heading in table if self.said.get(heading, heading) == "id"), None)
            found.append(set(map(str.strip, table[key])) if key is not None else set())
        return found

    def keep(self, pair: Told, verdict: Verdict, who: str, why: str) -> list[Problem]:
        """Write one word, or say why it cannot stand."""
        rows = pair.sought_row, pair.held_row
        names = {rows[0]: pair.left, rows[1]: pair.right}
        for label in self.labels:
            names |= {row_of(label.left): label.left, row_of(label.right): label.right}
        word = judge(
            self.words, *rows, verdict, who, why, pair.probability, pair.second, self.exclusive,
            lambda row: names.get(row, "?"), SIDES,
        )  # fmt: skip
        if isinstance(word, Problem):
            return [word]
        grounds = Grounds.of(self.between, pair.left, pair.right)
        label = Label(pair.left, pair.right, verdict, who, why, pair.probability, pair.second, grounds)
        append_bare(self.file, COLUMNS, label.cells())
        self.labels.append(label)
        return []

    def judge_on(self, screen: Screen, who: str, why: str, most: int, say: Language) -> int:
        """Pairs on a screen, one after another; gives back how many words were kept."""
        waiting = self.waiting(who, most)
        because = {each.pair: each.because for each in queue(self.candidates, self.words, who, self.exclusive)}
        pages = []
        for each in waiting:
            changed = again(because.get((each.sought_row, each.held_row), ""))
            records = self.shown[0][each.left], self.shown[1][each.right]
            stands = self.between.fields(each.left, each.right)
            lines = [*map(say.sentence, changed), side_by_side(*records, stands, say, SIDES)]
            pages.append("\n".join(lines))

        def keep(place: int, verdict: Verdict) -> list[Problem]:
            return self.keep(waiting[place], verdict, who, why if verdict != "taken_back" else "taken back at once")

        return judge_each(pages, [each.probability for each in waiting], screen, keep)

    def answer(self, who: str, most: int, say: Language) -> dict[str, object]:
        """Where the review stands, and what waits for this reviewer: ids and sentences, no cell."""
        waiting = self.waiting(who, most)
        open_: dict[tuple[int, int], Open] = {
            each.pair: each for each in queue(self.candidates, self.words, who, self.exclusive)
        }
        rows = []
        for each in waiting:
            waits = open_[each.sought_row, each.held_row]
            changed = " ".join(map(say.sentence, again(waits.because)))
            evidence = " ".join(map(say.sentence, messages(self.between.fields(each.left, each.right), SIDES)))
            rows.append({
                "left_id": each.left, "right_id": each.right, "worth": waits.value, "waits_for": waits.waits,
                **({"changed": changed} if changed else {}), "evidence": evidence,
            })  # fmt: skip
        return {**summary(self.candidates, self.words, self.exclusive), "queue": rows}


def _records(table: Columns, said: Mapping[str, str], ids: set[str]) -> dict[str, dict[str, str]]:
    """The rows of these ids, cell by cell, by what each column is called."""
    names = {heading: said.get(heading, heading) for heading in table}
    columns = {
        (heading if name not in KINDS_OF else name): table[heading] for heading, name in names.items() if name != "id"
    }
    key = next((heading for heading, name in names.items() if name == "id"), None)
    if key is None:
        return {}
    found = {}
    for at, one in enumerate(table[key]):
        if one.strip() in ids:
            cells = {name: column[at] for name, column in columns.items() if column[at]}
            whole = " ".join(cells[name] for name in _NAMES[1:] if name in cells)
            found[one.strip()] = {"name": whole, **cells}
    return found
