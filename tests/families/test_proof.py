"""A bundle shows what it says, and whatever somebody does to it is found out by its own sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from repatria.families.proof import Wrong, check_bundle, make_bundle
from repatria.files.families import page_of
from repatria.ledger.note import encode_b64
from repatria.problem import Problem
from repatria.report.check_page import Sealed, code_of
from repatria.report.family_texts import TEXTS
from repatria.store import vault
from tests.cli.test_main import problems
from tests.exchange.world import MEMBERS, NORTH, SOUTH
from tests.families.world import ATTACKS, DAY, VERSIONS, Families, families, succeeded

CODE = code_of(bytes(range(20)))


def found_out(bundle: object) -> str:
    with pytest.raises(Wrong) as wrong:
        check_bundle(json.loads(json.dumps(bundle)))
    return wrong.value.code


def test_a_bundle_shows_the_name_every_version_and_who_signed() -> None:
    shown = check_bundle(json.loads(json.dumps(families().bundle())))
    assert set(shown.names) == {"family_name", "given_names"}
    assert shown.registers == (1,)
    assert shown.lists == tuple((SOUTH, version, (NORTH, SOUTH)) for version in range(1, VERSIONS + 1))
    assert set(shown.witnesses) == set(MEMBERS)


def test_a_log_that_was_handed_on_is_believed_by_its_successors_key() -> None:
    from tests.exchange.world import CROSS, GULF

    shown = check_bundle(json.loads(json.dumps(succeeded(families(), NORTH, SOUTH, GULF, CROSS))))
    assert len(shown.lists) == VERSIONS


def test_nobody_else_is_in_a_bundle() -> None:
    it = families()
    said = json.dumps(it.bundle(), ensure_ascii=False)
    theirs = [record for record in it.registers[NORTH] if record.row != it.row(it.number).row]
    assert all(value not in said for record in theirs for value in record.fields.values())
    others = [str(number) for number in it.world.state.persons if number != it.number]
    assert others
    assert all(number not in said for number in others)
    assert all(person.class_id not in said for person in it.world.state.persons.values())


@pytest.mark.parametrize("name", ATTACKS)
def test_what_somebody_does_to_a_bundle_is_found_out(name: str) -> None:
    attack, code = ATTACKS[name]
    assert found_out(attack(families())) == code
    assert f"check.wrong.{code}" in TEXTS


def test_each_single_hash_of_a_proof_counts() -> None:
    bundle = families().bundle()
    places = [("registers", 0, "path"), ("registers", 0, "mark"), *(("lists", at, "path") for at in range(VERSIONS))]
    for part, at, name in places:
        for step in range(len(bundle[part][at][name])):
            tampered = json.loads(json.dumps(bundle))
            kept = tampered[part][at][name][step]
            tampered[part][at][name][step] = ("B" if kept[0] == "A" else "A") + kept[1:]
            assert found_out(tampered) in ("register", "name", "list"), (part, name, step)


def test_somebody_on_no_list_yet_is_shown_their_own_entry_alone() -> None:
    it = families()
    row = it.row(it.number)
    made = make_bundle(it.world.state, it.log(), it.world.attachments.get, NORTH, [row], None, DAY)
    assert isinstance(made, dict)
    assert (check_bundle(json.loads(json.dumps(made))).lists, made["lists"]) == ((), [])


def test_no_bundle_is_made_where_the_signed_log_lacks_the_latest_list() -> None:
    it: Families = families()
    it.entries = it.entries[:-1]
    made = make_bundle(it.world.state, it.log(), it.world.attachments.get, NORTH, [it.row(it.number)], it.number, DAY)
    assert [each.code for each in made if isinstance(each, Problem)] == ["family.proof.early"]


@pytest.mark.parametrize("garbage", [None, [], {}, {"v": 1}, {"v": 2}, "text", {"v": 1, "exchange": "", "entries": []}])
def test_what_is_no_bundle_is_refused(garbage: object) -> None:
    assert found_out(garbage) in ("form", "checkpoint")


@pytest.mark.parametrize(
    "inside", [b"no JSON", b"\xff\xfe", b"[" * 200_000, b'{"v": 1e999}', b"null"],
    ids=["text", "bytes", "deep", "inf", "null"],
)
def test_a_page_that_somebody_made_with_a_code_of_their_own_is_answered_no(
    inside: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "CODE_ITERATIONS", 1000)
    made = vault.seal_under_code(inside, CODE, "00ff", bytes)
    sealed = Sealed("00ff", made[0], *map(encode_b64, made[1:]))
    page = tmp_path / "check.html"
    page.write_bytes(page_of(sealed, "en"))
    assert problems("family", "verify", page, "--code", CODE) == ["family.form"]


@pytest.mark.parametrize("name", ["id", "iterations", "salt", "sealed"])
@pytest.mark.parametrize("value", ["null", "[]", "1e999", '"ü"', '"' + "9" * 5000 + '"'], ids=str.split)
def test_a_page_whose_parts_are_none_is_answered_no(name: str, value: str, tmp_path: Path) -> None:
    parts = {"id": '"00ff"', "iterations": "1000", "salt": '""', "nonce": '""', "sealed": '""', name: value}
    text = ", ".join(f'"{key}": {part}' for key, part in parts.items())
    page = tmp_path / "check.html"
    page.write_text(f'<script type="application/json" id="data">{{{text}}}</script>', encoding="utf-8")
    assert problems("family", "verify", page, "--code", CODE)[0] in ("family.form", "family.code")
