"""Check-in: what a desk signs is kept before it is answered, once, by its own key, and by nobody else's."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.events import Author, KeyRevoked, PersonReleased
from repatria.ledger.entry import decode_entry, encode_entry, sign_entry
from repatria.store.disk import Disk
from repatria.store.node import NodeFolder
from repatria.web.served import Served
from tests.exchange.world import NORTH, PHASES, SOUTH, Scenario, World, carry, public, seed
from tests.store.test_node import Stopped
from tests.web.world import HOST, application

PASSPHRASE = "four plain words here"
DESK, OTHER, GATE = "north/desk-bridge", "south/desk-bridge", "cross/gate-bridge"
NOW = "2025-12-10T09:00:00Z"


@pytest.fixture(scope="module")
def granted() -> World:
    """Rights are out at the bridge, and nobody has come through the gate yet."""
    return carry(World(Scenario(people=(3, 3), bound=3)), PHASES[: PHASES.index("granted") + 1])


@pytest.fixture(scope="module")
def kept(granted: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """North's node with that ledger."""
    path = tmp_path_factory.mktemp("checkin") / "north"
    with NodeFolder.create(path, NORTH, "party", PASSPHRASE) as node:
        node.keyring.add("member-2", seed(NORTH))
        node.start_log("repatria.test/log").append(granted.entries, granted.attachments)
    return path


@pytest.fixture
def north(kept: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(kept, tmp_path / "north"))


@contextmanager
def serving(path: Path, disk: Disk | None = None) -> Iterator[Served]:
    from repatria.web.access import serve

    application()
    served = Served(NodeFolder.open(path, PASSPHRASE, disk=disk), lambda: NOW)
    try:
        serve(served)
        yield served
    finally:
        served.close()


def token(served: Served, name: str = "desk-bridge", role: str = "desk") -> str:
    from repatria.web import tokens

    return tokens.issue(served, served.who(name), role)


def post(text: str, entries: Sequence[bytes], path: str = "desk/check-in") -> tuple[int, Any]:
    from django.test import Client

    body = {"entries": [base64.b64encode(each).decode() for each in entries]}
    answer = Client(SERVER_NAME=HOST).post(
        f"/api/v1/{path}", body, content_type="application/json", headers={"authorization": f"Bearer {text}"}
    )
    return answer.status_code, answer.json()


def handover(granted: World) -> list[bytes]:
    """The gate lets everybody through; then both sides' first people, released and received, as they were signed."""
    world = granted.copy()
    start = len(world.entries)
    world.present(world.manifest())
    for number in world.manifest()[:2]:
        world.release(number)
        world.receive(number)
    return world.entries[start:]


def states(served: Served) -> list[str]:
    return sorted(str(person.state) for person in served.state().persons.values())


def rules(said: Any) -> list[str | None]:
    return [None if each["problem"] is None else each["problem"]["code"] for each in said["entries"]]


# --- honest ----------------------------------------------------------------------------------------------------------


def test_what_a_desk_signed_and_heard_is_kept_and_counts(granted: World, north: Path) -> None:
    entries = handover(granted)
    with serving(north) as served:
        text = token(served)
        for entry in entries:
            status, said = post(text, [entry])
            assert (status, said["ok"], rules(said)) == (200, True, [None])
            assert said["entries"][0]["applied"]
        assert states(served).count("received") == 2
    with NodeFolder.open(north, PASSPHRASE) as node:  # nothing of it was in memory alone
        assert [each.entry for each in node.outbox()] == entries
        assert all(each.applied for each in node.outbox())


def test_several_come_in_one_request_in_any_order(granted: World, north: Path) -> None:
    entries = handover(granted)
    with serving(north) as served:
        status, said = post(token(served), entries[::-1])
        assert (status, [each["applied"] for each in said["entries"]]) == (200, [True] * len(entries))
        assert states(served).count("received") == 2


def test_the_gate_checks_in_at_its_own_node_alike(granted: World, tmp_path: Path) -> None:
    with NodeFolder.create(tmp_path / "cross", "cross", "neutral", PASSPHRASE) as node:
        node.keyring.add("member-2", seed("cross"))
        node.start_log("repatria.test/log").append(granted.entries, granted.attachments)
    with serving(tmp_path / "cross") as served:
        assert post(token(served, "gate-bridge", "gate"), handover(granted)[:1])[0] == 200


def test_a_ledger_that_comes_home_has_everything_once(granted: World, north: Path) -> None:
    """What was checked in stands in the ledger later: the outbox is empty then, and sent again it is known."""
    entries = handover(granted)
    with serving(north) as served:
        text = token(served)
        post(text, entries)
        assert served.node.ledger is not None
        served.node.ledger.append(entries)
        assert (served.node.outbox(), states(served).count("received")) == ([], 2)
        status, said = post(text, entries[:1])
        assert (status, said["entries"][0]["kept"], served.node.outbox()) == (200, True, [])


# --- attacks ---------------------------------------------------------------------------------------------------------


