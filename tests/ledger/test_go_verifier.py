"""A log that Repatria wrote is verified by Go's sumdb packages, which share no code with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from repatria.ledger.note import (
    COSIGNATURE,
    ED25519,
    VerifierKey,
    cosign,
    format_vkey,
    parse_note,
    public_key,
)
from repatria.ledger.proof import InclusionProof, format_proof
from repatria.store.tiles import LogStore

ORIGIN = "log.example/x1"
SEED, WITNESS = bytes([1]) * 32, bytes([2]) * 32
VKEY = format_vkey(VerifierKey(ORIGIN, ED25519, public_key(SEED)))
WITNESS_KEY = VerifierKey("mediator.example", COSIGNATURE, public_key(WITNESS))
PACKAGES = Path(os.environ.get("REPATRIA_GOPATH", "/usr/share/gocode"))
ENTRIES = [b"entry %d" % i for i in range(70_000)]


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in tests/ledger/go, built."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not installed (Debian: golang-go)")
    if not (PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("golang.org/x/mod is not installed (Debian: golang-golang-x-mod-dev)")
    built = tmp_path_factory.mktemp("go") / "verify"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOFLAGS": ""}
    source = Path(__file__).parent / "go" / "main.go"
    subprocess.run([go, "build", "-o", str(built), str(source)], env=environment, check=True)
    return built


def verify(verifier: Path, *args: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(verifier), *map(str, args)], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@pytest.mark.parametrize("sizes", [[1], [5, 200, 255], [256], [3, 257], [700, 1000], [100, 65_536, 70_000]])
def test_go_recomputes_the_root_and_every_tile(verifier: Path, folder: Path, sizes: list[int]) -> None:
    with LogStore.create(folder, ORIGIN) as store:
        for size in sizes:
            store.append(ENTRIES[store.size : size])
            note = store.sign_checkpoint(ORIGIN, SEED)
        store.add_cosignatures([cosign(parse_note(note)[0], WITNESS_KEY.name, WITNESS, 7)], [WITNESS_KEY])
    ended = verify(verifier, folder, VKEY)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"{sizes[-1]} entries, ")


def test_go_refuses_a_damaged_entry_tile_or_checkpoint(verifier: Path, folder: Path) -> None:
    with LogStore.create(folder, ORIGIN) as store:
        store.append(ENTRIES[:300])
        store.sign_checkpoint(ORIGIN, SEED)
    for path in ("checkpoint", "tile/entries/000", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"):
        whole = (folder / path).read_bytes()
        damaged = bytearray(whole)
        damaged[20] ^= 1
        (folder / path).write_bytes(damaged)
        assert verify(verifier, folder, VKEY).returncode == 1, path
        (folder / path).write_bytes(whole)
    assert verify(verifier, folder, VKEY).returncode == 0


def test_go_accepts_a_receipt_of_an_earlier_checkpoint_and_refuses_it_for_another_entry(
    verifier: Path, folder: Path, tmp_path: Path
) -> None:
    with LogStore.create(folder, ORIGIN) as store:
        store.append(ENTRIES[:300])
        note = store.sign_checkpoint(ORIGIN, SEED)
        proof = InclusionProof(257, tuple(store.tree.prove_inclusion(257, 300)), note)
        store.append(ENTRIES[300:777])
        store.sign_checkpoint(ORIGIN, SEED)
    (tmp_path / "receipt.tlog-proof").write_bytes(format_proof(proof))
    for entry, code in ((ENTRIES[257], 0), (ENTRIES[258], 1)):
        (tmp_path / "entry").write_bytes(entry)
        ended = verify(verifier, folder, VKEY, tmp_path / "receipt.tlog-proof", tmp_path / "entry")
        assert ended.returncode == code, ended.stderr
        assert ("entry 257 of 300" in ended.stdout) is (code == 0)
