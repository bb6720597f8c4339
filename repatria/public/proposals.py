"""A file of claims: proposals that a person goes through, and the same file once they are confirmed.

The file is TOML, so that who confirms can put right what was read wrongly before doing so: `[article]` says what was
read, and each `[[claim]]` has the fields that `claims read` shows, its number, and whether it is confirmed. How the
claims stand against each other is computed again whenever a file is read; what it says of that is not believed.

    >>> one = Claim("A", "", "north", "release", 300, "people of north", sentence="300 came home, A said.")
    >>> text = format_claims(Proposals({"title": "T"}, (Proposal(1, one),)))
    >>> parse_claims(text)[0].proposals[0].claim == one, parse_claims(text)[1]
    (True, [])
"""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from repatria.problem import Problem
from repatria.public.claims import CHANNELS, CONTENTS, CUES, QUALIFIERS, Claim, judged

LONGEST = 4_000  # characters of a field
CLAIMS_MOST = 2_000
FIELDS = {
    "speaker": str, "office": str, "side": str, "channel": str, "date_said": str, "date_meant": str, "cue": str,
    "content": str, "value": int | str, "unit": str, "qualifier": str, "sentence": str, "status": str, "outlet": str,
    "since": str, "scope": str, "number": int, "confirmed": bool,
}  # fmt: skip
_NAMED = {"date_said": "said_on", "date_meant": "meant"}
_ONE_OF = {"cue": CUES, "content": CONTENTS, "channel": ("", *CHANNELS), "qualifier": ("", *QUALIFIERS)}
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # what steers a screen or turns a line
ARTICLE = ("title", "published", "outlet", "language", "sha256", "confirmed_by")


@dataclass(frozen=True)
class Proposal:
    """A claim by its number in the file, and whether somebody has confirmed that it was read rightly."""

    number: int
    claim: Claim
    confirmed: bool = False


@dataclass(frozen=True)
class Proposals:
    """What a file of claims holds."""

    article: Mapping[str, str]
    proposals: tuple[Proposal, ...]

    @property
    def confirmed(self) -> list[Claim]:
        """The confirmed claims, each with its status against the other confirmed ones."""
        return judged([each.claim for each in self.proposals if each.confirmed])


HEAD = """\
# What was said, as it was read. Nothing here counts before somebody has confirmed it: look at each sentence, put right
# what was read wrongly, then `repatria claims confirm`. That a claim is confirmed means that it was said, and no more.
"""


def format_claims(found: Proposals) -> str:
    """The file as text."""
    lines = [HEAD, "[article]", *(f"{name} = {_toml(value)}" for name, value in found.article.items())]
    for each in found.proposals:
        lines += ["", "[[claim]]", f"number = {each.number}", f"confirmed = {_toml(each.confirmed)}"]
        values = {**each.claim.as_json(), "outlet": each.claim.outlet, "since": each.claim.since,
                  "scope": each.claim.scope}  # fmt: skip
        lines += [f"{name} = {_toml(value)}" for name, value in values.items() if value not in (None, "")]
    return "\n".join(lines) + "\n"


def parse_claims(text: str, where: str = "claims") -> tuple[Proposals, list[Problem]]:
    """The claims in such a file, or every problem in it."""
    none = Proposals({}, ())
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        do = "correct the syntax at that place, or write the file again with `claims read --out`"
        return none, [Problem("claims.toml", where, f"not TOML ({error})", do)]
    article, claims = raw.get("article", {}), raw.get("claim", [])
    if not isinstance(claims, list) or not isinstance(article, dict) or len(claims) > CLAIMS_MOST:
        do = "write the file again with `claims read --out`"
        return none, [Problem("claims.form", where, "not a file of claims", do)]
    problems = [problem for at, each in enumerate(claims, 1) for problem in _problems(f"{where}, claim {at}", each)]
    numbers = [each.get("number", at) for at, each in enumerate(claims, 1) if isinstance(each, dict)]
    if len(set(map(str, numbers))) != len(numbers):
        problems.append(Problem("claims.twice", where, "one number stands for two claims", "number each differently"))
    if problems:
        return none, problems
    told = {name: str(article[name])[:LONGEST] for name in ARTICLE if name in article}
    unseen = [name for name, value in told.items() if _has_unseen(value)]
    if unseen:
        return none, [
            Problem("claims.value", f"{where}, {name}", "with characters that are not seen", _do(name))
            for name in unseen
        ]
    return Proposals(told, tuple(_proposal(at, each) for at, each in enumerate(claims, 1))), []


