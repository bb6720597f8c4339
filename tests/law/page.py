"""Writes docs/law.md and repatria/law/cases.toml from the checks and their cases: `make law`.

    python -m tests.law.page
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from repatria.files.law import figures as shipped_figures
from repatria.law.annex1 import RULES
from repatria.law.article import ARTICLES, INSTRUMENTS, Article
from repatria.law.book import LAW
from repatria.law.check import Check, tell
from repatria.law.facts import FACTS, SUBJECTS
from repatria.law.figures import Figures
from repatria.law.limits import LIMITS
from repatria.law.sources import LEDGER, NEUTRAL, RECORDS, SOURCES, TOLD
from tests.law.cases import Case, all_cases

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "law.md"
COUNTS = ROOT / "repatria" / "law" / "cases.toml"

_INTRO = """# The law, article by article

This page is generated from `repatria/law/` and `tests/law/*.yaml` by `make law`; a test fails when it is behind.

Each article below stands with the checks that cite it and the cases that each check is tried on. A check **stops**
what was asked for, or **warns** and lets it go on. It answers in one of three ways: what was asked complies, it does
not, or the facts do not say; then the officer is told what to find out, and a check that stops does not let an
unknown pass. What a check asks and tells is **paraphrase**. Only what stands as a quotation is the treaty's own
text, with where it was read.

