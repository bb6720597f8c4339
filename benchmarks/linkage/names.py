"""Whole names across scripts: repatria.linkage.names beside logic-v2 and WRatio on the same pairs.

    python -m benchmarks.linkage.names [DATA] [--peers PYTHON] [--count N]

DATA (or names/ in REPATRIA_DATA) holds the lists of names (netranslit_*.tsv, public_figures_cyrillic_latin.csv);
without it only invented people are compared. WRatio runs in the peers' own environment (environment.py), and logic-v2
where PYTHON (or REPATRIA_NAME_PEERS) has nomenklatura, rapidfuzz and anyascii; what is not there is left out. Each
scorer's threshold is the best one of the tuning half; the figures are of the reporting half, whose family names, public
figures and Arabic names are others.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.linkage.environment import peers_python
from benchmarks.linkage.name_pairs import NamePair, arabic_pairs, extra_names, figure_pairs, invented_pairs
from repatria.linkage.names import Floats, score_names

RUNS = 5
PEER = """
import json, sys, time
from rapidfuzz import fuzz
from anyascii import anyascii
sets, births = json.load(sys.stdin)
out = {}
def timed(function, pairs):
    start = time.process_time()
    scores = [function(*pair) for pair in pairs]
    return scores, time.process_time() - start
def wratio(left, right, one, other):
    return fuzz.WRatio(anyascii(left).lower(), anyascii(right).lower()) / 100
try:
    from nomenklatura.matching import LogicV2, ScoringConfig
    from followthemoney import model
except ImportError:
    LogicV2 = None
else:
    config = LogicV2.default_config() if hasattr(LogicV2, "default_config") else ScoringConfig.defaults()
def person(name, birth):
    properties = {"name": [name]}
    if births and birth:
        properties["birthDate"] = [birth]
    return model.get_proxy({"id": name + birth, "schema": "Person", "properties": properties})
def logic(left, right, one, other):
    return LogicV2.compare(person(left, one), person(right, other), config).score
for name, pairs in sets.items():
    out[name] = {"WRatio": timed(wratio, pairs)}
    if LogicV2 is not None:
        out[name]["logic-v2"] = timed(logic, pairs)
json.dump(out, sys.stdout)
"""


def best_threshold(scores: Floats, same: Floats) -> float:
    """The threshold of the best F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order])
    f1 = 2 * hits / (np.arange(1, len(same) + 1) + same.sum())
    last = np.append(np.diff(scores[order]) != 0, True)
    return float(scores[order][np.argmax(np.where(last, f1, 0))])


def figures(scores: Floats, same: Floats, threshold: float) -> dict[str, float]:
    """Precision, recall and F1 at the threshold, recall at 99 % precision, AUC and the expected calibration error."""
    said = scores >= threshold
    hits = float((said & (same == 1)).sum())
    precision, recall = hits / max(said.sum(), 1), hits / same.sum()
    order = np.argsort(-scores, kind="stable")
    counts = np.arange(1, len(same) + 1)
    good = np.cumsum(same[order])
    last = np.append(np.diff(scores[order]) != 0, True)
    at99 = good[last & (good / counts >= 0.99)]
    ranks = _ranks(scores)
    positives = same.sum()
    auc = (ranks[same == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(same) - positives))
    bins = np.minimum((scores * 10).astype(int), 9)
    error = sum(
        abs(scores[bins == at].mean() - same[bins == at].mean()) * (bins == at).mean() for at in set(bins.tolist())
    )
    sure = scores >= 0.99
    return {
        "precision": precision, "recall": recall, "F1": 2 * precision * recall / max(precision + recall, 1e-9),
        "recall at 99 %": float(at99.max() / positives) if len(at99) else 0.0, "AUC": float(auc), "ECE": float(error),
        "true of >= .99": float(same[sure].mean()) if sure.any() else float("nan"),
    }  # fmt: skip


def _ranks(scores: Floats) -> Floats:
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[places]


def sets_of(data: Path | None, half: int, count: int) -> dict[str, list[NamePair]]:
    """The pairs of one half."""
    made = {"invented, uk/ru/Latin": invented_pairs(21 + half, count, half, extra_names(data))}
    if data is not None:
        listed = data / "public_figures_cyrillic_latin.csv"
        made["public figures, Cyrillic to Latin"] = figure_pairs(listed, half)
        made["public figures, Latin to Latin"] = figure_pairs(listed, half, across=False)
        made["Arabic to Latin"] = arabic_pairs(data / "netranslit_arabic.tsv", half)
    return made


def own_scores(pairs: Sequence[NamePair], births: bool) -> tuple[Floats, float]:
    """Our probabilities, and the CPU-seconds that they took: the least of some runs, since other work disturbs them."""
    lefts, rights = [pair.left for pair in pairs], [pair.right for pair in pairs]
    dates = ([pair.left_birth for pair in pairs], [pair.right_birth for pair in pairs]) if births else (None, None)
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        scores = score_names(lefts, rights, *dates)
        seconds.append(time.process_time() - start)
    return scores, min(seconds)


def peer_scores(
    python: str, sets: dict[str, list[NamePair]], births: bool
) -> dict[str, dict[str, tuple[list[float], float]]]:
    """What the peers say of the same pairs, each with its CPU-seconds."""
    given = {name: [[p.left, p.right, p.left_birth, p.right_birth] for p in pairs] for name, pairs in sets.items()}
    run = subprocess.run(
        [python, "-c", PEER], input=json.dumps([given, births]), capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, tuple[list[float], float]]] = json.loads(run.stdout)
    return found


def main() -> None:
    reader = argparse.ArgumentParser()
    folder = os.environ.get("REPATRIA_DATA")
    reader.add_argument("data", type=Path, nargs="?", default=Path(folder) / "names" if folder else None)
    reader.add_argument("--peers", default=os.environ.get("REPATRIA_NAME_PEERS"))
    reader.add_argument("--count", type=int, default=8000)
    given = reader.parse_args()
    given.peers = given.peers or peers_python()
    halves = [sets_of(given.data, half, given.count) for half in (0, 1)]
    print(
        "| pairs | scorer | F1 | precision | recall | recall at 99 % | AUC | ECE | true of >= .99 | pairs per cpu-s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for births in (False, True):
        peers = [peer_scores(given.peers, half, births) if given.peers else {} for half in halves]
        for name in halves[0]:
            if births and name == "Arabic to Latin":
                continue
            rows = {"repatria": [own_scores(half[name], births) for half in halves]}
            for peer in peers[0].get(name, {}):
                if not (births and peer == "WRatio"):
                    rows[peer] = [(np.array(half[name][peer][0]), half[name][peer][1]) for half in peers]
            for scorer, ((tuning, _), (scores, seconds)) in rows.items():
                same = [np.array([float(p.same) for p in half[name]]) for half in halves]
                got = figures(scores, same[1], best_threshold(tuning, same[0]))
                shown = " | ".join(f"{got[each]:.3f}" for each in SHOWN)
                title = f"{name}, with birth dates" if births else name
                print(f"| {title} | {scorer} | {shown} | {len(scores) / seconds:,.0f} |", flush=True)


SHOWN = ("F1", "precision", "recall", "recall at 99 %", "AUC", "ECE", "true of >= .99")

if __name__ == "__main__":
    main()
