"""The reconciliation page: one round on one page, in plain HTML that reads on a phone, in print and aloud.

No script, no outside file but its own style sheet, and a content policy that allows nothing else. Every word comes
from `words`, every value is escaped, and nothing in it is a person's: no name, no date of birth, no number.

    >>> "<script" in index(Figures(), Words(), "0.1.0") or "style=" in index(Figures(), Words(), "0.1.0")
    False
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape

from repatria.deal.classes import REMAINS
from repatria.report.svg import balance
from repatria.report.tables import COUNTED, DIFFERENCES, Figures, Place
from repatria.report.words import Words

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
STATE_ORDER = (
    "received", "not-going", "withheld", "absent", "substituted", "unconfirmed", "withdrawn", "listed", "right-out",
    "released",
)  # fmt: skip
VERIFY = "repatria verify LEDGER --vkeys FILE"
EXPLAIN = "repatria plan explain NODE NUMBER"


def index(figures: Figures, words: Words, version: str, files: Sequence[str] = ()) -> str:
    """The whole page. `files` are named at its end, as files beside it."""
    say = words.say
    title = say("title", round=figures.round or "-")
    sections = [
        _head(figures, words),
        _round(figures, words),
        _balance(figures, words),
        _states(figures, words),
        _record(figures, words),
        _ledger(figures, words),
    ]
    links = " ".join(f'<a href="{escape(name)}">{escape(name)}</a>' for name in files)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{words.language}" dir="{words.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="robots" content="noindex">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title>",
            '<link rel="stylesheet" href="report.css">',
            "</head>",
            "<body>",
            "<main>",
            *sections,
            "</main>",
            "<footer>",
            *([f"<p>{escape(say('files'))} {links}</p>"] if links else []),
            f"<p>{escape(say('made', version=version))}</p>",
            "</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


# --- the top of the page --------------------------------------------------------------------------------------------


def _head(figures: Figures, words: Words) -> str:
    say = words.say
    received = sum(each.people for each in figures.accounts if each.state == "received" and each.account != REMAINS)
    if received:
        headline = words.count("headline", received, round=figures.round)
    else:
        headline = say("headline.early", round=figures.round) if figures.round else say("headline.none")
    facts = [say(f"status.{figures.status}")]
    if figures.as_of:
        facts.append(say("as_of", day=figures.as_of[:10]))
    if figures.target_date:
        facts.append(say("target", day=figures.target_date))
    return "\n".join(
        [
            "<header>",
            f'<p class="kicker">{escape(say("kicker"))}</p>',
            f"<h1>{escape(headline)}</h1>",
            f'<p class="facts">{escape(" · ".join(facts))}</p>',
            _verdict(figures, words),
            _directions(figures, words),
            f'<p class="audience">{escape(say("audience"))}</p>',
            "</header>",
        ]
    )


def _verdict(figures: Figures, words: Words) -> str:
    if figures.yes:
        text = words.say(
            "verdict.yes.text", checks=words.number(len(figures.checks)), size=words.number(figures.size)
        )
    else:
        text = words.count("verdict.no.text", max(1, figures.problems))
    name = "yes" if figures.yes else "no"
    return (
        f'<p class="verdict {name}"><strong>{escape(words.say(f"verdict.{name}"))}.</strong> {escape(text)}</p>'
    )


def _directions(figures: Figures, words: Words) -> str:
    parts = ['<div class="directions">']
    for each in figures.directions:
        total = words.say("received_of", total=words.number(each.total))
        lines = [
            "<section>",
            f"<h2>{escape(_direction(each.holder, each.to, words))}</h2>",
            f'<p class="figure">{words.number(each.received)}</p>',
            f"<p>{escape(total)}</p>",
        ]
        if each.offered:
            lines.append(f"<p>{escape(words.count('offered', each.offered))}</p>")
        if each.outside:
            outside = words.count("outside_received", each.outside_received, total=words.number(each.outside))
            lines.append(f"<p>{escape(outside)}</p>")
        parts += [*lines, "</section>"]
    return "\n".join([*parts, "</div>"]) if figures.directions else ""


# --- the round in one table -----------------------------------------------------------------------------------------


def _round(figures: Figures, words: Words) -> str:
    say = words.say
    if not figures.places:
        return _section("round", say("round.title"), [_p(say("round.none"))])
    heads = ["direction", *COUNTED, "differences"]
    rows = [f'<thead><tr role="row">{"".join(_th(say(f"column.{name}"), "col") for name in heads)}</tr></thead>']
    spot = None
    for place in figures.places:
        if (place.stage, place.place) != spot:
            if spot is not None:
                rows.append("</tbody>")
            spot = place.stage, place.place
            rows += ["<tbody>", _place_head(place, words, len(heads))]
        rows.append(_place_row(place, words))
    rows.append("</tbody>")
    if figures.totals:
        rows += ['<tbody class="total">', _group(say("total"), "", len(heads))]
        rows += [_place_row(total, words) for total in figures.totals]
        rows.append("</tbody>")
    table = "\n".join(['<table class="round" role="table">', *rows, "</table>"])
    differences = [name for name in DIFFERENCES if any(getattr(place, name) for place in figures.places)]
    meanings = [("state.not-going", "meaning.not_going")]
    meanings += [(f"state.{name}", f"meaning.{name}") for name in differences if words.known(f"meaning.{name}")]
    terms = "".join(f"<dt>{escape(say(term))}</dt><dd>{escape(say(key))}</dd>" for term, key in meanings)
    return _section(
        "round", say("round.title"),
        [_p(say("round.lead")), table, f'<p class="note">{escape(say("round.note"))}</p>',
         f"<h3>{escape(say('terms.title'))}</h3>", f"<dl>{terms}</dl>"],
    )  # fmt: skip


def _place_head(place: Place, words: Words, columns: int) -> str:
    title = f"{words.say('stage', stage=place.stage)} · {place.date} · {place.place}"
    return _group(title, words.say(f"place.{place.status}"), columns)


def _group(title: str, status: str, columns: int) -> str:
    status = f' <span class="status">{escape(status)}</span>' if status else ""
    return (
        f'<tr class="group" role="row"><th colspan="{columns}" scope="colgroup" role="columnheader">'
        f"{escape(title)}{status}</th></tr>"
    )


def _place_row(place: Place, words: Words) -> str:
    cells = [f'<th scope="row" role="rowheader">{escape(_short(place, words))}</th>']
    for name in COUNTED:
        shown = "–" if place.status == "planned" and name != "agreed" else words.number(getattr(place, name))
        cells.append(_td(shown, words.say(f"column.{name}"), "n"))
    cells.append(_td(_differences(place, words), words.say("column.differences"), "difference"))
    return f'<tr role="row">{"".join(cells)}</tr>'


def _differences(place: Place, words: Words) -> str:
    if place.status == "planned":
        return words.say("not_yet")
    found = [words.count(f"difference.{name}", n) for name in DIFFERENCES if (n := getattr(place, name))]
    return ", ".join(found) or words.say("no_difference")


# --- the balance ----------------------------------------------------------------------------------------------------


def _balance(figures: Figures, words: Words) -> str:
    say = words.say
    if not figures.leads:
        return _section("ahead", say("balance.title"), [_p(say("balance.none"))])
    factors = dict(figures.factors)
    if set(factors.values()) == {1}:
        unit = say("balance.unit.people")
    else:
        steps = ", ".join(
            say("balance.step", holder=holder, factor=words.number(factor)) for holder, factor in figures.factors
        )
        people = words.count("people", figures.bound_people)
        unit = say("balance.unit.steps", steps=steps, people=people, bound=words.number(figures.bound))
    chart = [
        f'<div class="wide">{balance(figures, words, 720)}</div>',
        f'<div class="narrow">{balance(figures, words, 330)}</div>',
    ]
    return _section(
        "ahead", say("balance.title"),
        [_p(f"{say('balance.lead')} {unit}"), *chart, f"<h3>{escape(say('balance.table'))}</h3>",
         _leads(figures, words)],
    )  # fmt: skip


def _leads(figures: Figures, words: Words) -> str:
    """Each stage with a row per party under it."""
    heads = [(words.say(f"column.{name}"), name in ("most", "end")) for name in ("stage", "party", "most", "end")]
    head = "".join(_th(name, "col", "n" if right else "") for name, right in heads)
    rows = []
    for lead in figures.stage_leads:
        label = f'{escape(lead.stage)} · <span class="day">{escape(lead.date)}</span>'
        stage = f'<th scope="rowgroup" role="rowheader" rowspan="{len(lead.most)}">{label}</th>'
        for side, most in lead.most:
            cells = [side, words.number(most), _lead(dict(lead.end)[side], words)]
            shown = "".join(
                _td(cell, name, "n" if right else "") for cell, (name, right) in zip(cells, heads[1:], strict=True)
            )
            rows.append(f'<tr role="row">{stage}{shown}</tr>')
            stage = ""
    lines = ['<table class="leads" role="table">', f'<thead><tr role="row">{head}</tr></thead>', "<tbody>", *rows]
    return "\n".join([*lines, "</tbody>", "</table>"])


def _lead(n: int, words: Words) -> str:
    if n == 0:
        return words.say("even")
    return words.number(n) if n > 0 else words.count("behind", -n)


# --- final states ---------------------------------------------------------------------------------------------------


def _states(figures: Figures, words: Words) -> str:
    say = words.say
    if not figures.accounts:
        return _section("states", say("states.title"), [_p(say("states.none"))])
    people: Counter[tuple[str, str]] = Counter()
    for account in figures.accounts:
        if account.account != REMAINS:
            people[account.holder, account.state] += account.people
    known = [state for state in STATE_ORDER if any(s == state for _, s in people)]
    heads = [say("column.state"), *(say("column.held", holder=holder) for holder in figures.parties), say("column.all")]
    rows = []
    for state in known:
        counts = [people.get((holder, state), 0) for holder in figures.parties]
        rows.append([say(f"state.{state}"), *(words.number(n) for n in (*counts, sum(counts)))])
    sums = [sum(n for (holder, _), n in people.items() if holder == party) for party in figures.parties]
    last = [say("column.all"), *(words.number(n) for n in (*sums, sum(sums)))]
    parts = [_p(say("states.lead")), _table(heads, rows, range(1, 4), last)]
    if figures.remains:
        parts += [f"<h3>{escape(say('remains.title'))}</h3>", _p(say("remains.lead"))]
        parts.append(_list(say("remains.line", **asdict(each)) for each in figures.remains))
    return _section("states", say("states.title"), parts)


# --- on the record --------------------------------------------------------------------------------------------------


def _record(figures: Figures, words: Words) -> str:
    say = words.say
    parts = [_p(say("record.lead"))]
    parts += [f"<h3>{escape(say('breaches.title'))}</h3>"]
    breaches: dict[str, list[str]] = {}
    for each in figures.breaches:
        key = f"breach.{each.name}" if words.known(f"breach.{each.name}") else "breach.other"
        breaches.setdefault(each.member, []).append(words.count(key, each.count, name=each.name))
    items = "".join(
        f"<dt>{escape(member)}</dt>" + "".join(f"<dd>{escape(text)}</dd>" for text in texts)
        for member, texts in sorted(breaches.items())
    )
    parts.append(f"<dl>{items}</dl>" if items else _p(say("breaches.none")))
    parts.append(f"<h3>{escape(say('pauses.title'))}</h3>")
    parts.append(
        _list(
            say("pause.over" if pause.until else "pause.running", by=pause.by, since=pause.since, until=pause.until)
            for pause in figures.pauses
        )
        or _p(say("pauses.none"))
    )
    parts.append(f"<h3>{escape(say('disputes.title'))}</h3>")
    disputes = (
        say(
            "dispute.settled" if each.until else "dispute.open", member=each.member, name=each.name, since=each.since,
            until=each.until, outcome=words.or_else(f"outcome.{each.outcome}", each.outcome),
        )
        for each in figures.disputes
    )  # fmt: skip
    parts.append(_list(disputes) or _p(say("disputes.none")))
    parts.append(f"<h3>{escape(say('papers.title'))}</h3>")
    if figures.papers:
        heads = [say(f"column.{name}") for name in ("member", "act", "entered", "day")]
        rows = [[p.member, words.or_else(f"act.{p.kind}", p.kind), ", ".join(p.by), p.day] for p in figures.papers]
        parts += [_p(say("papers.lead")), _table(heads, rows)]
    else:
        parts.append(_p(say("papers.none")))
    parts.append(f"<h3>{escape(say('refused.title'))}</h3>")
    if figures.refused:
        heads = [say("column.rule"), say("column.entries"), say("column.meaning")]
        rows = [
            [each.name, words.number(each.count), words.or_else(f"rule.{each.name.partition('.')[0]}", "")]
            for each in figures.refused
        ]
        parts += [_p(say("refused.lead")), _table(heads, rows, [1])]
    else:
        parts.append(_p(say("refused.none")))
    return _section("record", say("record.title"), parts)


# --- the ledger -----------------------------------------------------------------------------------------------------


def _ledger(figures: Figures, words: Words) -> str:
    say = words.say
    cosigned = _list(f"{each.name}, {each.time}" for each in figures.cosigners) or escape(say("ledger.nobody"))
    members = _list(
        say(f"members.{name}", names=", ".join(names))
        for name, names in (
            ("parties", figures.parties), ("mediators", figures.mediators), ("neutrals", figures.neutrals),
        )
        if names
    )  # fmt: skip
    facts = [
        ("ledger.origin", f"<code>{escape(figures.origin)}</code>"),
        ("ledger.exchange", f"<code>{escape(figures.exchange)}</code>"),
        ("ledger.members", members),
        ("ledger.size", words.number(figures.size)),
        ("ledger.root", f"<code>{escape(figures.root)}</code>"),
        ("ledger.cosigned", cosigned),
    ]
    answers = {True: "yes", False: "no", None: "unasked"}
    heads = [say(f"column.{name}") for name in ("check", "holds", "checked")]
    checks = [
        [words.or_else(f"check.{check.name}", check.name), say(answers[check.ok]), check.what]
        for check in figures.checks
    ]
    parts = [
        "<dl>" + "".join(f"<dt>{escape(say(key))}</dt><dd>{value}</dd>" for key, value in facts) + "</dl>",
        f"<h3>{escape(say('verify.title'))}</h3>",
        _p(say("verify.lead")),
        f"<pre><code>{escape(VERIFY)}</code></pre>",
        f"<p>{escape(say('verify.person', command='@')).replace('@', f'<code>{escape(EXPLAIN)}</code>')}</p>",
    ]
    if checks:
        parts += [f"<h3>{escape(say('checks.title'))}</h3>", _table(heads, checks, css="checks")]
    if figures.notes:
        parts += [f"<h3>{escape(say('notes.title'))}</h3>", _list(figures.notes)]
    return _section("ledger", say("ledger.title"), parts)


# --- under it -------------------------------------------------------------------------------------------------------


def _section(name: str, title: str, parts: Iterable[str]) -> str:
    return "\n".join([f'<section id="{name}">', f"<h2>{escape(title)}</h2>", *parts, "</section>"])


def _direction(holder: str, to: str, words: Words) -> str:
    return words.say("direction", holder=holder, to=to)


def _short(place: Place, words: Words) -> str:
    return words.say("direction.short", holder=place.holder, to=place.to)


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else ""


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Iterable[int] = (), last: Sequence[str] = (),
    css: str = "plain",
) -> str:  # fmt: skip
    """A table whose first column heads its rows; `numbers` are the columns of figures."""
    right = set(numbers)

    def row(cells: Sequence[str]) -> str:
        first, *others = cells
        parts = [f'<th scope="row" role="rowheader">{escape(first)}</th>']
        parts += [_td(cell, heads[at], "n" if at in right else "") for at, cell in enumerate(others, 1)]
        return f'<tr role="row">{"".join(parts)}</tr>'

    head = "".join(_th(name, "col", "n" if at in right else "") for at, name in enumerate(heads))
    lines = [f'<table class="{css}" role="table">', f'<thead><tr role="row">{head}</tr></thead>', "<tbody>"]
    lines += [row(cells) for cells in rows]
    lines.append("</tbody>")
    if last:
        lines += ['<tbody class="total">', row(last), "</tbody>"]
    return "\n".join([*lines, "</table>"])


def _th(text: str, scope: str, css: str = "") -> str:
    name = f' class="{css}"' if css else ""
    return f'<th scope="{scope}" role="columnheader"{name}>{escape(text)}</th>'


def _td(text: str, label: str, css: str) -> str:
    name = f' class="{css}"' if css else ""
    return f'<td role="cell"{name} data-label="{escape(label)}">{escape(text)}</td>'
