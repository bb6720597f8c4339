"""What a level of a plan is about, read off the name that the search gave it: for whoever tells it to people.

    >>> parse_level("north, outside the ratio, tier 0: people who go")
    ('go', {'holder': 'north', 'outside': 'outside the ratio, ', 'tier': '0'})
    >>> parse_level("a level of another version")
    ('', {})
"""

from __future__ import annotations

import re

_TIER = r"(?P<outside>outside the ratio, )?tier (?P<tier>\d+)"
_LEVELS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("kept", "units kept in their slot"),
        ("go", rf"(?P<holder>.+?), {_TIER}: people who go"),
        ("uneven", rf"(?P<holder>.+?), {_TIER}: unevenness between weights"),
        ("units", rf"(?P<holder>.+?), {_TIER}, weight (?P<weight>\d+): units that go"),
        ("waited", rf"{_TIER}: stages waited"),
        ("bounds", "places' bounds kept"),
    )
)


def parse_level(name: str) -> tuple[str, dict[str, str | None]]:
    """Which kind of level, and of whom; "" where the search calls it something that nobody here knows."""
    for kind, pattern in _LEVELS:
        if found := pattern.fullmatch(name):
            return kind, found.groupdict()
    return "", {}
