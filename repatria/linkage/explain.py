"""How two records stand, field by field, and why a pair was not proposed: as messages, for any language.

    >>> message(Stands("family_name", "family", 1)).places["how"].id
    'link.how.spelling'
    >>> message(Stands("unit", "number", -1, "right"), ("sought", "held")).places["how"].id
    'link.how.unknown.held'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from repatria.linkage.kinds import KINDS_OF, RuleStands, Stands
from repatria.message import Message, Place

_TEXT = ("same", "spelling", "slip", "near", "far", "different")
LEVELS: Mapping[str, Sequence[str]] = {
    "date": ("day", "swapped", "digit", "partial", "two_parts", "years", "different"),
    "word": ("same", "different"),
    "name": ("same", "spelling", "almost", "very_near", "near", "rather_near", "nearer", "hardly", "unclear",
             "rather_far", "far", "different"),
}  # fmt: skip
"""The text of each level of levels.py, by kind of column; of all other kinds as of words."""


def message(stands: Stands, sides: tuple[str, str] = ("left", "right")) -> Message:
    """One field in a sentence.

    Args:
        sides: what the two records are: the sides of bare tables, or sought and held.
    """
    unknown = {"left": sides[0], "right": sides[1]}.get(stands.absent, "both")
    return Message("link.stands", {"field": field(stands.column), "how": _how(stands.kind, stands.level, unknown)})


def messages(stands: Iterable[Stands], sides: tuple[str, str] = ("left", "right")) -> list[Message]:
    """A sentence per field that is known of at least one of the two."""
    return [message(each, sides) for each in stands if each.absent != "both"]


def again(why: str) -> list[Message]:
    """What changed since a pair was decided, as carry.py or labels.py wrote it.

    >>> [each.id for each in again("held date_of_birth changed; left record")]
    ['link.again.field', 'link.again.record']
    """
    found = []
    for part in filter(None, why.split("; ")):
        words = part.split(" ")
        match words:
            case ["stood", column, was, now]:
                kind, name = KINDS_OF.get(column, "text"), heading(column)
                places = [_how(kind, int(level)) for level in (was, now)]
                found.append(Message("link.again.stood", {"field": field(name), "was": places[0], "now": places[1]}))
            case [side, "record"]:
                found.append(Message("link.again.record", {"side": Message(f"link.side.{side}")}))
            case [side, column, how]:
                places_ = {"side": Message(f"link.side.{side}"), "field": field(column)}
                found.append(Message("link.again.field", {**places_, "how": Message(f"link.change.{how}")}))
    return found


_CODED = (("%", "%25"), (" ", "%20"), ("=", "%3D"), (";", "%3B"))


def in_one_word(column: str) -> str:
    """A column's heading without spaces, equals signs and semicolons; `heading` gives it back."""
    for sign, coded in _CODED:
        column = column.replace(sign, coded)
    return column


def heading(word: str) -> str:
    for sign, coded in reversed(_CODED):
        word = word.replace(coded, sign)
    return word


def _how(kind: str, level: int, unknown: str = "both") -> Message:
    texts = LEVELS.get(kind, _TEXT)
    return Message("link.how." + (texts[min(level, len(texts) - 1)] if level >= 0 else f"unknown.{unknown}"))


def field(column: str) -> Place:
    """What a column is called; a column of another kind by its own heading."""
    return Message(f"link.field.{column}") if column in KINDS_OF else column


def rule_message(stands: RuleStands) -> Message:
    """A rule, and what keeps two rows from meeting by it."""
    rule = tuple(trait(each) for each in (*stands.shared, *stands.different, *stands.unknown))
    lacks = tuple(
        Message(f"link.lacks.{why}", {"trait": trait(each)})
        for why, names in (("different", stands.different), ("unknown", stands.unknown))
        for each in names
    )
    if not lacks:
        return Message("link.why.fits", {"rule": rule})
    return Message("link.why.rule", {"rule": rule, "lacks": lacks})


def trait(name: str) -> Place:
    """What a rule looks at: a field, or a part of one."""
    column, colon, part = name.partition(": ")
    if not colon:
        return field(column)
    part_text = Message("link.part." + part.replace(" ", "_"))
    return Message("link.trait", {"field": field(column), "part": part_text})
