"""Sentences and quotations: where one ends, and what stands within the other's marks.

>>> masked("He wrote “We said so” on X"), is_quotation("«Мы ждём».")
('He wrote “          ” on X', True)
"""

from __future__ import annotations

import re


def sentences(paragraph: str) -> list[str]:
    """A paragraph in sentences; a quotation is never torn apart.

    >>> sentences("“It is so. It stays so,” he said. “We wait.” In the U.S. nobody knew.")
    ['“It is so. It stays so,” he said.', '“We wait.”', 'In the U.S. nobody knew.']
    """
    found: list[str] = []
    start = deep = 0
    straight, closes, quotes = False, sum(map(paragraph.count, "”»")), paragraph.count('"')
    for at, c in enumerate(paragraph):
        if c == '"':
            straight, quotes = not straight, quotes - 1
        elif c in "“«„":
            deep += 1
        elif c in "”»":
            deep, closes = max(0, deep - 1), closes - 1
        if c not in '.!?…”»"' or (deep and closes) or (straight and quotes):
            continue
        end = paragraph[max(start, at - 12) : at + 1].rstrip('”»"')
        if not end or end[-1] not in ".!?…" or (c == "." and _SHORT.search(end)):
            continue
        if _NEXT.match(paragraph, at + 1):
            found.append(paragraph[start : at + 1].strip())
            start = at + 1
    return [each for each in (*found, paragraph[start:].strip()) if each]


_NEXT = re.compile(r"[’)]*\s+[“«„\"‘(]*[^\Wa-zа-яіїєґё]")
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sgt|Prof|Gov|Sen|Rep|No|vs|approx|[ap]\.m|U\.S|e\.g|i\.e"
    r"|тис|млн|млрд|ім|обл|рр?|вул|см|гг?|ул|стр|др|т\.д)|(?<!\bon )(?<!\bin )(?<!\b[ву] )\b[A-ZА-ЯІЇЄ])\.$"
)  # initials, but "wrote on X."


def masked(sentence: str) -> str:
    """The sentence with what stands in quotation marks blanked, letter for letter."""
    out, start, closing = list(sentence), -1, ""
    for at, c in enumerate(sentence):
        if start >= 0 and c == closing:
            if at - start > 1:
                out[start + 1 : at] = " " * (at - start - 1)
            start = -1
        elif start < 0 and c in '“«„"':
            start, closing = at, _CLOSING[c]
    return "".join(out)


def is_quotation(sentence: str) -> bool:
    """Whether a sentence is a quotation and nothing else."""
    return _QUOTED.fullmatch(sentence) is not None


_CLOSING = {"“": "”", "«": "»", "„": "“", '"': '"'}
_QUOTED = re.compile(r"[“«„\"].*[”»“\"]\.?")
