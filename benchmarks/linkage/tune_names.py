"""Fits the weights of repatria/linkage/names.py on the tuning half, and writes repatria/linkage/name_weights.py.

Two logistic regressions, one after the other: of two words (the same name, or the nearest other one), then of two whole
names by what their words say. `python -m benchmarks.linkage.tune_names DATA` where DATA holds the lists of names.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.linkage import tune_readings
from benchmarks.linkage.name_pairs import (
    HABITS,
    MEN,
    OF_LANGUAGE,
    WOMEN,
    NamePair,
    arabic_pairs,
    extra_names,
    family_names,
    feminine,
    figure_pairs,
    half_of,
    invented_pairs,
    neighbour,
    patronymic,
)
from repatria.linkage import name_weights, names
from repatria.people import letter_sounds
from repatria.people.arabic import arabic_key
from repatria.people.given_names import COMMON_ARABIC
from repatria.people.names import skeletons


def logistic(
    x: names.Floats,
    y: names.Floats,
    weight: names.Floats | None = None,
    ridge: float = 1.0,
    offset: float | names.Floats = 0.0,
) -> names.Floats:
    """Weights that maximise the likelihood, less a ridge on all but the first."""
    beta = np.zeros(x.shape[1])
    keep = np.full(x.shape[1], ridge)
    keep[0] = 1e-6
    weight = np.ones(len(y)) if weight is None else weight
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ beta + offset, -30, 30)))
        gradient = x.T @ (weight * (y - p)) - keep * beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(keep)
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def word_pairs(data: Path, seed: int = 3) -> list[tuple[str, str, bool]]:
    """Spellings of one name, and of the nearest other ones."""
    random = Random(seed)
    made: list[tuple[str, str, bool]] = []
    families = family_names(0, extra_names(data))
    spelt: list[list[str]] = []
    for uk, ru in families:
        forms = [uk, ru]
        if random.random() < 0.1:
            uk, ru = feminine(uk), feminine(ru)
            forms = [uk, ru]
        forms += [random.choice(OF_LANGUAGE["uk"]).romanise(uk) for _ in range(2)]
        forms += [random.choice(OF_LANGUAGE["ru"]).romanise(ru) for _ in range(2)]
        forms += [HABITS[random.choice(tuple(HABITS))].romanise(ru)]
        spelt.append(forms)
    rus = [forms[1] for forms in spelt]
    for at, forms in enumerate(spelt):
        close = [other for _, _, other in process.extract(rus[at], rus, limit=4, scorer=fuzz.ratio) if other != at]
        other = neighbour(random, families[at])
        languages = (("uk", other[0]), ("ru", other[1]))
        others = [
            form for language, name in languages for form in (name, random.choice(OF_LANGUAGE[language]).romanise(name))
        ]
        for number in range(4):
            left, right = random.sample(forms, 2)
            if random.random() < 0.1:
                right = _slip(random, right)
            made.append((left, right, True))
            unlike = others if number % 2 else spelt[random.choice(close)]
            made.append((random.choice(forms), random.choice(unlike), False))
    made += calendar_pairs(random)
    tokens = []
    for line in (data / "netranslit_russian.tsv").read_text("utf-8").splitlines():
        latin, cyrillic, _ = line.split("\t")
        if half_of(cyrillic) == 0 and len(latin) > 2:
            tokens.append((latin, cyrillic.replace(" ", "")))
    keys = skeletons([cyrillic for _, cyrillic in tokens])
    for at in range(len(tokens)):
        latin, cyrillic = tokens[at]
        made.append((cyrillic, latin, True))
        some = [random.randrange(len(keys)) for _ in range(120)]
        near = max(
            (other for other in some if keys[other] != keys[at]), key=lambda other: fuzz.ratio(keys[at], keys[other])
        )
        made.append((cyrillic, tokens[near][0], False))
    return made


def calendar_pairs(random: Random, count: int = 3000) -> list[tuple[str, str, bool]]:
    """Given names and patronymics of one person, and of two with the nearest or any other name."""
    made = []
    women = set(WOMEN)
    for number in range(count):
        one = random.choice((*MEN, *WOMEN))
        other = random.choice((*MEN, *WOMEN))
        if number % 3 == 0:
            close = process.extract(one[1], [ru for _, ru in (*MEN, *WOMEN)], limit=3, scorer=fuzz.ratio)
            other = next((*MEN, *WOMEN)[at] for ru, _, at in close if ru != one[1])
        if one == other or one[1] == other[1]:
            continue
        father = number % 2 == 0 and one not in women and other not in women
        left, right, third = (_of_calendar(random, name, father) for name in (one, one, other))
        if random.random() < 0.1 and len(right) > 4:
            right = _slip(random, right)
        made += [(left, right, True), (left, third, False)]
    return made


def _of_calendar(random: Random, name: tuple[str, str], father: bool) -> str:
    side = random.choice((0, 1))
    language = ("uk", "ru")[side]
    word = patronymic(name[side], language, False) if father else name[side]
    draw = random.random()
    if draw < 0.4:
        return random.choice(OF_LANGUAGE[language]).romanise(word)
    return HABITS[random.choice(tuple(HABITS))].romanise(word) if draw < 0.55 else word


def _slip(random: Random, word: str) -> str:
    at = random.randrange(1, len(word) - 1)
    return random.choice(
        (word[:at] + word[at + 1 :], word[: at + 1] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    )


def arabic_words(data: Path, seed: int = 4) -> list[tuple[str, str, bool]]:
    """Single names in both scripts, and the nearest other ones."""
    random = Random(seed)
    spelt: list[tuple[str, str]] = []
    for line in (data / "netranslit_arabic.tsv").read_text("utf-8").splitlines():
        latin, arabic, _ = line.split("\t")
        if half_of(arabic.replace(" ", "")) == 0 and len(latin) > 2:
            spelt.append((arabic.replace(" ", ""), latin))
    for row in COMMON_ARABIC.strip().splitlines():
        spelt += [(row.split()[0], latin) for latin in row.split()[1:]] * 8
    keys = [arabic_key(arabic) for arabic, _ in spelt]
    made = []
    for at, (arabic, latin) in enumerate(spelt):
        some = [random.randrange(len(keys)) for _ in range(150)]
        others = [other for other in some if spelt[other][0] != arabic]
        near = max(others, key=lambda other: fuzz.ratio(keys[at], keys[other]))
        made += [(arabic, latin, True), (arabic, spelt[random.choice((near, others[0]))][1], False)]
    return made


def fit_arabic_words(data: Path) -> names.Floats:
    pairs = arabic_words(data)
    read = names._read_arabic([text for left, right, _ in pairs for text in (left, right)])
    ids = read.of[:, 0]
    whole = (ids[::2] >= 0) & (ids[1::2] >= 0)
    same = np.array([float(same) for *_, same in pairs])
    return logistic(names.word_features(read.words, ids[::2][whole], ids[1::2][whole]), same[whole], ridge=2.0)


def fit_words(data: Path) -> names.Floats:
    pairs = word_pairs(data)
    shipped = letter_sounds.HEARD
    tune_readings.use(tune_readings.learned(data, 1))  # of other words than those that are compared here
    names.read_aloud.cache_clear()
    read = names._read([text for left, right, _ in pairs for text in (left, right)])
    ids = read.of[:, 0]
    features = names.word_features(read.words, ids[::2], ids[1::2])
    tune_readings.use(shipped)
    names.read_aloud.cache_clear()
    return logistic(features, np.array([float(same) for *_, same in pairs]), ridge=2.0)


def common_keys(data: Path) -> dict[str, int]:
    """Bits of information that a common word's key has less than a rare one's, by how often Wikidata has the word."""
    counts: Counter[str] = Counter()
    for line in (data / "netranslit_russian.tsv").read_text("utf-8").splitlines():
        _, cyrillic, count = line.split("\t")
        counts[skeletons([cyrillic.replace(" ", "")])[0]] += int(count)
    return {key: int(np.log2(count / 12)) for key, count in sorted(counts.items()) if count >= 24 and len(key) > 2}


def tuning_pairs(data: Path) -> dict[str, list[NamePair]]:
    figures = data / "public_figures_cyrillic_latin.csv"
    return {
        "invented": invented_pairs(11, 12000, 0, extra_names(data)),
        "figures": figure_pairs(figures, 0),
        "figures, Latin": figure_pairs(figures, 0, across=False),
        "Arabic": arabic_pairs(data / "netranslit_arabic.tsv", 0),
    }


def fit_pairs(pairs: Sequence[tuple[list[NamePair], float]]) -> names.Floats:
    x, y, w = [], [], []
    for some, weight in pairs:
        compared = names.compare_names([p.left for p in some], [p.right for p in some])
        same = np.array([float(p.same) for p in some])
        x.append(compared.features)
        y.append(same)
        part = same.mean()
        w.append(weight * np.where(same == 1, 0.5 / part, 0.5 / (1 - part)))
    return bounded(np.vstack(x), np.concatenate(y), np.concatenate(w))


BOUNDS = {
    "least below -3": (0.0, 9.0), "least from -3 to 0": (0.0, 9.0), "least from 0 to 3": (0.0, 9.0),
    "least above 3": (0.0, 9.0), "next": (0.0, 9.0), "father above zero": (0.1, 9.0), "father below zero": (0.2, 9.0),
    "information": (0.0, 9.0), "without partner, longer": (-9.0, -0.2),
}  # fmt: skip
"""Pairs that are chosen to deceive agree in most of what they have; agreement is still never evidence against."""


def bounded(x: names.Floats, y: names.Floats, weight: names.Floats) -> names.Floats:
    """As `logistic`, with the weights that `BOUNDS` names kept inside."""
    fixed: dict[int, float] = {}
    while True:
        free = [at for at in range(x.shape[1]) if at not in fixed]
        offset = sum((x[:, at] * value for at, value in fixed.items()), np.zeros(len(x)))
        beta = np.zeros(x.shape[1])
        beta[free] = logistic(x[:, free], y, weight, offset=offset)
        out = {
            names.FEATURES.index(name): min(max(float(beta[names.FEATURES.index(name)]), low), high)
            for name, (low, high) in BOUNDS.items()
            if names.FEATURES.index(name) in free and not low <= beta[names.FEATURES.index(name)] <= high
        }
        for at, value in fixed.items():
            beta[at] = value
        if not out:
            return beta
        fixed |= out


WRITTEN = ("WORD", "ARABIC_WORD", "PAIR", "ARABIC_PAIR", "TABLE", "ARABIC_TABLE")


def write(common: dict[str, int]) -> None:
    def row(values: Sequence[float]) -> str:
        return "(" + ", ".join(f"{value:.4f}" for value in values) + ")"

    path = Path(names.__file__).with_name("name_weights.py")
    groups: dict[int, list[str]] = defaultdict(list)
    for key, bits in common.items():
        groups[bits].append(key)
    lines = [
        '"""Weights of names.py, written by `python -m benchmarks.linkage.tune_names`; nothing is changed by hand.',
        "", "All but COMMON are log odds, one for each of names.WORD_FEATURES, names.FEATURES (PAIR) and",
        "whole_names.TABLE_FEATURES (TABLE, by `python -m benchmarks.linkage.tune_table`).",
        "COMMON has skeleton keys of common names and how many bits less than a rare one each says.",
        "Source of COMMON: names of Wikidata (CC0), by how many of its people have them.", '"""', "",
        "# ruff: noqa: E501", "# fmt: off",
        *(f"{name} = {row(getattr(name_weights, name))}" for name in WRITTEN),
        "", "COMMON = {", "    key: bits", "    for bits, keys in {",
    ]  # fmt: skip
    lines += [f'        {bits}: "{" ".join(groups[bits])}",' for bits in sorted(groups)]
    lines += ["    }.items()", "    for key in keys.split()", "}", ""]
    path.write_text("\n".join(lines), "utf-8")


def main(data: Path) -> None:
    common = common_keys(data)
    name_weights.COMMON = common
    name_weights.WORD = tuple(fit_words(data))
    name_weights.ARABIC_WORD = tuple(fit_arabic_words(data))
    pairs = tuning_pairs(data)
    name_weights.PAIR = tuple(
        fit_pairs([(pairs["invented"], 1.0), (pairs["figures"], 0.5), (pairs["figures, Latin"], 0.5)])
    )
    name_weights.ARABIC_PAIR = tuple(fit_pairs([(pairs["Arabic"], 1.0)]))
    write(common)
    for name, values in (("WORD", names.WORD_FEATURES), ("PAIR", names.FEATURES), ("ARABIC_PAIR", names.FEATURES)):
        print(
            name,
            {
                feature: round(float(weight), 2)
                for feature, weight in zip(values, getattr(name_weights, name), strict=True)
            },
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