def test_a_replayed_entry_changes_nothing(granted: World, north: Path) -> None:
    entries = handover(granted)
    with serving(north) as served:
        text = token(served)
        post(text, entries)
        before, whole = states(served), served.node.outbox()
        for _ in range(10):
            status, said = post(text, entries[1:2])
            assert (status, said["entries"][0]["kept"], said["entries"][0]["applied"]) == (200, True, True)
        assert (states(served), served.node.outbox()) == (before, whole)


@pytest.mark.parametrize(
    ("author", "signer", "rule"),
    [
        (DESK, "a key that nobody has told of", "signature.unknown"),
        (DESK, OTHER, "signature.unknown"),
        (DESK, GATE, "signature.unknown"),
        (DESK, NORTH, "signature.unknown"),
        (OTHER, DESK, "signature.unknown"),
        ("north/nobody", DESK, "authority.key"),
        ("nowhere/desk", DESK, "authority.member"),
    ],
)
def test_an_entry_that_its_author_has_not_signed_is_turned_away(
    granted: World, north: Path, author: str, signer: str, rule: str
) -> None:
    world = granted.copy()
    number = world.manifest(NORTH if author == DESK else SOUTH)[0]
    world.keys[author] = signer
    forged = world.entry(author, world.release_event(number), signers=[author])
    with serving(north) as served:
        status, said = post(token(served), [forged])
        assert (status, said["ok"], rules(said)) == (422, False, [rule])
        assert said["entries"][0]["problem"]["do"]
        assert not said["entries"][0]["kept"]
        assert served.node.outbox() == []


def test_a_stripped_signature_or_a_changed_byte_is_turned_away(granted: World, north: Path) -> None:
    entry = handover(granted)[0]
    changed = [entry[:40] + bytes([entry[40] ^ 1]) + entry[41:], entry[:-5], b"", b"{}", entry + b" "]
    with serving(north) as served:
        text = token(served)
        for each in changed:
            status, said = post(text, [each])
            assert (status, said["entries"][0]["kept"]) == (422, False)
        assert served.node.outbox() == []
        assert post(text, [*changed, entry])[1]["entries"][-1]["applied"]  # and what is good beside them comes in


def test_an_entry_of_another_exchange_is_turned_away(granted: World, north: Path) -> None:
    world = granted.copy()
    other = world.entry(DESK, world.release_event(world.manifest(NORTH)[0]), exchange="d" * 32)
    with serving(north) as served:
        status, said = post(token(served), [other])
        assert (status, rules(said), served.node.outbox()) == (422, ["exchange.other"], [])


