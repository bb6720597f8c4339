"""A desk made of a file and its key: it works as any desk; for whom the file was not made, it is nothing at all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from repatria.exchange.codec import event_id
from repatria.exchange.state import dump_state
from repatria.ledger.entry import decode_entry
from repatria.ledger.note import ed25519_sign, public_key
from repatria.problem import Problems
from repatria.store.delegate import DelegateKey, create_key, open_key, stretched_key
from repatria.store.desk import DeskFolder, narrowed_with, read_entries
from repatria.store.equipment import Equipment, format_card, open_equipment, parse_card, seal_equipment
from repatria.store.vault import new_identity, seal_to
from tests.exchange.world import World, seed
from tests.store.test_desk import AUTHORS, PASSPHRASE, Desks, granted, hand_over_everyone
from tests.store.test_node import codes

MEMBER = bytes(31) + b"m"  # the seed of the member's own key
WHOSE = public_key(MEMBER).hex()
NAMES = {"0" * 32: {"family_name": "Вигаданий"}}


@cache
def key_of(author: str) -> DelegateKey:
    return DelegateKey(author, seed(author), new_identity(), WHOSE)


def equipment(author: str, ledger: World | None = None) -> Equipment:
    """As the member's node makes it: with what a desk that is there already may have in its journal."""
    state = (ledger or granted()).state
    events = [event_id(decode_entry(entry).body) for entry in (ledger or granted()).entries]
    twin = narrowed_with(state, "s1", "bridge", events)
    return Equipment(author, "s1", "bridge", key_of(author).public, state.size, dump_state(twin), NAMES)


def sealed(made: Equipment, key: DelegateKey, member: bytes = MEMBER) -> bytes:
    card = parse_card(format_card(key), "card")
    return seal_equipment(made, card.recipient, lambda text: ed25519_sign(member, text))


def opened(data: bytes, key: DelegateKey, whose: str = WHOSE) -> Equipment:
    return open_equipment(data, key, whose, "desk.equipment")


@cache
def file(author: str = AUTHORS["north"]) -> bytes:
    return sealed(equipment(author), key_of(author))


def folder_of(folder: Path, made: Equipment, key: DelegateKey) -> DeskFolder:
    path = folder.parent / f"{folder.name}.key"
    if not path.exists():
        create_key(path, key.author, PASSPHRASE, lambda count: key.seed[:count] if count == 32 else bytes(count))
    return DeskFolder.equip(folder, made, key.seed, PASSPHRASE, stretched_key(path, PASSPHRASE))


# --- it is a desk -----------------------------------------------------------------------------------------------------


def test_three_desks_made_of_files_and_keys_hand_everyone_over(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    for name, author in AUTHORS.items():
        key = key_of(author)
        folder_of(tmp_path / name, opened(file(author), key), key).close()
    hand_over_everyone(desks)
    for name in ("north", "south"):
        assert set(desks.states(name).values()) == {"received"}
    with desks.open("north") as desk:
        assert desk.names() == NAMES


def test_it_is_the_desk_that_the_node_itself_makes(tmp_path: Path) -> None:
    author = AUTHORS["north"]
    key = key_of(author)
    folder_of(tmp_path / "file", opened(file(), key), key).close()
    DeskFolder.create(
        tmp_path / "node", author, "s1", "bridge", granted().state, key.seed, PASSPHRASE, NAMES
    ).close()
    for name in ("base", "desk.json"):
        assert (tmp_path / "file" / name).read_bytes() == (tmp_path / "node" / name).read_bytes()


def test_a_desk_that_is_there_is_brought_up_to_a_newer_ledger_and_finds_its_own_acts_in_it(tmp_path: Path) -> None:
    from repatria.handover import commands

    desks, ledger = Desks(tmp_path), granted().copy()
    for name, author in AUTHORS.items():
        folder_of(tmp_path / name, opened(file(author), key_of(author)), key_of(author)).close()
    desks.do("gate", commands.present)
    desks.tell("gate", "north")
    desks.do("north", commands.release)
    ledger.hear(read_entries(tmp_path / "north"))
    key, before = key_of(AUTHORS["north"]), desks.states("north")
    newer = opened(sealed(equipment(key.author, ledger), key), key)
    folder_of(tmp_path / "north", newer, key).close()
    assert desks.states("north") == before
    with desks.open("north") as desk:
        assert (desk.problems(), desk.waiting(), len(desk.entries())) == ([], 0, 2)


def test_an_older_ledger_than_the_desk_has_had_is_refused_and_the_desk_stays_what_it_was(tmp_path: Path) -> None:
    from repatria.exchange.fold import fold

    key, ledger = key_of(AUTHORS["north"]), granted().copy()
    folder_of(tmp_path / "north", opened(file(), key), key).close()
    base = (tmp_path / "north" / "base").read_bytes()
    older = fold(ledger.entries[:-1], ledger.attachments.get)
    made = replace(equipment(key.author), size=older.size, state=dump_state(narrowed_with(older, "s1", "bridge", ())))
    with pytest.raises(Problems) as error:
        folder_of(tmp_path / "north", opened(sealed(made, key), key), key)
    assert codes(error) == ["desk.older"]
    assert (tmp_path / "north" / "base").read_bytes() == base


# --- and for nobody else ----------------------------------------------------------------------------------------------


def test_a_file_for_another_desk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problems) as error:
        opened(file(AUTHORS["south"]), key_of(AUTHORS["north"]))
    assert codes(error) == ["equipment.desk"]
    assert error.value.problems[0].do.startswith("bring the file that was made for this desk")


