"""Who of a register may be given to a tracing service: by consent, with an end, and identity alone.

- Only people sought or missing, never those held: no list tells a tracing service who is in whose hands.
- Only people whose record says that they may be shared with that reader. Where nothing is said, nothing is shared.
- Of each the record's number, names, sex and date of birth. No rank, number, unit, place, health, kin, category or
  status goes out, and no word on whether somebody lives.
- Each record has a day after which it is no longer to be kept: the day asked for, a year away at the most, or the
  record's own if that comes first.
- Text that a reader's screen or spreadsheet would run or turn around goes out in no form at all.

Whoever is left out is counted, by reason; nobody is named.

Source: GC III Art. 122, 123 and 124 for what bureaux pass on; ICRC Handbook on Data Protection, 3rd ed.: purpose,
least data, retention. The consent and the end are this project's readings of it.

    >>> found, left = to_trace([{"family_name": "Invented", "sharing_consent": "icrc"}, {"family_name": "Other"}],
    ...                        "icrc", date(2026, 6, 1), date(2025, 12, 1))
    >>> [(each.fields["full_name"], str(each.expires)) for each in found], left
    ([('Invented', '2026-06-01')], {'no_consent': 1})
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from repatria.people.dates import PartialDate
from repatria.people.names import name_problems
from repatria.people.person import field_value

KINDS = ("sought", "missing")
READERS = ("family", "icrc", "public")
"""To whom, in the words of a record's consent."""
LONGEST_DAYS = 366
_NAMES = ("family_name", "given_names", "father_name")


@dataclass(frozen=True)
class Traced:
    """One person as a tracing service sees them, by PFIF's names of fields, and the last day it may be kept."""

    fields: Mapping[str, str]
    expires: date
    widened: bool = False
    """The date of birth says less than the record does: PFIF has no spans of days."""


def to_trace(
    records: Sequence[Mapping[str, str]], reader: str, until: date, today: date
) -> tuple[list[Traced], dict[str, int]]:
    """The people who may be given to this reader, and how many may not, by reason.

    Raises:
        ValueError: an end that is past, or further than a year away.
    """
    if not today < until <= today + timedelta(days=LONGEST_DAYS):
        raise ValueError(f"an end between tomorrow and {LONGEST_DAYS} days from today")
    found: list[Traced] = []
    left: Counter[str] = Counter()
    for record in records:
        why = _why_not(record, reader, today)
        if why is not None:
            left[why] += 1
        else:
            found.append(_traced(record, until))
    return found, dict(sorted(left.items()))


def _why_not(record: Mapping[str, str], reader: str, today: date) -> str | None:
    if reader not in record.get("sharing_consent", "").split(";"):
        return "no_consent"
    end = _end(record)
    if end is not None and end <= today:
        return "no_longer_valid"
    if not any(name in record for name in _NAMES):
        return "no_name"
    texts = [record[name] for name in (*_NAMES, "record_id") if name in record]
    if any(name_problems(text, "") or text.lstrip("'").lstrip().startswith(_RUN) for text in texts):
        return "unsafe_text"
    return None


def _traced(record: Mapping[str, str], until: date) -> Traced:
    own = _end(record)
    # Family name first, as the lists have it; the only place that PFIF has for a father's name.
    fields = {"full_name": " ".join(record[name] for name in _NAMES if name in record)}
    for name, theirs in (("given_names", "given_name"), ("family_name", "family_name"), ("record_id", "id")):
        if name in record:
            fields[theirs] = record[name]
    if record.get("sex") in ("female", "male", "other"):
        fields["sex"] = record["sex"]
    born = record.get("date_of_birth", "")
    said = _without_spans(field_value("date_of_birth", born)) if born else ""
    if said:
        fields["date_of_birth"] = said
    return Traced(fields, until if own is None else min(own, until), said != born)


def _without_spans(born: PartialDate) -> str:
    """The day, month or year; of a span the month or year that holds it all, if one does."""
    first, last = born.first, born.last
    if "/" not in str(born):
        return str(born)
    if first.year != last.year:
        return ""
    same_month = first.month == last.month
    return str(PartialDate.of_month(first.year, first.month) if same_month else PartialDate.of_year(first.year))


def _end(record: Mapping[str, str]) -> date | None:
    """The first day on which the record may no longer hold."""
    text = record.get("valid_until")
    if text is None:
        return None
    until: PartialDate = field_value("valid_until", text)
    return until.first


_RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
