"""Learns how readers of Cyrillic hear Latin letters, and writes repatria/people/letter_sounds.py.

    python -m benchmarks.linkage.tune_readings DATA [--without WORDS.csv] [--half N]

DATA has netranslit_russian.tsv: words of Wikidata in both alphabets, and how often. Each word is aligned with the key
of its Cyrillic form, letter by letter, by expectation and maximisation; then what a letter is heard as is counted in
each context, and contexts that tell nothing new are left out. `--without` leaves out every word of a list of people, so
that a figure on that list is one of words never seen; `--half` takes one half of the words only, and tells how often
the key of a word of the other half is among its readings.

Sources: E. Ristad, P. Yianilos, "Learning string-edit distance", 1998 (alignment); I. Witten, T. Bell, "The
zero-frequency problem", 1991, method C (how far a context is believed); A. Stolcke, "Entropy-based pruning of backoff
language models", 1998 (which contexts are left out).
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.linkage.name_pairs import half_of
from repatria.people import letter_sounds, readings
from repatria.people.names import fold, normal_name, skeletons

ROUNDS = 5
MOST_SOUNDS = 2
SEEN = 3
"""A context that was seen less often is left out."""
TELLS = 4.0
"""A context is left out that tells, of all its letters together, fewer nats than this more than a shorter one."""
LEAST_SHARE = 0.05
FITS = -3.2
"""Words whose letters fit their sounds worse on average (log probability) are of two names, and teach nothing."""
MOST_COUNTED = 4

Word = tuple[str, str, int]  # Latin letters, the key of the Cyrillic form, how often it counts
Sounds = dict[tuple[str, str], float]


def words(data: Path, half: int | None = None, without: frozenset[str] = frozenset()) -> list[Word]:
    """The words of the list, of one half or of both."""
    rows = [line.split("\t") for line in (data / "netranslit_russian.tsv").read_text("utf-8").splitlines()]
    keys = skeletons([cyrillic.replace(" ", "") for _, cyrillic, _ in rows])
    found = []
    for (latin, cyrillic, count), key in zip(rows, keys, strict=True):
        word = _letters(latin)
        if len(word) < 2 or not _LATIN.fullmatch(word) or word in without:
            continue
        if half is None or half_of(cyrillic.replace(" ", "")) == half:
            found.append((word, key, min(int(count), MOST_COUNTED)))
    return found


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, fold(normal_name(text))))


_LATIN = re.compile("[a-z\u00df-\u024fə]+")


def learn_sounds(some: Sequence[Word]) -> Sounds:
    """How likely each letter is heard as each nothing, sound or two sounds."""
    sounds: Sounds = {}
    for _ in range(ROUNDS):
        counts: Sounds = defaultdict(float)
        for word, key, count in some:
            _expect(word, key, count, sounds, counts)
        totals: dict[str, float] = defaultdict(float)
        for (letter, _), count_ in counts.items():
            totals[letter] += count_
        sounds = {pair: count_ / totals[pair[0]] for pair, count_ in counts.items() if count_ > 1e-5 * totals[pair[0]]}
    return sounds


def _heard(sounds: Sounds, letter: str, sound: str) -> float:
    if sounds:
        return sounds.get((letter, sound), 1e-9)
    return (0.1, 0.7 if letter == sound else 0.2, 0.2)[len(sound)]


def _expect(word: str, key: str, count: int, sounds: Sounds, counts: Sounds) -> None:
    """Adds how often each letter is heard as each sound in the word, over all alignments (forward and backward)."""
    letters, length = len(word), len(key)
    forward = [[0.0] * (length + 1) for _ in range(letters + 1)]
    backward = [[0.0] * (length + 1) for _ in range(letters + 1)]
    forward[0][0] = backward[letters][length] = 1.0
    for at, letter in enumerate(word):
        for done, before in enumerate(forward[at]):
            if before:
                for to in range(done, min(done + MOST_SOUNDS, length) + 1):
                    forward[at + 1][to] += before * _heard(sounds, letter, key[done:to])
    whole = forward[letters][length]
    if not whole:
        return
    for at in range(letters - 1, -1, -1):
        for done in range(length + 1):
            for to in range(done, min(done + MOST_SOUNDS, length) + 1):
                after = backward[at + 1][to]
                if after:
                    part = _heard(sounds, word[at], key[done:to]) * after
                    backward[at][done] += part
                    if forward[at][done]:
                        counts[word[at], key[done:to]] += count * forward[at][done] * part / whole


def aligned(word: str, key: str, sounds: Sounds) -> tuple[list[str], float] | None:
    """What each letter is heard as in the likeliest alignment, and its log probability; None if there is none."""
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for letter in word:
        after: dict[int, tuple[float, int]] = {}
        for done, (value, _) in best[-1].items():
            for to in range(done, min(done + MOST_SOUNDS, len(key)) + 1):
                to_value = value + math.log(sounds.get((letter, key[done:to]), 1e-7))
                if to not in after or after[to][0] < to_value:
                    after[to] = to_value, done
        best.append(after)
    if len(key) not in best[-1]:
        return None
    value, to, heard = best[-1][len(key)][0], len(key), []
    for step in reversed(best[1:]):
        done = step[to][1]
        heard.append(key[done:to])
        to = done
    return heard[::-1], value


def learn_contexts(some: Sequence[Word], sounds: Sounds) -> dict[str, list[tuple[str, int]]]:
    """By context, what its letter is heard as, in parts of a hundred, the likeliest first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word, key, count in some:
        found = aligned(word, key, sounds)
        if found is None or found[1] < FITS * len(word):
            continue
        padded = f"__{word}__"
        for at, sound in enumerate(found[0], 2):
            context = "".join(padded[at + place] for place in readings.AROUND)
            for size in range(1, len(context) + 1):
                counts[context[:size]][sound] += count
    kept: dict[str, dict[str, float]] = {}
    for context in sorted(counts, key=lambda context: (len(context), context)):
        own, total = counts[context], counts[context].total()
        starts = (context[:size] for size in range(len(context) - 1, 0, -1))
        shorter = next((kept[start] for start in starts if start in kept), None)
        believed = total / (total + len(own))
        mixed = {sound: (1 - believed) * share for sound, share in shorter.items()} if shorter else {}
        for sound, count in own.items():
            mixed[sound] = mixed.get(sound, 0.0) + believed * count / total
        if shorter is None:
            if len(context) == 1:
                kept[context] = mixed
        elif total >= SEEN and _told(own, mixed, shorter) > TELLS:
            kept[context] = mixed
    return {context: _in_hundredths(shares) for context, shares in kept.items()}