def test_a_token_of_another_exchange_or_of_another_node_opens_nothing(
    granted: World, north: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from repatria.web import tokens

    entry = handover(granted)[0]
    with serving(north) as served:
        text = token(served)
        assert post("repatria-" + os.urandom(32).hex(), [entry])[0] == 401
        assert post(text[:-1], [entry])[0] == 401
        tokens._write(served, [replace(each, exchange="d" * 32) for each in tokens.tokens(served)])
        assert post(text, [entry])[0] == 401
        assert served.node.outbox() == []


def test_a_token_is_for_desks_and_gates_and_ends_with_the_desk(granted: World, north: Path) -> None:
    entry = handover(granted)[0]
    with serving(north) as served:
        person = token(served, "supervisor", "supervisor")
        assert post(person, [entry])[0] == 403
        assert [read.what for read in served.reads.all() if not read.allowed] == ["api desk check-in"]
        text = token(served)
        assert post(text, [entry], "exchange/status")[0] == 403  # and for nothing but this
        revoked = granted.copy().entry(NORTH, KeyRevoked(Author(DESK), public(DESK)))
        assert post(text, [revoked])[0] == 200
        assert post(text, [entry])[0] == 401


def test_a_desk_without_a_right_is_on_record_and_moves_nobody(granted: World, north: Path) -> None:
    """Rightly signed and void: it is kept, so that its chain goes on, and the rule is said."""
    world = granted.copy()
    theirs = world.manifest(SOUTH)[0]
    right = world.state.persons[theirs].right
    assert right is not None
    void = world.entry(DESK, PersonReleased(right.stage, right.place, theirs, right.epoch, None))
    with serving(north) as served:
        before = states(served)
        status, said = post(token(served), [void])
        assert (status, said["ok"]) == (200, True)
        assert (said["entries"][0]["kept"], said["entries"][0]["applied"]) == (True, False)
        assert rules(said)[0] is not None
        assert (states(served), [each.applied for each in served.node.outbox()]) == (before, [False])
        again = post(token(served), [void])[1]["entries"][0]
        assert (again["kept"], again["applied"]) == (True, False)


def test_out_of_order_it_waits_at_the_desk_and_comes_in_after_what_it_relies_on(granted: World, north: Path) -> None:
    presented, released, received, *_ = handover(granted)
    with serving(north) as served:
        text = token(served)
        for early in ([received], [released]):
            status, said = post(text, early)
            assert (status, rules(said), said["entries"][0]["kept"]) == (422, ["refs.missing"], False)
        assert served.node.outbox() == []
        for entry in (presented, released, received):
            assert post(text, [entry])[0] == 200
        assert states(served).count("received") == 1


def test_what_is_no_base64_or_too_much_is_said_at_its_place(granted: World, north: Path) -> None:
    from django.test import Client

    with serving(north) as served:
        header = {"authorization": f"Bearer {token(served)}"}

        def say(entries: Any) -> tuple[int, list[str]]:
            answer = Client(SERVER_NAME=HOST).post(
                "/api/v1/desk/check-in", {"entries": entries}, content_type="application/json", headers=header
            )
            return answer.status_code, [each["where"] for each in answer.json()["problems"]]

        assert say(["AA==", "!", "AA=="]) == (400, ["entries.1"])
        assert say([])[0] == say(["AA=="] * 201)[0] == say("AA==")[0] == 400


# --- at once, and the power gone -------------------------------------------------------------------------------------


class Counting(Disk):
    """Counts the fsyncs of journals."""

    def __init__(self) -> None:
        self.fsyncs = 0

    def open(self, path: Path, create: bool = False) -> Any:
        file, disk = super().open(path, create), self

        class Counted:
            read, write, truncate, close = file.read, file.write, file.truncate, file.close

            def fsync(self) -> None:
                disk.fsyncs += path.name == "journal"
                file.fsync()

        return Counted()


def test_those_who_wait_at_the_same_time_share_one_fsync_and_each_event_happens_once(
    granted: World, north: Path
) -> None:
    from repatria.web.checkin import counter

    presented, *rest = handover(granted)
    disk = Counting()
    answers: list[Any] = []
    with serving(north, disk) as served:
        desk = counter(served)
        assert desk is counter(served)
        before = disk.fsyncs
        # While somebody has the node, these come: the same release twice, and everything else once.
        threads = [
            threading.Thread(target=lambda these=these: answers.append(desk.bring(these)))  # type: ignore[misc]
            for these in ([presented], [presented], rest, rest, [b"junk"], rest[:1])
        ]
        with served.lock:
            for each in threads:
                each.start()
            while len(desk._waiting) < len(threads):
                pass
        for each in threads:
            each.join()
        assert disk.fsyncs == before + 1
        assert [each.entry for each in served.node.outbox()] == [presented, *rest]
        assert sorted(all(each.kept for each in answer) for answer in answers) == [False, *[True] * 5]
        assert states(served).count("received") == 2


def test_a_stop_at_any_step_loses_nothing_acknowledged_and_sent_again_it_is_there_once(
    granted: World, kept: Path, tmp_path: Path
) -> None:
    """The power goes between writing and answering, at each step: what was answered is there; all else comes again."""
    entries = handover(granted)
    for at in range(50):
        path = Path(shutil.copytree(kept, tmp_path / str(at)))
        disk, acknowledged = Stopped(10**9, KeyboardInterrupt()), []
        stopped = False
        with NodeFolder.open(path, PASSPHRASE, disk=disk) as node:
            disk.left = at
            try:
                for entry in entries:
                    assert node.check_in([entry], NOW).come_in
                    acknowledged.append(entry)
            except KeyboardInterrupt:
                stopped = True
        with NodeFolder.open(path, PASSPHRASE) as node:
            there = [each.entry for each in node.outbox()]
            assert there[: len(acknowledged)] == acknowledged
            assert len(there) <= len(acknowledged) + 1
            node.check_in(entries, NOW)
            assert [each.entry for each in node.outbox()] == entries
            assert all(each.applied for each in node.outbox())
        shutil.rmtree(path)
        if not stopped:
            assert at > 2 * len(entries)
            return
    raise AssertionError("it was stopped every time")


def test_a_disk_that_fails_acknowledges_nothing_then_or_later(granted: World, north: Path) -> None:
    entries = handover(granted)
    disk = Stopped(10**9, OSError(5, "Input/output error"))
    with serving(north, disk) as served:
        text = token(served)
        assert post(text, entries[:1])[0] == 200
        disk.left = 1  # the frame is written, and its fsync fails
        status, said = post(text, entries[1:2])
        assert (status, said["ok"], said["entries"]) == (503, False, [])
        assert [each["code"] for each in said["problems"]] == ["log.disk"]
        disk.left = 10**9
        assert [each["code"] for each in post(text, entries[1:2])[1]["problems"]] == ["log.stopped"]
        assert post(text, entries[:1])[0] == 200  # what is there already is there
    with serving(north) as served:
        assert post(token(served), entries)[0] == 200
        assert [hashlib.sha256(each.entry).digest() for each in served.node.outbox()] == [
            hashlib.sha256(entry).digest() for entry in entries
        ]


def test_an_entry_with_other_signatures_than_those_that_are_kept_is_turned_away(granted: World, north: Path) -> None:
    world = granted.copy()
    body = world.entry(GATE, world.release_event(world.manifest(NORTH)[0]))  # void, and signed
    other = encode_entry(sign_entry(decode_entry(body).body, [seed(DESK)]))
    with serving(north) as served:
        text = token(served)
        assert post(text, [body])[0] == 200
        status, said = post(text, [other])
        assert (status, rules(said)) == (422, ["chain.replayed"])
