"""A published table with its proof convinces whoever has the keys, and shows nothing else; changed, it proves none."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.note import (
    COSIGNATURE,
    ED25519,
    BadNote,
    VerifierKey,
    build_note,
    cosign,
    format_vkey,
    public_key,
    sign_note,
)
from repatria.ledger.proof import InclusionProof
from repatria.ledger.tree import Tree, leaf_hash
from repatria.public.commands import proven_table, verify_table
from repatria.public.proof import BadProof, Signed, check_published, format_published, parse_published
from tests.exchange.world import CROSS, GULF, PARTIES, World, world_at
from tests.public.test_published import claim, publish

LOG, WITNESS = bytes([7]) * 32, bytes([8]) * 32
ORIGIN = "log.example/exchange"
KEYS = (VerifierKey(ORIGIN, ED25519, public_key(LOG)), VerifierKey("cross", COSIGNATURE, public_key(WITNESS)))


@pytest.fixture(scope="module")
def world() -> World:
    found = world_at("reconciled", people=(12, 11))
    publish(found)
    found.must(CROSS, claim())  # something after it
    return found


def checkpoint(world: World, seed: bytes = LOG) -> bytes:
    tree = Tree(map(leaf_hash, world.entries))
    text = format_checkpoint(ORIGIN, tree.size, tree.root())
    return build_note(text, [sign_note(text, ORIGIN, seed), cosign(text, "cross", WITNESS, 1_766_000_000)])


def proven(world: World, note: bytes | None = None) -> bytes:
    tree = Tree(map(leaf_hash, world.entries))
    note = checkpoint(world) if note is None else note

    def prove(indexes: object) -> list[Signed]:
        assert isinstance(indexes, list)
        return [Signed(world.entries[at], InclusionProof(at, tuple(tree.prove_inclusion(at)), note)) for at in indexes]

    found = proven_table(world.state, world.attachments.get, prove)
    assert not isinstance(found, list)
    return found.data


def test_the_proof_shows_the_table_who_signed_it_and_who_cosigned_the_log(world: World) -> None:
    found = check_published(proven(world), KEYS)
    assert [(row.side, row.received) for row in found.table.rows] == [("north", 12), ("south", 11)]
    assert {member for member, _ in found.by} == {*PARTIES, GULF}
    assert (found.origin, found.size, found.cosigners) == (ORIGIN, len(world.entries), ("cross",))
    told = verify_table(proven(world), "counts.json", KEYS)
    assert isinstance(told, dict)
    assert [row["received"] for row in told["published"]] == [12, 11]


def test_it_holds_no_entry_but_those_and_nobodys_number(world: World) -> None:
    table, signed = parse_published(proven(world))
    indexes = {each.proof.index for each in signed}
    assert len(signed) == 3
    for at, entry in enumerate(world.entries):
        assert (entry in [each.entry for each in signed]) == (at in indexes)
    plain = table + b"".join(each.entry for each in signed)
    assert not [number for number in world.state.persons if number.encode() in plain]


def test_whatever_is_changed_it_proves_nothing(world: World) -> None:
    table, signed = parse_published(proven(world))
    first, *rest = signed
    other = next(entry for entry in world.entries if entry not in [each.entry for each in signed])
    hashes = first.proof.hashes
    wrong = [
        (table.replace(b"12", b"13", 1), signed),
        (table, ()),
        (table, (replace(first, entry=other), *rest)),
        (table, (replace(first, proof=replace(first.proof, index=first.proof.index + 1)), *rest)),
    ]
    for at in range(len(hashes)):
        torn = replace(first.proof, hashes=(*hashes[:at], bytes(32), *hashes[at + 1 :]))
        wrong.append((table, (replace(first, proof=torn), *rest)))
    for changed, those in wrong:
        with pytest.raises(BadProof):
            check_published(format_published(changed, those), KEYS)
    assert check_published(format_published(table, signed), KEYS)


def test_a_true_entry_about_something_else_proves_no_table(world: World) -> None:
    table, signed = parse_published(proven(world))
    tree = Tree(map(leaf_hash, world.entries))
    last = len(world.entries) - 1  # the claim
    strange = Signed(world.entries[last], InclusionProof(last, tuple(tree.prove_inclusion(last)), checkpoint(world)))
    with pytest.raises(BadProof, match="another table"):
        check_published(format_published(table, (*signed, strange)), KEYS)


def test_another_logs_signature_is_none(world: World) -> None:
    with pytest.raises(BadNote):
        check_published(proven(world, checkpoint(world, bytes([9]) * 32)), KEYS)
    problems = verify_table(proven(world, checkpoint(world, bytes([9]) * 32)), "counts.json", KEYS)
    assert isinstance(problems, list)
    assert [each.code for each in problems] == ["counts.proof"]


OTHERS = (
    VerifierKey("cross", ED25519, public_key(bytes([9]) * 32)),  # a log of another name
    VerifierKey(ORIGIN, ED25519, public_key(bytes([10]) * 32)),  # this log's, before or after a succession
)


@pytest.mark.parametrize(
    "keys", [*permutations((*KEYS, *OTHERS))], ids=lambda keys: "-".join(str(each.kind) for each in keys)
)
def test_the_logs_key_is_told_by_its_kind_and_name_in_whatever_order_keys_stand(
    world: World, keys: tuple[VerifierKey, ...]
) -> None:
    found = check_published(proven(world), keys)
    assert (found.log, found.cosigners) == (KEYS[0], ("cross",))
    told = verify_table(proven(world), "counts.json", keys)
    assert isinstance(told, dict)
    assert told["log_key"] == format_vkey(KEYS[0])


def test_a_witnesss_key_alone_proves_nothing_though_it_is_called_as_the_log_is(world: World) -> None:
    named = VerifierKey(ORIGIN, COSIGNATURE, public_key(WITNESS))
    for keys in ((KEYS[1],), (named,), (named, KEYS[1]), OTHERS, ()):
        with pytest.raises(BadNote):
            check_published(proven(world), keys)


KIND = '{"kind":"repatria/published-counts/v1","signed":[],"table":%s}'


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", (KIND % "1").encode(), (KIND % '"\u0454"').encode()])
def test_what_is_no_such_file_is_told(data: bytes) -> None:
    with pytest.raises(BadProof):
        parse_published(data)


def test_before_a_table_is_published_there_is_nothing_to_prove() -> None:
    found = proven_table(world_at("round").state, {}.get, lambda indexes: None)
    assert isinstance(found, list)
    assert [each.code for each in found] == ["counts.none"]
