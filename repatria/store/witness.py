"""This node's promise as a witness, on its disk: the largest tree it has cosigned, which never goes back.

The new state is durable before the cosignature leaves; after a crash between the two the same tree is simply
cosigned again. A file that is absent while the node knows it has cosigned cannot be told from a first sight, so the
node keeps it beside its ledger and copies both or neither.

    >>> import tempfile
    >>> read_witness(Path(tempfile.mkdtemp()) / "witness.json", "log.example/x1").size
    0
"""

from __future__ import annotations

import json
from pathlib import Path

from repatria.ledger.checkpoint import parse_checkpoint
from repatria.ledger.note import VerifierKey, cosign, parse_note
from repatria.ledger.tree import Tree
from repatria.ledger.witness import AddCheckpoint, Refusal, WitnessState, advance
from repatria.problem import Problem, Problems
from repatria.store.disk import Disk, replace


def cosign_checkpoint(
    path: Path, tree: Tree, note: bytes, log_key: VerifierKey, witness: VerifierKey, seed: bytes, unix_time: int,
    disk: Disk | None = None,
) -> str:  # fmt: skip
    """The cosignature line for a checkpoint whose tree is `tree` (or a prefix of it), after the promise is durable.

    Raises:
        Problems: `witness.refused`: the tree does not continue what was cosigned last.
    """
    disk = disk or Disk()
    text = parse_note(note)[0]
    checkpoint = parse_checkpoint(text)
    before = read_witness(path, checkpoint.origin, disk)
    proof: tuple[bytes, ...] = ()
    if 0 < before.size < checkpoint.size <= tree.size:
        proof = tuple(tree.prove_consistency(before.size, checkpoint.size))
    try:
        after = advance(before, AddCheckpoint(before.size, proof, note), log_key)
    except Refusal as refusal:
        raise _problem(refusal.what) from refusal
    if after != before:
        data = {"v": 1, "origin": after.origin, "size": after.size, "root": after.root.hex()}
        replace(disk, path.with_name(path.name + ".tmp"), path, json.dumps(data).encode() + b"\n")
    return cosign(text, witness.name, seed, unix_time)


def read_witness(path: Path, origin: str, disk: Disk | None = None) -> WitnessState:
    """What was cosigned last for the log of that origin; size 0 if nothing was."""
    data = (disk or Disk()).read(path)
    if data is None:
        return WitnessState(origin)
    try:
        raw = json.loads(data)
        state = WitnessState(str(raw["origin"]), int(raw["size"]), bytes.fromhex(raw["root"]))
    except (ValueError, KeyError, TypeError):
        raise _problem("the file of what was cosigned last is damaged") from None
    if state.origin != origin:
        raise _problem("this node has cosigned another log before")
    return state


def _problem(what: str) -> Problems:
    return Problems([
        Problem(
            "witness.refused", "checkpoint", what,
            "cosign nothing; compare the checkpoint with another member's by voice or on paper",
        )
    ])  # fmt: skip