def _told(counts: Mapping[str, int], mixed: Mapping[str, float], shorter: Mapping[str, float]) -> float:
    return sum(count * math.log(mixed[sound] / shorter.get(sound, 1e-6)) for sound, count in counts.items())


def _in_hundredths(shares: Mapping[str, float]) -> list[tuple[str, int]]:
    whole = sum(shares.values())
    ordered = sorted(((share / whole, sound) for sound, share in shares.items()), key=lambda each: (-each[0], each[1]))
    return [(sound, max(1, round(100 * share))) for share, sound in ordered[:4] if share >= LEAST_SHARE]


def written(table: Mapping[str, Sequence[tuple[str, int]]]) -> str:
    """The table as letter_sounds.py has it."""
    return "\n".join(
        f"{context}={','.join(f'{sound}{share}' for sound, share in heard)}" for context, heard in sorted(table.items())
    )


def use(table: str) -> None:
    """Reads by this table from now on, in this process."""
    letter_sounds.HEARD = readings.HEARD = table  # type: ignore[misc]
    readings._table.cache_clear()
    readings.readings.cache_clear()


def write(table: str) -> None:
    lines = [
        '"""What Latin letters are heard as by readers of Cyrillic; readings.py tells how the table is read.', "",
        "Written by `python -m benchmarks.linkage.tune_readings`; nothing is changed by hand. A row is a context, and",
        "sounds with their shares in hundredths. Source: words of Wikidata (CC0) in both alphabets, by Y. Merhav and",
        'S. Ash, "Design challenges in named entity transliteration", 2018.', '"""', "",
        'HEARD = """', table, '"""', "",
    ]  # fmt: skip
    Path(letter_sounds.__file__).write_text("\n".join(lines), "utf-8")


def found_among(some: Sequence[Word], most: int) -> float:
    """The part of words whose key is its Latin form's own or among its so many readings."""
    plain = skeletons([word for word, _, _ in some])
    hits = (
        key == own or key in {reading.key for reading in readings.readings(word)[:most]}
        for (word, key, _), own in zip(some, plain, strict=True)
    )
    return sum(hits) / len(some)


def learned(data: Path, half: int | None = None, without: frozenset[str] = frozenset()) -> str:
    """The table, learned from the words."""
    some = words(data, half, without)
    return written(learn_contexts(some, learn_sounds(some)))


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("data", type=Path)
    reader.add_argument("--without", type=Path, help="a list of people whose words are left out")
    reader.add_argument("--half", type=int, choices=(0, 1))
    said = reader.parse_args()
    without = frozenset[str]()
    if said.without:
        without = frozenset(map(_letters, re.findall(r"[^\W\d_]+", said.without.read_text("utf-8"))))
    table = learned(said.data, said.half, without)
    print(f"{table.count(chr(10)) + 1} contexts")
    if said.half is not None:
        use(table)
        others = words(said.data, 1 - said.half)
        for most in (0, 1, 2, 4):
            print(f"words of the other half found with {most} readings: {found_among(others, most):.4f}")
    else:
        write(table)


if __name__ == "__main__":
    main()
