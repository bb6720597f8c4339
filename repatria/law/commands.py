"""What is asked of the law: what an article asks, what checks say of given facts and of the exchange as it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repatria.deal.commands.known import TOLD, known_here
from repatria.exchange.authority import NEUTRAL
from repatria.exchange.commands import By
from repatria.exchange.state import State
from repatria.law.article import ARTICLES
from repatria.law.book import LAW
from repatria.law.check import Finding, tell
from repatria.law.facts import read_facts
from repatria.law.figures import Figures
from repatria.law.limits import LIMITS
from repatria.law.review import Review, review
from repatria.law.sources import LEDGER, SOURCES
from repatria.law.sources import NEUTRAL as NEUTRAL_ALONE
from repatria.law.standing import subjects
from repatria.ledger.canonical import digest, encode
from repatria.office import Given, Outcome
from repatria.problem import Problem


def show_article(cites: str, figures: Figures, case_counts: Mapping[str, int]) -> dict[str, Any] | list[Problem]:
    """The checks of an article and of its paragraphs, their figures and cases, and what no check can tell."""
    wanted = " ".join(cites.split()).casefold()
    articles = [each for each in ARTICLES.values() if _covers(wanted, each.id)]
    if not articles:
        do = "use one of " + ", ".join(ARTICLES)
        return [Problem("law.article", cites.strip() or "article", "no check cites it", do)]
    checks = {check.code: check for each in articles for check in LAW.citing(each.id)}
    used = dict.fromkeys(name for check in checks.values() for name in check.figures)
    return {
        "articles": [
            {"article": each.id, "about": each.about, "read_in": each.read_in or "nowhere yet"} for each in articles
        ],
        "quotations": [
            {"": f'{each.id}: "{each.quotation}"'} for each in articles if each.quotation is not None
        ],
        "checks": [
            {
                "check": check.code,
                "effect": check.effect,
                "about": check.about,
                "cases": case_counts.get(check.code, 0),
                "asks": tell(check.asks, None, figures),
            }
            for check in checks.values()
        ],
        "figures": [
            {"figure": name, "value": figures[name].value, "unit": figures[name].unit, "source": figures[name].source}
            for name in used
        ],
        "cannot_be_checked": [
            {"article": limit.article, "what": limit.what, "why": limit.why}
            for limit in LIMITS
            if _covers(wanted, limit.article)
        ],
        "note": "what each check asks is paraphrase; the quotation is the treaty's",
    }


def check_facts(text: str, where: str, figures: Figures) -> tuple[list[Finding], list[Problem]]:
    """What every check about their subject says of facts in JSON, or every problem of the facts."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [], [Problem("law.fact.form", where, f"not JSON ({error})", "correct the syntax at that place")]
    facts, problems = read_facts(raw, where)
    return ([], problems) if problems else (LAW.examine(facts, figures, where), [])


def review_law(state: State, given: Given, member: str, figures: Figures) -> Review:
    """What every check says of the exchange as it stands, with what this node holds and was told."""
    known = known_here(state, given, member)
    return review(subjects(state, given.attachment, known), figures, known.role)


@dataclass(frozen=True)
class Tell:
    by: By
    text: str
    where: str


def tell_facts(state: State, request: Tell, given: Given) -> Outcome | list[Problem]:
    """Keep in this node what nobody's record holds: of one subject, or of every one of its kind (`of` = "*").

    What the ledger says cannot be told otherwise, and what is for the neutral alone no other node takes.
    """
    try:
        raw = json.loads(request.text)
    except (ValueError, RecursionError) as error:
        return [Problem("law.fact.form", request.where, f"not JSON ({error})", "correct the syntax at that place")]
    role = str(state.members[request.by.member].role) if request.by.member in state.members else ""
    problems: list[Problem] = []
    documents: dict[str, bytes] = {}
    for at, each in enumerate(raw if isinstance(raw, list) else [raw], 1):
        where = f"{request.where}, {at}"
        if not isinstance(each, dict) or set(each) != {"about", "of", "facts"} or not isinstance(each["of"], str):
            do = 'write {"about": "stage", "of": "s1", "facts": {...}}, or a list of such'
            problems.append(Problem("law.fact.form", where, "not an object with exactly about, of and facts", do))
            continue
        facts, wrong = read_facts({"about": each["about"], "facts": each["facts"]}, where)
        problems += wrong
        for name in facts.values:
            kind = SOURCES[facts.about, name].kind
            if kind == LEDGER:
                do = f"leave it out: it is read off {SOURCES[facts.about, name].how}"
                problems.append(Problem("law.told.ledger", f"{where}, {name}", "the ledger says this already", do))
            elif kind == NEUTRAL_ALONE and role != NEUTRAL:
                do = "take it out, and destroy what it was written on: only the neutral's own node keeps it"
                problems.append(
                    Problem("law.told.neutral", f"{where}, {name}", "for nobody but the neutral to know", do,
                            "Non-refoulement")
                )  # fmt: skip
        name = digest(encode([facts.about, each["of"]]))
        kept = json.loads(given.document(f"{TOLD}{name}") or b"{}").get("facts", {})
        whole = {**kept, **each["facts"]} if not wrong else {}
        documents[f"{TOLD}{name}"] = json.dumps({"about": facts.about, "of": each["of"], "facts": whole}).encode()
    if problems:
        return problems
    return Outcome(documents=documents, answer={"told": len(documents)})


def told(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as rows: the article, the check, what was found, and in words why."""
    return [
        {
            "article": finding.check.cites,
            "check": finding.check.code,
            "found": finding.answer,
            "in_words": finding.problem.what if finding.problem else "",
        }
        for finding in findings
    ]


def _covers(wanted: str, id: str) -> bool:
    """Whether an asked article is this one, or the whole of which this is a paragraph."""
    own = id.casefold()
    return own == wanted or own.startswith((f"{wanted}(", f"{wanted} annex"))