def confirm(found: Proposals, numbers: frozenset[int] | None, who: str) -> tuple[Proposals, list[Problem]]:
    """The same with these claims confirmed by somebody, or all of them where no number is given."""
    known = {each.number for each in found.proposals}
    wrong = sorted((numbers or frozenset()) - known)
    if wrong:
        do = f"use numbers of the file: {min(known)} to {max(known)}" if known else "read an article first"
        what = "no claim of that number in the file"
        return found, [Problem("claims.number", str(number), what, do) for number in wrong]
    chosen = known if numbers is None else numbers
    kept = tuple(replace(each, confirmed=each.confirmed or each.number in chosen) for each in found.proposals)
    before = [name for name in found.article.get("confirmed_by", "").split(", ") if name and name != who]
    article = {**found.article, "confirmed_by": ", ".join([*before, who])}
    claims = iter(judged([each.claim for each in kept if each.confirmed]))
    return Proposals(article, tuple(replace(each, claim=next(claims)) for each in kept if each.confirmed)), []


def _problems(where: str, each: Any) -> list[Problem]:
    if not isinstance(each, dict):
        return [Problem("claims.form", where, "not a claim", "write it as in a file of `claims read --out`")]
    found = []
    for name, value in each.items():
        wanted = FIELDS.get(name)
        if wanted is None:
            found.append(Problem("claims.field", f"{where}, {name}", "no such field", "take it out"))
        elif not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            found.append(Problem("claims.value", f"{where}, {name}", "not a value of its kind", _do(name)))
        elif isinstance(value, str) and (len(value) > LONGEST or _has_unseen(value)):
            what = "too long, or with characters that are not seen"
            found.append(Problem("claims.value", f"{where}, {name}", what, _do(name)))
        elif isinstance(value, int) and not 0 <= value < 10**9:
            found.append(Problem("claims.value", f"{where}, {name}", "not a count of people or things", _do(name)))
        elif name in _ONE_OF and value not in _ONE_OF[name]:
            found.append(Problem("claims.value", f"{where}, {name}", "not one of its words", _do(name)))
        elif name in ("date_said", "date_meant", "since") and not _is_time(str(value)):
            what = "not a day, a month, a season or a year"
            found.append(Problem("claims.days", f"{where}, {name}", what, _do(name)))
    missing = [name for name in ("speaker", "content") if not each.get(name)]
    return found + [Problem("claims.field", where, f"without its {name}", f"give the {name}") for name in missing]


def _do(name: str) -> str:
    if name in _ONE_OF:
        return "use one of " + ", ".join(word for word in _ONE_OF[name] if word)
    if "date" in name or name == "since":
        return "write it such as 2025-12-31, 2025-12, 2025-24 (winter) or 2025"
    return "write it as `claims read --out` does"


def _has_unseen(text: str) -> bool:
    return any(unicodedata.category(c) in _UNSEEN for c in text)


def _is_time(text: str) -> bool:
    if len(text) == 10:
        try:
            return date.fromisoformat(text).isoformat() == text
        except ValueError:
            return False
    if len(text) == 7 and text[5:].isdigit() and 21 <= int(text[5:]) <= 24:
        return text[:4].isdigit() and text[4] == "-"
    try:
        return datetime.strptime(text, {4: "%Y", 7: "%Y-%m"}.get(len(text), "")) is not None and len(text) in (4, 7)
    except ValueError:
        return False


def _proposal(at: int, each: Mapping[str, Any]) -> Proposal:
    values = {_NAMED.get(name, name): value for name, value in each.items()}
    number, confirmed = values.pop("number", at), values.pop("confirmed", False)
    values.pop("status", None)
    return Proposal(number, Claim(**{"office": "", "side": "", **values}), confirmed)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
