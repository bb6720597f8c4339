"""The same with whole nodes: real keys and real seals, by the commands that officers type, and what others then read.

One exchange is carried to its signed lists and copied. In each copy the neutral's people and the boards learn other
things; who does not go is the same. Everything that the other members can read is compared: each entry without what
is random by itself (seals, padding, hashes, signatures), the size of everything on the stick, and each page.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.codec import decode_body, plain
from repatria.ledger.entry import decode_entry
from repatria.rehearsal.nodes import MEMBERS, PASSPHRASE, SECRETARIAT, Rehearsal
from repatria.store.node import NodeFolder
from tests.defects.planting import plant

DAY = "2025-12-03"
REASONS = {
    "one": {"note": "two say that they are afraid to go back", "declined": ["rejected"], "others": 0},
    "other": {"note": "one is too ill to travel, one waits for a court; " * 8, "declined": ["later"], "others": 3},
}


def interviews(folder: Path, name: str, copy: str = "") -> Rehearsal:
    """One day of a board and of interviews, by the neutral's commands, in a copy; then the stick goes round."""
    shutil.copytree(folder / "listed", folder / (copy or name))
    at, told = Rehearsal(folder / (copy or name)), REASONS[name]
    at.on(DAY)
    cross = at.node("cross")
    place = next(row["place"] for row in at.run("clear", "places", cross)["places"] if row["holder"] == "south")
    people = sorted(row["number"] for row in at.run("clear", "people", cross, "--place", place)["people"])
    declined, others = people[:2], people[2:]
    rows = [(number, told["declined"][0]) for number in declined]
    rows += [(number, "rejected") for number in others[: told["others"]]]
    found = at.folder / "keys" / "found.csv"
    found.write_text("number,finding\n" + "".join(f"{n},{f}\n" for n, f in rows), encoding="utf-8")
    note, names = at.folder / "keys" / "note.txt", at.folder / "keys" / "not-going.txt"
    note.write_text(told["note"], encoding="utf-8")
    names.write_text("\n".join(declined), encoding="utf-8")
    words = ("--place", place, "--on", DAY)
    doctors = [w for n in (1, 2) for w in ("--key-file", at.key(f"cross/doctor-{n}"))]
    at.do("clear", "board", cross, *words, "--holder", "south", "--findings", str(found), "--mixed", *doctors)
    interviewer = ("--key-file", at.key("cross/interviewer"))
    at.do("clear", "seen", cross, *words, "--identity", *interviewer)
    at.do("clear", "visit", cross, *words, "--not-going", str(names), "--note", str(note), *interviewer)
    at.carry()
    at.carry()  # once more, for everybody's cosignature
    return at


def entries(at: Rehearsal) -> tuple[list[str], list[int]]:
    """Each entry of the ledger without what is random by itself, and its size."""
    with NodeFolder.open(Path(at.node(SECRETARIAT)), PASSPHRASE) as node:
        ledger = node.ledger
        assert ledger is not None
        state, data = node.state(), list(ledger.entries())
    bare, sizes = [], []
    for entry in data:
        body = decode_body(decode_entry(entry).body)
        shown = plain(body.data)
        for name in ("sealed", "numbers"):
            if name in shown and isinstance(shown[name], str):
                shown[name] = len(shown[name])
            elif name in shown:
                shown[name] = [len(shown[name]), sorted(set(shown[name]) & set(state.persons))]
        bare.append(json.dumps([body.author, body.kind, body.seq, body.seen[0], len(body.refs), body.at, shown]))
        sizes.append(len(entry))
    return bare, sizes


RANDOM = re.compile(r"[0-9a-f]{32,}|[A-Za-z0-9+/]{43}=|[0-9a-f]{12,}")


def shown(at: Rehearsal, keys: Path) -> dict[str, str]:
    """What members without the neutral's seal read: status, boards, lists, the verified ledger and its report."""
    found: dict[str, Any] = {}
    for member in (member for member in MEMBERS if member not in ("cross", "south")):
        node = at.node(member)
        for noun, verb in (("exchange", "status"), ("clear", "boards"), ("list", "show"), ("node", "notices")):
            found[f"{member}: {noun} {verb}"] = at.run(noun, verb, node)
    out = at.folder / "report"
    found["verify"] = at.run("verify", f"{at.stick}/ledger", "--vkeys", str(keys))
    found["report"] = at.run("report", f"{at.stick}/ledger", "--vkeys", str(keys), "--out", str(out))
    pages = {path.name: path.read_text(encoding="utf-8") for path in sorted(out.iterdir())}
    texts = {name: json.dumps(answer) for name, answer in found.items()} | pages
    return {name: RANDOM.sub("#", text) for name, text in texts.items()}


def on_the_stick(at: Rehearsal) -> list[int]:
    """The sizes of all files that travel, but of the checkpoint's signatures, which name the hash."""
    stick = Path(at.stick)
    return sorted(path.stat().st_size for path in stick.rglob("*") if path.is_file() and path.name != "checkpoint")


def test_nothing_that_others_can_read_tells_why_somebody_does_not_go(listed: Path, tmp_path: Path) -> None:
    one, other = (interviews(listed, name) for name in REASONS)
    keys = tmp_path / "vkeys"
    one.run("node", "vkeys", one.node("cross"), "--out", str(keys))
    (ours, sizes), (theirs, their_sizes) = entries(one), entries(other)
    assert ours == theirs
    assert sizes == their_sizes
    assert on_the_stick(one) == on_the_stick(other)
    assert shown(one, keys) == shown(other, keys)
    with NodeFolder.open(Path(one.node("gulf")), PASSPHRASE) as node:
        assert sum(person.state == "not-going" for person in node.state().persons.values()) == 2
    south, neutral = (one.run("clear", "boards", one.node(member))["findings"] for member in ("south", "cross"))
    assert south == neutral == {"rejected": 2}  # and those who may read it do
    assert other.run("clear", "boards", other.node("south"))["findings"] == {"later": 2, "rejected": 3}
    assert one.run("clear", "boards", one.node("north"))["findings"] == {}


def test_a_leak_that_is_planted_is_found(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leak = "range(0, max(len(request.found), 1), FINDINGS_MOST)", "range(0, max(len(request.found), 1), 1)"
    plant(monkeypatch, "repatria.clearing.commands:decide", *leak)
    few, many = (interviews(listed, name, f"leaking {name}") for name in REASONS)
    assert entries(few) != entries(many)
    assert on_the_stick(few) != on_the_stick(many)
