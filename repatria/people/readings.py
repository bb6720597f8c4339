"""How readers of Cyrillic are likely to hear a Latin word of a name: keys of the forms that they write it in.

The rules of names.py read a word as most languages spell sounds. English, French and others do not: Hughes is Хьюз,
Ayrault is Эро, Jones is Джонс. Which letters are heard as what, beside which others, was learned from words of Wikidata
in both alphabets (`benchmarks/linkage/tune_readings.py`), and is written in letter_sounds.py.

Rules:

- Each letter is heard as nothing, one sound or two, by the longest context that the table has: the letter itself, the
  one after it, the one before it, the second after it, the second before it, in this order. `_` is beyond the word.
- A reading is a key as `skeleton` gives (rule 7: a sound written twice counts once); its share is the product of its
  letters' shares. The likeliest come first; equal ones in the order of the alphabet.
- A word may well have no likely reading: readings add keys to compare by, they take none away.

Sources: B. Daelemans, A. van den Bosch, T. Weijters, "IGTree: using trees for compression and classification in lazy
learning algorithms", 1997 (contexts in the order of what they tell, the longest that is known); A. Black, K. Lenzo,
V. Pagel, "Issues in building general letter to sound rules", 1998 (no letter is heard as more than two sounds).

    >>> from repatria.people.names import skeleton
    >>> readings("wright")[0].key, skeleton("Райт")
    ('rait', 'rait')
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from repatria.people.letter_sounds import HEARD

AROUND = (0, 1, -1, 2, -2)
"""Where the letters of a context stand, from the letter that is heard."""
MOST = 4
BEAM = 8


@dataclass(frozen=True)
class Reading:
    """A key, and how likely a reader is to hear the word so, among all readings."""

    key: str
    share: float


@lru_cache(maxsize=65536)
def readings(word: str, most: int = MOST) -> tuple[Reading, ...]:
    """The likeliest readings of a word in small Latin letters; none where it has letters of another alphabet."""
    table = _table()
    letters = "".join(letter if letter in table else unicodedata.normalize("NFD", letter)[0] for letter in word)
    padded = f"__{letters}__"
    beam = [(1.0, "")]
    for at in range(2, 2 + len(letters)):
        context = "".join(padded[at + place] for place in AROUND)
        heard = next((table[context[:size]] for size in range(len(AROUND), 0, -1) if context[:size] in table), None)
        if heard is None:
            return ()
        if len(heard) == 1:
            beam = [(share, key + heard[0][0]) for share, key in beam]
            continue
        made: dict[str, float] = {}
        for share, key in beam:
            for sound, part in heard:
                made[key + sound] = max(made.get(key + sound, 0.0), share * part)
        beam = sorted(((share, key) for key, share in made.items()), key=_likeliest)[:BEAM]
    found: dict[str, float] = {}
    for share, key in beam:
        found.setdefault(_TWICE.sub(r"\1", key), share)
    return tuple(Reading(key, share) for key, share in list(found.items())[:most] if key)


def _likeliest(reading: tuple[float, str]) -> tuple[float, str]:
    return -reading[0], reading[1]


_TWICE = re.compile(r"(.)\1+")


@cache
def _table() -> dict[str, tuple[tuple[str, float], ...]]:
    """By context: sounds and their shares, the likeliest first."""
    table = {}
    for row in HEARD.split():
        context, _, sounds = row.partition("=")
        table[context] = tuple(
            (each.rstrip("0123456789"), int(each[len(each.rstrip("0123456789")) :]) / 100) for each in sounds.split(",")
        )
    return table