def test_a_file_for_another_key_of_the_same_desk_is_refused() -> None:
    key = DelegateKey(AUTHORS["north"], bytes(32), new_identity(), WHOSE)
    with pytest.raises(Problems) as error:
        opened(file(), key)
    assert codes(error) == ["equipment.desk"]


def test_a_file_sealed_to_another_card_is_refused() -> None:
    key = replace(key_of(AUTHORS["north"]), identity=new_identity())
    with pytest.raises(Problems) as error:
        opened(file(), key)
    assert codes(error) == ["equipment.changed"]


def test_whoever_carries_a_file_reads_no_name_in_it() -> None:
    assert "Вигаданий".encode() not in file()
    assert b"Vyhadanyi" not in file()


@pytest.mark.parametrize("other", ["another member", "nobody"])
def test_a_file_that_the_member_has_not_signed_is_refused(other: str) -> None:
    """Whoever knows the card can seal to it: it is the signature that says whose word it is."""
    key, made = key_of(AUTHORS["north"]), equipment(AUTHORS["north"])
    data = sealed(made, key, bytes(32))
    if other == "nobody":
        line = data[: data.index(b"\n") + 1]
        unsigned = bytes(64) + b'{"names": {}, "size": 1, "v": 1}\n'
        data = line + seal_to(unsigned, [parse_card(format_card(key), "card").recipient])
    with pytest.raises(Problems) as error:
        opened(data, key)
    assert codes(error) == ["equipment.signature"]


def test_a_file_with_one_byte_changed_is_refused_wherever_it_is() -> None:
    """Every byte of the line that says for whom it is; of what is sealed, one in fifty."""
    data, key, seen = file(), key_of(AUTHORS["north"]), set()
    line = data.index(b"\n") + 1
    assert opened(data, key).names == NAMES
    for at in [*range(line), *range(line, len(data), max(1, (len(data) - line) // 50)), len(data) - 1]:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(Problems) as error:
            opened(changed, key)
        seen.update(codes(error))
    assert seen == {"equipment.format", "equipment.desk", "equipment.changed", "equipment.signature"}
    with pytest.raises(Problems):
        opened(data[:-1], key)


def test_a_stage_or_place_of_another_file_is_not_put_over_it() -> None:
    """The line in clear is signed with the rest."""
    key = key_of(AUTHORS["north"])
    with pytest.raises(Problems) as error:
        opened(file().replace(b" s1 bridge ", b" s2 bridge ", 1), key)
    assert codes(error) == ["equipment.signature"]


def test_a_wrong_passphrase_opens_no_key(tmp_path: Path) -> None:
    create_key(tmp_path / "desk.key", AUTHORS["north"], PASSPHRASE, lambda count: bytes(count), WHOSE)
    key = open_key(tmp_path / "desk.key", PASSPHRASE)
    assert (key.member, key.identity[:15]) == (WHOSE, "AGE-SECRET-KEY-")
    with pytest.raises(Problems) as error:
        open_key(tmp_path / "desk.key", "other words")
    assert codes(error) == ["vault.passphrase"]


# --- the card ---------------------------------------------------------------------------------------------------------


def test_a_card_with_another_recipient_or_another_name_is_refused() -> None:
    """Nobody slips their own recipient under somebody's key."""
    import json

    card = format_card(key_of(AUTHORS["north"]))
    other = json.loads(format_card(key_of(AUTHORS["south"])))
    assert parse_card(card, "card").author == AUTHORS["north"]
    for name in ("recipient", "author", "key", "signature"):
        raw = json.loads(card)
        with pytest.raises(Problems) as error:
            parse_card(json.dumps({**raw, name: other[name]}).encode(), "card")
        assert codes(error) == ["desk.card"]
    for wrong in (b"", b"{}", b"[]", b"null", card[:-5], b'{"v": 1}', card + b" " * 5000):
        with pytest.raises(Problems) as error:
            parse_card(wrong, "card")
        assert codes(error) == ["desk.card"]
