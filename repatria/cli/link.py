"""`repatria link`: compare a disclosed register with one's own, and judge; no link without a person's word."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import Of, asked
from repatria.cli.show import Said, progress
from repatria.cli.verb import AtNode, noun, verb
from repatria.files.bare import apart, mapped, read_bare, read_columns, wanted, write_bare
from repatria.files.whole import write_whole
from repatria.linkage import commands
from repatria.linkage.explain import again, message, messages, rule_message
from repatria.linkage.kinds import JUDGED, KINDS, KINDS_OF, LEAST
from repatria.linkage.review import Open, decided, queue, summary
from repatria.message import Message
from repatria.office import Done
from repatria.problem import Problem, Problems
from repatria.report.language import CODES, Language

if TYPE_CHECKING:
    from repatria.cli.labelling import Review
    from repatria.linkage.again import Learned, Run
    from repatria.linkage.block import Candidate
    from repatria.linkage.tables import Links

app = noun("Same person? Find candidates, look at the evidence, judge.")

Who = Annotated[str, typer.Option("--who", metavar="ROLE", help="Who judges, by role.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="On what grounds.")]
Row = Annotated[str, typer.Argument(metavar="ROW", show_default=False)]
Code = Annotated[str, typer.Option("--language", metavar="CODE", help=f"One of {', '.join(CODES)}.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=NAME", help="A column by its heading is id, family_name, ...; may repeat."),
]
SIDES = ("sought", "held")


@verb(app)
def find(at: AtNode, of: Of = None) -> Done | list[Problem]:
    """Find who of the disclosed register may be held.

    Example: repatria link find south
    """
    return at.run(commands.find_links, commands.FindLinks(acting.alone(at), asked(at, of)))


@verb(app, "list")
def list_(
    at: AtNode,
    all_: Annotated[bool, typer.Option("--all", help="Also the sure ones.")] = False,
    of: Of = None,
    language: Code = "en",
) -> dict[str, Any]:
    """Candidates that need a person's eye, with the evidence.

    Example: repatria link list south --language uk
    """
    say = _language(language)
    found = commands.candidates(at.given, asked(at, of))
    return {
        "candidates": [
            {**_ids(c), "rule": c.rule, "grade": c.grade, "contested": c.contested, "second_opinion": c.second,
             "probability": None if c.probability is None else round(c.probability, 3), "evidence": _evidence(c, say)}
            for c in found
            if all_ or c.grade != "sure" or c.contested
        ]
    }  # fmt: skip


def _changed(waiting: Open, say: Language) -> dict[str, str]:
    """What changed since the pair was decided, where it was."""
    said = " ".join(say.sentence(each) for each in again(waiting.because))
    return {"changed": said} if said else {}


def _ids(pair: Any) -> dict[str, str]:
    return {"sought": commands.row_text(pair.sought_row), "held": commands.row_text(pair.held_row)}


def _evidence(candidate: Candidate, say: Language) -> str:
    return " ".join(say.sentence(each) for each in messages(candidate.stands, SIDES))


def _language(code: str) -> Language:
    from repatria.files.locales import load_language

    if code not in CODES:
        do = f"use {', '.join(CODES)}"
        raise Problems([Problem("cli.language", code, "not a language of this version", do)])
    return load_language(code)


@verb(app)
def confirm(
    at: AtNode,
    who: Who,
    why: Why,
    of: Of = None,
    number: Annotated[int | None, typer.Option("--number", help="How many you mean; refused if there are not.")] = None,
) -> Done | list[Problem]:
    """Confirm every sure, uncontested candidate at once; each judgement names the rule and the number.

    Example: repatria link confirm south --who officer-2 --why "number and name" --number 812
    """
    return at.run(commands.confirm_all_sure, commands.ConfirmSure(acting.alone(at), asked(at, of), who, why, number))


@verb(app)
def judge(
    at: AtNode,
    sought: Row,
    held: Row,
    verdict: Annotated[str, typer.Option("--verdict", metavar="WORD", help="link, non_link or undecided.")],
    who: Who,
    why: Why,
    of: Of = None,
) -> Done | list[Problem]:
    """Judge one pair.

    Example: repatria link judge south SOUGHT HELD --verdict link --who officer-2 --why "same unit, same day"
    """
    if verdict not in ("link", "non_link", "undecided"):
        raise typer.BadParameter("--verdict is link, non_link or undecided")
    request = commands.JudgePair(acting.alone(at), asked(at, of), sought, held, verdict, who, why)  # type: ignore[arg-type]
    return at.run(commands.judge_pair, request)


@verb(app)
def undo(at: AtNode, sought: Row, held: Row, who: Who, why: Why, of: Of = None) -> Done | list[Problem]:
    """Take back what one reviewer last said on a pair; what stood before it stands again, and both stay on record.

    Example: repatria link undo south SOUGHT HELD --who officer-2 --why "the wrong key"
    """
    request = commands.JudgePair(acting.alone(at), asked(at, of), sought, held, "taken_back", who, why)
    return at.run(commands.judge_pair, request)


Labels = Annotated[
    Path | None, typer.Option("--labels", metavar="FILE", help="A CSV of what people have judged; words are added.")
]
Left = Annotated[Path | None, typer.Option("--left", metavar="FILE", help="The left table of bare tables.")]
Right = Annotated[
    Path | None, typer.Option("--right", metavar="FILE", help="The right one; none where one was cleared of doubles.")
]
OneToOne = Annotated[bool, typer.Option("--one-to-one", help="Each row has one partner at most.")]


@verb(app)
def review(
    at: AtNode | None,
    who: Who,
    pairs: Annotated[
        Path | None, typer.Argument(metavar="[PAIRS]", help="What link tables or dedupe --pairs wrote.")
    ] = None,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="On what grounds.")] = "both records looked at",
    left: Left = None,
    right: Right = None,
    labels: Labels = None,
    one_to_one: OneToOne = False,
    of: Of = None,
    most: Annotated[int, typer.Option("--most", metavar="N", help="So many pairs at the most.", min=1)] = 20,
    show_queue: Annotated[bool, typer.Option("--queue", help="Only say what waits; nothing is judged.")] = False,
    maps: Columns = None,
    language: Code = "en",
) -> Said | list[Problem]:
    """Judge pairs one after another, the decision worth most first: one key for each, the probability hidden.

    In a terminal; elsewhere, and with --queue, it says what waits for this reviewer, how far reviewers agree, and how
    good the run is by what they have judged. Every word is kept at once; Ctrl-C ends like q. With --node of an
    exchange; or of bare tables, where the words are kept in a CSV for the next link tables --labels.

    Example: repatria link review --node south --who officer-3
    Example: repatria link review pairs.csv --left left.csv --right right.csv --labels labels.csv --who officer-3
    """
    watched = not show_queue and sys.stdin.isatty() and sys.stderr.isatty()
    if at is not None and pairs is None:
        return _review_node(at, who, why, asked(at, of), most, watched, _language(language))
    if pairs is not None and pairs.is_dir():
        raise typer.BadParameter(f"{pairs.name} is a folder; give a node with --node")
    if pairs is None or at is not None or left is None or labels is None:
        raise typer.BadParameter("give --node; or PAIRS with --left, --right and --labels")
    bench = _bench(pairs, left, right, labels, one_to_one, maps)
    say = _language(language)
    judged = 0
    if watched:
        from repatria.cli.reviewing import keyboard

        judged = bench.judge_on(keyboard(), who, why, most, say)
    return Said({"labels": labels.name, "judged": judged, **bench.answer(who, most, say)})


def _bench(
    pairs: Path | None, left: Path, right: Path | None, labels: Path, one_to_one: bool, maps: list[str] | None
) -> Review:
    from repatria.cli.labelling import Review

    files = [path for path in (left, right) if path is not None]
    apart({"--labels": labels}, [pairs, *files])
    told = [] if pairs is None else _told(pairs, maps)
    tables = [read_columns(path) for path in files]
    said = _meant([each for each in maps or () if each.rpartition("=")[2].strip() not in PAIR], tables, files)
    return Review.of(labels, files, said, told, one_to_one and right is not None, tables)


def _review_node(
    at: AtNode, who: str, why: str, register: str, most: int, watched: bool, say: Language
) -> Said | list[Problem]:
    from repatria.cli.reviewing import judge_each, keyboard, side_by_side

    found = {(c.sought_row, c.held_row): c for c in commands.candidates(at.given, register)}
    waiting = queue(found.values(), commands.judgements_on(at.given, register), who)[:most]
    judged, problems = 0, []
    events: tuple[str, ...] = ()
    if watched:
        state = at.node.state()
        sought = {record.row: record.fields for record in commands.disclosed(state, at.given, register) or ()}
        held = {record.row: record.fields for record in commands.held_records(state, at.given, at.node.member)}
        pages = [
            "\n".join([
                *_changed(each, say).values(),
                side_by_side(sought.get(row[0], {}), held.get(row[1], {}), found[row].stands, say),
            ])
            for each in waiting
            for row in (each.pair,)
        ]

        def keep(place: int, verdict: Any) -> list[Problem]:
            ids, grounds = _ids(waiting[place]), why if verdict != "taken_back" else "taken back at once"
            request = commands.JudgePair(acting.alone(at), register, ids["sought"], ids["held"], verdict, who, grounds)
            done = at.run(commands.note_judgement, request)
            return done if isinstance(done, list) else []

        chances = [found[each.pair].probability for each in waiting]
        judged = judge_each(pages, chances, keyboard(), keep)
        if judged:
            signed = at.run(commands.sign_judgements, commands.SignJudgements(acting.alone(at), register, judged))
            if isinstance(signed, list):
                problems = signed
            else:
                events = signed.events
        waiting = queue(found.values(), commands.judgements_on(at.given, register), who)[:most]
    rows = [
        {**_ids(each), "worth": each.value, "waits_for": each.waits, **_changed(each, say),
         "evidence": _evidence(found[each.pair], say)}
        for each in waiting
    ]  # fmt: skip
    shown = summary(list(found.values()), commands.judgements_on(at.given, register))
    return Said({"register": register, "judged": judged, **shown, "queue": rows}, events, problems)


@verb(app)
def label(
    one: Annotated[str, typer.Argument(metavar="LEFT_ID", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="RIGHT_ID", show_default=False)],
    left: Annotated[Path, typer.Option("--left", metavar="FILE", help="The left table, or the only one.")],
    labels: Annotated[Path, typer.Option("--labels", metavar="FILE", help="The CSV that the word is added to.")],
    verdict: Annotated[
        str, typer.Option("--verdict", metavar="WORD", help="link, non_link, undecided, or taken_back of one's last.")
    ],
    who: Who,
    why: Why,
    right: Right = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", metavar="FILE", help="What the run told: for how likely, and the stakes.")
    ] = None,
    one_to_one: OneToOne = False,
    maps: Columns = None,
) -> Said | list[Problem]:
    """Judge one pair of bare tables: link review without a screen.

    Example: repatria link label 17 4711 --left left.csv --right right.csv --pairs pairs.csv --labels labels.csv \
        --verdict link --who officer-2 --why "same unit, same day"
    """
    from repatria.linkage.judgement import standing
    from repatria.linkage.labels import VERDICTS, Told, row_of

    if verdict not in VERDICTS:
        raise typer.BadParameter(f"--verdict is {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}")
    if right is None:
        one, other = sorted((one, other))  # as dedupe has them
    bench = _bench(pairs, left, right, labels, one_to_one, maps)
    known = {(each.left, each.right): each for each in bench.candidates}
    pair = known.get((one, other), Told(one, other, None, False))
    problems = bench.word(pair, verdict, who, why)  # type: ignore[arg-type]
    if problems:
        return problems
    stands = standing(bench.words).get((row_of(one), row_of(other)))
    counts = "nothing" if stands is None else stands.verdict
    waits = verdict in ("link", "non_link") and counts == "undecided"
    return Said({
        "labels": labels.name, "words": len(bench.labels), "stands": counts,
        **({"waits_for": "the same word of a second reviewer"} if waits else {}),
    })  # fmt: skip


@verb(app)
def why_not(
    at: AtNode | None,
    words: Annotated[list[str], typer.Argument(metavar="[LEFT RIGHT] SOUGHT HELD", show_default=False)],
    of: Of = None,
    one_to_one: Annotated[bool, typer.Option("--one-to-one", help="As link tables has it.")] = False,
    maps: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=NAME", help="As link tables has it; may repeat.")
    ] = None,
    language: Code = "en",
) -> Said:
    """Why two rows were not proposed: which rules would have made them meet, and what kept them out.

    Of two tables with their ids, or with --node of the sought and the held.

    Example: repatria link why-not left.csv right.csv 17 4711
    Example: repatria link why-not --node south SOUGHT HELD --language tr
    """
    from repatria.cli.labelling import linked
    from repatria.linkage.why import why_not as asked_why
    from repatria.linkage.why import why_not_proposed

    say = _language(language)
    if len(words) != (4 if at is None else 2):
        raise typer.BadParameter("give LEFT RIGHT and two ids, or --node NODE and two rows")
    one, other = words[-2:]
    sides = ("left", "right") if at is None else SIDES
    try:
        if at is None:
            files = [Path(word) for word in words[:2]]
            read = [read_columns(path) for path in files]
            said = _meant(maps, read, files)
            found = linked(lambda: asked_why(read[0], read[1], one, other, said, one_to_one), files)
        else:
            register = asked(at, of)
            sought = commands.disclosed(at.node.state(), at.given, register) or []
            held = commands.held_records(at.node.state(), at.given, at.node.member)
            rows = commands.row_number(one), commands.row_number(other)
            run = commands.run_before(at.given, register)
            found = why_not_proposed(held, sought, commands.judgements_on(at.given, register), *rows, run)
    except (KeyError, ValueError):
        do = "give the ids as the tables have them, the left or sought one first"
        raise Problems([Problem("link.row.unknown", "the pair", "one of the two stands in no table", do)]) from None
    nearest = [rule for rule in found.rules if rule.lacks == found.rules[0].lacks][:5]
    return Said({
        "proposed": found.proposed,
        "probability": None if found.probability is None else round(found.probability, 4),
        "why": " ".join(say.sentence(each) for each in found.reasons),
        "nearest_rules": [{"rule": say.sentence(rule_message(each))} for each in nearest],
        "fields": [{"field": say.sentence(message(each, sides)), "worth": each.worth} for each in found.fields],
    })  # fmt: skip


@verb(app)
def names(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="A CSV with the columns left and right.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The same rows with a probability; it has names.")],
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=NAME", help="A column by its heading is left, right, ...; may repeat."),
    ] = None,
    prior: Annotated[float, typer.Option("--prior", metavar="PART", help="The part of pairs that are true.")] = 0.5,
    explain: Annotated[bool, typer.Option("--explain", help="Also why, word by word; it takes its time.")] = False,
    language: Code = "en",
) -> Said:
    """How likely each pair of whole names is one person's, in whatever script, language and order.

    Birth dates count where there are columns left_date_of_birth and right_date_of_birth.

    Example: repatria link names pairs.csv --out scores.csv --map "Name A=left" --map "Name B=right"
    """
    from repatria.linkage.names import PAIR_COLUMNS, explain_names, score_table

    if not 0 < prior < 1:
        raise typer.BadParameter("--prior lies between 0 and 1")
    apart({"--out": out}, [pairs])
    said = mapped(maps or (), PAIR_COLUMNS)
    table = read_bare(pairs)
    at = wanted(said, PAIR_COLUMNS[:2], table.heading, table.file)
    scores, problems = score_table(table, at, prior, progress())
    written = ["" if score is None else f"{score:.6f}" for score in scores]
    rows = [(*row.cells, score) for row, score in zip(table.rows, written, strict=True)]
    heading = (*table.heading, "probability")
    if explain:
        say, tell = _language(language), progress()
        for number, score in enumerate(scores):
            cells = table.rows[number].cells
            pair = (cells[at[name]] if name in at else "" for name in PAIR_COLUMNS)
            why = [] if score is None else explain_names(*pair)
            rows[number] += (" ".join(map(say.say, why)),)
            if number % 100 == 99 or number + 1 == len(rows):
                tell("explaining", number + 1, len(rows))
        heading += ("explanation",)
    write_bare(out, heading, rows)
    likely = sum(score is not None and score >= 0.5 for score in scores)
    answer = {"pairs": len(rows), "probability_half_or_more": likely, "file": out.name, **_read_as(table.notes)}
    return Said(answer, problems=problems)


Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The CSV to write.")]
NAMES = ("id", *KINDS_OF, *(kind for kind in KINDS if kind not in KINDS_OF))


@verb(app)
def tables(
    left: Annotated[Path, typer.Argument(metavar="LEFT", help="A CSV with the column id and what is to be compared.")],
    right: Annotated[Path, typer.Argument(metavar="RIGHT", help="The other CSV.")],
    out: Out,
    one_to_one: Annotated[bool, typer.Option("--one-to-one", help="Each row has one partner at most.")] = False,
    least: Annotated[float, typer.Option("--least", metavar="P", help="Leave out pairs less probable.")] = LEAST,
    labels: Labels = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="RUN", help="Keep what was learned and weighed; it has no names.")
    ] = None,
    again: Annotated[
        Path | None, typer.Option("--again", metavar="RUN", help="A run that was kept: weigh only what changed since.")
    ] = None,
    maps: Columns = None,
    language: Code = "en",
) -> Said:
    """Who stands in both tables: left_id, right_id, probability, explanation. No exchange and no node is needed.

    Compared are the columns that both have of name or family_name, given_names, father_name, and date_of_birth,
    place_of_birth, sex, unit, service_number, nationality, capture_date, capture_place; and those that --map names.

    What people have judged (link review, --labels) teaches the weights and stands as it was judged. When a list gets a
    new version, --again with the run that --save kept keeps its weights and compares only what changed.

    Example: repatria link tables left.csv right.csv --out pairs.csv --one-to-one --map "Surname=family_name"
    Example: repatria link tables left2.csv right.csv --out pairs2.csv --one-to-one --again march.run --save april.run
    """
    from repatria.cli.labelling import linked, standing_labels
    from repatria.linkage.tables import link

    if not 0 <= least <= 1:
        raise typer.BadParameter("--least lies between 0 and 1")
    apart({"--out": out, "--save": save}, [left, right, labels, None if save == again else again])
    say = None if language == "en" else _language(language)
    before = None if again is None else _run_in(again)
    notes: list[Problem] = []
    read = [read_columns(path, notes) for path in (left, right)]
    said = _meant(maps, read, (left, right))
    stands, reopened = ({}, 0) if labels is None else standing_labels(labels, read, said, (left, right))
    found = linked(
        lambda: link(
            *read, columns=said, one_to_one=one_to_one, least=least, before=before, labels=stands, step=_step
        ), (left, right), again,
    )  # fmt: skip
    _step(f"writing {len(found.left_ids):,} pairs")
    _write_pairs(out, found, say)
    if save is not None:
        from repatria.linkage.again import format_run

        write_whole(save, format_run(found.run(secrets.token_bytes(32))))
    more: dict[str, Any] = {}
    if before is not None:  # where they fit no more: link without --again, and keep that run
        more = {"compared_anew": found.weighed_again, "weights_drift": round(found.drift, 4), "weights_fit": found.fits}
    return Said(
        {"left": len(found.left), "right": len(found.right), "pairs": len(found.left_ids), **more,
         **_judged(labels, stands, reopened, found), **_how(found, out), **_read_as(notes)}
    )  # fmt: skip


def _write_pairs(out: Path, found: Links, say: Language | None) -> None:
    judged = JUDGED if say is None else say.say(Message("link.judged"))
    words = found.explanations(
        None if say is None else lambda stands: say.sentence(message(stands)).rstrip("."), judged
    )
    rows = zip(found.left_ids, found.right_ids, found.probability.tolist(), words, strict=True)
    write_bare(
        out, (*PAIR, "explanation"),
        ((one, other, f"{probability:.6f}", why) for one, other, probability, why in rows),
    )  # fmt: skip


def _run_in(path: Path) -> Run:
    from repatria.linkage.again import NoRun, parse_run

    try:
        return parse_run(path.read_bytes())
    except NoRun as error:
        do = "name a file that link tables --save wrote, or link without --again"
        raise Problems([Problem("link.run", path.name, str(error), do)]) from None


def _judged(labels: Path | None, stands: Mapping[Any, bool], reopened: int, found: Links) -> dict[str, Any]:
    """What became of what people had judged."""
    if labels is None:
        return {}
    links = sum(stands.values())
    scale = found.scale
    moved = None if scale is None else {"shift": round(scale.shift, 3), "slope": round(scale.slope, 3)}
    return {"judged_links": links, "judged_non_links": len(stands) - links, "reopened": reopened, "scale": moved}


@verb(app)
def spark(
    left: Annotated[str, typer.Argument(metavar="LEFT", help="CSV in UTF-8 or Parquet, wherever Spark can reach it.")],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="The other table.")],
    out: Out,
    one_to_one: Annotated[bool, typer.Option("--one-to-one", help="Each row has one partner at most.")] = False,
    least: Annotated[float, typer.Option("--least", metavar="P", help="Leave out pairs less probable.")] = LEAST,
    weights: Annotated[
        Path | None, typer.Option("--weights", metavar="FILE", help="Rules and weights that were saved, not learned.")
    ] = None,
    save_weights: Annotated[
        Path | None, typer.Option("--save-weights", metavar="FILE", help="Keep rules and weights; no cell is in them.")
    ] = None,
    maps: Columns = None,
    language: Code = "en",
) -> Said:
    """As link tables, on Spark: for more people than one machine holds. Needs Java, and the extra: repatria[scale].

    The same rows meet and the same pairs get the same scores. Weights are learned here, of all rows or of about a
    million drawn from each table; or they are those of --weights.

    Example: repatria link spark left right --out pairs.csv --one-to-one --save-weights weights.json
    """
    from repatria.cli.labelling import linked
    from repatria.cli.spark import link_there, weights_in

    if not 0 <= least <= 1:
        raise typer.BadParameter("--least lies between 0 and 1")
    files = Path(left), Path(right)
    apart({"--out": out, "--save-weights": save_weights}, [*files, weights])
    say = None if language == "en" else _language(language)
    known = None if weights is None else weights_in(weights)

    def meant(headings: Sequence[Sequence[str]]) -> dict[str, str]:
        return _meant(maps, [dict.fromkeys(each, ()) for each in headings], files)

    found = linked(lambda: link_there((left, right), meant, one_to_one, least, known, _step), files, weights)
    words = found.explanations(None if say is None else lambda stands: say.sentence(message(stands)).rstrip("."))
    rows = zip(found.left_ids, found.right_ids, found.probability.tolist(), words, strict=True)
    _step(f"writing {len(found.left_ids):,} pairs")
    write_bare(
        out, ("left_id", "right_id", "probability", "explanation"),
        ((one, other, f"{probability:.6f}", why) for one, other, probability, why in rows),
    )  # fmt: skip
    if save_weights is not None:
        from repatria.linkage.learned import format_learned

        write_whole(save_weights, format_learned(found.learned).encode())
    counts = {"left": found.rows[0], "right": found.rows[1], "pairs": len(found.left_ids)}
    return Said({**counts, **_learned(found.learned, found.compared, out)})


@verb(app)
def dedupe(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A CSV with the column id and what is compared.")],
    out: Out,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", metavar="FILE", help="Also the pairs, for link review: as link tables.")
    ] = None,
    labels: Labels = None,
    maps: Columns = None,
    language: Code = "en",
) -> Said:
    """Which rows of one table are one person: id, cluster_id. Each row stands in one cluster.

    Example: repatria link dedupe table.csv --out clusters.csv
    Example: repatria link dedupe table.csv --out clusters.csv --pairs pairs.csv --labels labels.csv
    """
    from repatria.cli.labelling import linked, standing_labels
    from repatria.linkage.tables import dedupe

    apart({"--out": out, "--pairs": pairs}, [table, labels])
    say = None if language == "en" else _language(language)
    notes: list[Problem] = []
    read = [read_columns(table, notes)]
    said = _meant(maps, read, (table,))
    stands, reopened = ({}, 0) if labels is None else standing_labels(labels, read, said, (table,))
    found = linked(lambda: dedupe(read[0], columns=said, labels=stands, step=_step), (table,))
    write_bare(out, ("id", "cluster_id"), zip(found.ids, found.cluster_ids, strict=True))
    if pairs is not None:
        _write_pairs(pairs, found.links, say)
    counts = {"rows": len(found.ids), "clusters": len(set(found.cluster_ids)), "in_clusters_of_several": found.doubled}
    judged = _judged(labels, stands, reopened, found.links)
    return Said({**counts, **judged, **_how(found.links, out), **_read_as(notes)})


@verb(app)
def evaluate(
    at: AtNode | None,
    pairs: Annotated[
        Path | None, typer.Argument(metavar="PAIRS", help="A CSV of left_id, right_id and probability.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="FILE", help="A CSV of left_id and right_id: who is who.")
    ] = None,
    left: Annotated[Path | None, typer.Option("--left", metavar="FILE", help="The left table, and --right.")] = None,
    right: Annotated[Path | None, typer.Option("--right", metavar="FILE", help="The right table.")] = None,
    threshold: Annotated[float, typer.Option("--threshold", metavar="P", help="From which a pair is linked.")] = LEAST,
    maps: Columns = None,
    of: Of = None,
) -> Said:
    """How good linked pairs are, where it is known who is who: precision, recall, calibration, the worst errors.

    Errors are told by ids and in words. With both tables: how many true pairs can be found at all, how fields stand.
    With --node instead of files: of an exchange's pairs those that reviewers have decided, against what they decided.

    Example: repatria link evaluate pairs.csv --truth truth.csv --left left.csv --right right.csv
    Example: repatria link evaluate --node south
    """
    from repatria.cli.labelling import linked
    from repatria.linkage.between import Between
    from repatria.linkage.evaluate import evaluate as measured

    if not 0 <= threshold <= 1:
        raise typer.BadParameter("--threshold lies between 0 and 1")
    if (left is None) != (right is None):
        raise typer.BadParameter("--left and --right go together")
    if at is not None:
        judged = decided(commands.judgements_on(at.given, asked(at, of)))
        rows = [(commands.row_text(one), commands.row_text(other), chance) for (one, other), chance, _ in judged]
        links = {row[:2] for row, (_, _, is_link) in zip(rows, judged, strict=True) if is_link}
        return Said(measured(rows, links, threshold).as_answer())
    if pairs is None or truth is None:
        raise typer.BadParameter("give PAIRS and --truth, or --node")
    told = _told(pairs, maps)
    true = {pair[:2] for pair in _told(truth, maps, ())}
    between = None
    if left is not None and right is not None:
        read = [read_columns(path) for path in (left, right)]
        said = _meant([each for each in maps or () if each.rpartition("=")[2].strip() not in PAIR], read, (left, right))
        between = linked(lambda: Between.of(read[0], read[1], said), (left, right))
        _step("meeting by rules")
    return Said(measured(told, true, threshold, between).as_answer())


PAIR = ("left_id", "right_id", "probability")


def _told(path: Path, maps: list[str] | None, numbers: Sequence[str] = PAIR[2:]) -> list[tuple[str, str, float]]:
    """The pairs in a file, each once.

    Raises:
        Problems: a column that is missing, pairs that stand twice, probabilities that are none.
    """
    read = read_columns(path)
    needed = (*PAIR[:2], *numbers)
    said = {column: name for column, name in mapped(maps or (), (*NAMES, *PAIR)).items() if name in PAIR}
    at = wanted({column: name for column, name in said.items() if column in read}, needed, list(read), path.name)
    columns = list(read.values())
    lefts, rights = (columns[at[name]] for name in PAIR[:2])
    chances = [_chance(text) for text in columns[at["probability"]]] if numbers else [1.0] * len(lefts)
    problems = []
    if bad := [row for row, chance in enumerate(chances, 2) if chance is None]:
        where, do = f"{path.name}, row {bad[0]}", "write a number from 0 to 1 in each row"
        problems.append(Problem("table.probability", where, f"{len(bad)} rows without a probability", do))
    if twice := len(lefts) - len(set(zip(lefts, rights, strict=True))):
        problems.append(Problem("table.pair.twice", path.name, f"{twice} pairs stand twice", "write each pair once"))
    if problems:
        raise Problems(problems)
    return [(one, other, chance or 0.0) for one, other, chance in zip(lefts, rights, chances, strict=True)]


def _chance(text: str) -> float | None:
    try:
        chance = float(text)
    except ValueError:
        return None
    return chance if 0 <= chance <= 1 else None


def _meant(
    maps: list[str] | None, read: Sequence[Mapping[str, Sequence[str]]], files: Sequence[Path]
) -> dict[str, str]:
    """What was said of columns; each must be in one of the tables."""
    said = mapped(maps or (), NAMES)
    absent = [column for column in said if not any(column in table for table in read)]
    if absent:
        where = " and ".join(path.name for path in files)
        do = "name a heading as it is written"
        raise Problems([Problem("table.column.unknown", where, f'no column "{column}"', do) for column in absent])
    return said


def _read_as(notes: Sequence[Problem]) -> dict[str, Any]:
    """How files were read that are not in UTF-8: the result is as right as that is."""
    return {"read_as": [f"{note.where}: {note.what}" for note in notes]} if notes else {}


def _how(found: Links, out: Path) -> dict[str, Any]:
    return _learned(found.learned, len(found.compared.left), out)


def _learned(learned: Learned, compared: int, out: Path) -> dict[str, Any]:
    return {
        "compared": compared,
        "columns": [
            {"column": weights.column, "same": round(float(weights.log_odds[0]), 1),
             "different": round(float(weights.log_odds[-2]), 1)}
            for weights in learned.model.weights
        ],
        "met_by": [" and ".join(rule) for rule in learned.rules],
        "file": out.name,
    }  # fmt: skip


def _step(what: str) -> None:
    if sys.stderr.isatty():
        print(what, file=sys.stderr, flush=True)
