"""Which pairs of records to look at: by service number, or by name and birth date.

Rules:

- A pair becomes a candidate by an equal service number, or by equal family and given name keys with birth
  dates that can be one day. Where a birth date is unknown, the father's name must be known in both and agree.
  A name alone never makes a candidate. Who has one name, and the same one in both, needs a known birth date.
- `sure` asks for more than one thing to agree and nothing to differ. Without a number it asks for a third thing
  beside name and birth date (father's name, unit or day of capture): of thousands, two share name and birthday.
  The same service number on records whose names or birth dates differ is `possible` only: numbers are mistyped,
  and stolen.
- A candidate is `contested` where another candidate names the same sought or the same held row. Of two people
  who fit, neither is sure.
- What the rules find is weighed, and what they miss is found, in propose.py.
- A candidate is not a link: see judgement.py. A pair that a person judged a non-link does not come back.
- The answer does not depend on the order of the rows.

    >>> held = [Record(4, {"service_number": "AB-123456", "family_name": "Kovalenko", "given_names": "Sergey"})]
    >>> sought = [Record(9, {"service_number": "ab123456", "family_name": "Коваленко", "given_names": "Сергій"})]
    >>> (link,) = candidate_links(held, sought)
    >>> link.sought_row, link.held_row, link.rule, link.grade, link.contested
    (9, 4, 'service_number', 'sure', False)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from repatria.linkage.compare import Agreement, Evidence, Keys, Record, compare_keys, keys_of
from repatria.linkage.judgement import Judgement, standing
from repatria.linkage.kinds import Stands

Rule = Literal["service_number", "name_and_birth_date", "name_and_possible_birth_date", "evidence"]
Grade = Literal["sure", "possible"]


@dataclass(frozen=True)
class Candidate:
    """A pair for a person to judge: the rule that found it, the evidence in words, and how far it goes.

    `probability`, where it was weighed (propose.py): that the two are one person; `found` is the same before the
    reviewers' own words were learned from. `second`: the stakes ask for two reviewers (review.py).
    """

    sought_row: int
    held_row: int
    rule: Rule
    evidence: tuple[Evidence, ...]
    grade: Grade
    contested: bool
    probability: float | None = None
    found: float | None = None
    second: bool = False
    stands: tuple[Stands, ...] = ()


def candidate_links(
    held: Sequence[Record], sought: Sequence[Record], judgements: Iterable[Judgement] = ()
) -> list[Candidate]:
    """Every pair that a rule finds, less the judged non-links, by sought row and held row."""
    sought_keys = {record.row: keys_of(record) for record in sought}
    held_keys = {record.row: keys_of(record) for record in held}
    if len(sought_keys) != len(sought) or len(held_keys) != len(held):
        raise ValueError("two records of one register have the same row")
    pairs = _pairs(sought_keys.values(), held_keys.values())
    verdicts = standing(judgements)
    kept = sorted(pair for pair in pairs if not (pair in verdicts and verdicts[pair].verdict == "non_link"))
    per_sought = Counter(sought_row for sought_row, _ in kept)
    per_held = Counter(held_row for _, held_row in kept)
    candidates = []
    for sought_row, held_row in kept:
        one, other = sought_keys[sought_row], held_keys[held_row]
        evidence = compare_keys(one, other)
        stands = {item.field: item.agreement for item in evidence}
        rule = _rule(stands)
        candidates.append(
            Candidate(
                sought_row,
                held_row,
                rule,
                evidence,
                "possible" if one.mixed or other.mixed else _grade(rule, stands),
                per_sought[sought_row] > 1 or per_held[held_row] > 1,
            )
        )
    return candidates


def _pairs(sought: Iterable[Keys], held: Iterable[Keys]) -> set[tuple[int, int]]:
    by_number: dict[str, list[int]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[Keys]] = defaultdict(list)
    for keys in held:
        if keys.number:
            by_number[keys.number].append(keys.row)
        if keys.family or keys.given:
            by_name[keys.family, keys.given].append(keys)
    pairs: set[tuple[int, int]] = set()
    for keys in sought:
        pairs.update((keys.row, row) for row in by_number.get(keys.number, ()))
        for other in by_name.get((keys.family, keys.given), ()):
            if keys.birth and other.birth:
                meets = keys.birth.may_equal(other.birth)
            else:
                meets = bool(keys.family and keys.given and keys.father) and keys.father == other.father
            if meets:
                pairs.add((keys.row, other.row))
    return pairs


def _rule(stands: dict[str, Agreement]) -> Rule:
    if stands["service_number"] == "agrees":
        return "service_number"
    return "name_and_birth_date" if stands["date_of_birth"] == "agrees" else "name_and_possible_birth_date"


def _grade(rule: Rule, stands: dict[str, Agreement]) -> Grade:
    identity = ("service_number", "family_name", "given_names", "father_name", "date_of_birth", "sex")
    if any(stands[name] == "differs" for name in identity):
        return "possible"
    same_name = stands["family_name"] == stands["given_names"] == "agrees"
    named = "unknown" not in (stands["family_name"], stands["given_names"])
    same_day = stands["date_of_birth"] == "agrees"
    if rule == "service_number":
        return "sure" if same_name or (named and same_day) else "possible"
    third = "agrees" in (stands["father_name"], stands["unit"], stands["capture_date"])
    return "sure" if same_name and same_day and third else "possible"