A lawyer may edit the cases and the figures without reading code: `tests/law/*.yaml`, `repatria/law/figures.toml`.
On the command line, `repatria law show "GC III 119"` shows one article, `repatria law check facts.json` tries every
check on given facts, `repatria terms check terms.toml` tries those about terms on a file of terms, and
`repatria law review NODE` tries all of them on the exchange as it stands. What stops there also holds back the
signature under a list or a plan, and the opening of a stage.
"""


def page(cases: list[Case], figures: Figures) -> str:
    """The whole page."""
    by_check: dict[str, list[Case]] = {}
    for case in cases:
        by_check.setdefault(case.code, []).append(case)
    effects = Counter(check.effect for check in LAW.checks.values())
    counted = (
        f"{len(LAW.checks)} checks ({effects['stop']} stop, {effects['warn']} warn), {len(cases)} cases,"
        f" {len(ARTICLES)} articles, {len(FACTS)} facts, {len(figures)} figures; {len(LIMITS)} things that no check"
        " can tell.\n"
    )
    parts = [_INTRO, counted, *_not_read(figures)]
    for short, name in INSTRUMENTS.items():
        parts.append(f"## {name}\n")
        own = [each for each in ARTICLES.values() if each.instrument == name]
        for article in own:
            parts += _article(article, by_check, figures)
        if short == "GC III":
            parts += _annex()
    parts += _figures(figures) + _facts()
    return "\n".join(parts)


def counts(cases: list[Case]) -> str:
    """The number of cases of each check, as TOML."""
    counted = Counter(case.code.removeprefix("law.") for case in cases)
    lines = [f"{code.removeprefix('law.')} = {counted[code.removeprefix('law.')]}" for code in LAW.checks]
    return "# How many cases of tests/law each check has. Written by `make law`.\n" + "\n".join(lines) + "\n"


def _not_read(figures: Figures) -> list[str]:
    unread = [each.id for each in ARTICLES.values() if each.read_in is None]
    rules = [f"Annex I {rule.paragraph} ({rule.condition})" for rule in RULES.values() if not rule.read]
    numbers = [f"{each.value} {each.unit} ({each.source})" for each in figures.values() if not each.read]
    return [
        "## Not yet read against the text\n",
        "The checks under these articles follow this project's summary of them; the treaty's own text was not read"
        " beside the code. A lawyer should read them first.\n",
        f"- articles: {', '.join(unread)}",
        f"- rows of the Annex I table: {'; '.join(rules)}",
        f"- figures: {'; '.join(numbers)}\n",
    ]


def _article(article: Article, by_check: dict[str, list[Case]], figures: Figures) -> list[str]:
    parts = [f"### {article.id}\n", f"{article.about}.\n"]
    if article.quotation:
        parts.append(f"> {article.quotation}\n>\n> Read in: {article.read_in}\n")
    else:
        parts.append(f"Not quoted here; read in: {article.read_in or 'nowhere yet'}.\n")
    for check in LAW.checks.values():
        if check.articles[0] == article:
            parts += _check(check, by_check.get(check.code, []), figures)
        elif article in check.articles:
            parts.append(f"Also: `{check.code}`, under {check.articles[0].id}.\n")
    limits = [limit for limit in LIMITS if limit.article == article.id]
    if limits:
        parts.append("What no check can tell:\n")
        parts += [f"- {limit.what}: {limit.why}" for limit in limits] + [""]
    return parts


def _check(check: Check, cases: list[Case], figures: Figures) -> list[str]:
    breach = "; a finding is also a breach to record" if check.breach else ""
    held = f" The parser of terms refuses it too, as `{check.parser}`." if check.parser else ""
    return [
        f"**`{check.code}`** {check.effect}s; about {SUBJECTS[check.about]}{breach}. Cites {check.cites}.\n",
        f"- asks: {tell(check.asks, None, figures)}",
        f"- otherwise says: {_open(check.wrong, figures)}. {_sentence(_open(check.do, figures))}.{held}",
        f"- reads: {', '.join(f'`{name}`' for name in check.reads)}"
        + (f"; figures: {', '.join(f'`{name}`' for name in check.figures)}" if check.figures else ""),
        "",
        "| case | finds |",
        "|---|---|",
        *(f"| {case.case} | {case.answer} |" for case in cases),
        "",
    ]


def _open(text: str, figures: Figures) -> str:
    """The text with its figures filled in and its facts left open."""
    return text.format_map(_Braces({name: figure.value for name, figure in figures.items()}))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Braces(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"({name})"


def _annex() -> list[str]:
    return [
        "#### The table of Annex I\n",
        "| condition | paragraph | means | in our words | read |",
        "|---|---|---|---|---|",
        *(
            f"| `{rule.condition}` | {rule.paragraph} | {rule.means} | {rule.says} | {'yes' if rule.read else 'no'} |"
            for rule in RULES.values()
        ),
        "",
    ]


def _figures(figures: Figures) -> list[str]:
    return [
        "## Figures\n",
        "| figure | value | article | source | read |",
        "|---|---|---|---|---|",
        *(
            f"| `{each.name}` | {each.value} {each.unit} | {each.article} | {each.source} |"
            f" {'yes' if each.read else 'no'} |"
            for each in figures.values()
        ),
        "",
    ]


def _facts() -> list[str]:
    kinds = Counter(source.kind for source in SOURCES.values())
    parts = [
        "## Facts\n",
        "A fact that is left out, or null, is not known. Where the exchange as it stands is reviewed"
        " (`repatria law review`), each fact comes from one place: the *ledger*, which every member has; a node's own"
        " sealed *records*; what an officer has *told* the node (`repatria law tell`); or what was told in the"
        " *neutral*'s own node, which no other node takes or asks. Of the records and of the ledger nothing is told"
        f" otherwise. {kinds[LEDGER]} come from the ledger, {kinds[RECORDS]} from records, {kinds[TOLD]} are told,"
        f" {kinds[NEUTRAL]} are the neutral's alone.\n",
    ]
    for subject, words in SUBJECTS.items():
        parts += [f"### {subject}: {words}\n", "| fact | kind | meaning | from | how |", "|---|---|---|---|---|"]
        for fact in FACTS.values():
            if subject in fact.about:
                kind = f"{fact.kind}: {', '.join(fact.choices)}" if fact.choices else fact.kind
                source = SOURCES[subject, fact.name]
                parts.append(f"| `{fact.name}` | {kind} | {fact.meaning} | {source.kind} | {source.how} |")
        parts.append("")
    return parts


def main() -> None:
    cases, wrong = all_cases()
    if wrong:
        raise SystemExit("\n".join(wrong))
    PAGE.write_text(page(cases, shipped_figures()), encoding="utf-8")
    COUNTS.write_text(counts(cases), encoding="utf-8")


if __name__ == "__main__":
    main()
