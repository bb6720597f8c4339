"""A small exchange served for tests: five nodes at one chapter of the scenario, and browsers' clients for people.

Django is set up once per process, with one database; `World.serving` says which member's node is shown, and every copy
of a world is its own folder, so that tests may change what they like.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from repatria.rehearsal.nodes import MEMBERS, PASSPHRASE, Rehearsal
from repatria.rehearsal.terms import TEST
from repatria.web.served import Served
from tests.scenario.exchange import Scenario

CHAPTERS = ("open", "consult", "lists", "clear", "draw_and_plan", "hand_over", "close")
HOST = "testserver"
PLAYED = "REPATRIA_PLAYED"  # a folder of this run of tests, for all of its processes (tests/conftest.py)
DATABASE = "REPATRIA_WEB_DATABASE"  # the address of a PostgreSQL; SQLite without it


@cache
def played(chapter: str) -> Path:
    """The scenario's folder after a chapter; made once in a run, and not to be changed: take a `World`."""
    return _scenario(chapter).at.folder


@cache
def with_clerks(chapter: str) -> Path:
    """The same with an officer named clerk at each node, in the ledger of all; made once in a run too."""

    def appoint(folder: Path) -> bytes:
        world = World.after(chapter, folder)
        for member in MEMBERS:
            world.appoint(member, "clerk", "officer")
        world.at.carry()
        return b"appointed"

    return _made_once(f"{chapter}-with-clerks", appoint)[0]


@cache
def _scenario(chapter: str) -> Scenario:
    """Played on from a copy of the chapter before it, so that each chapter is played once."""
    at = CHAPTERS.index(chapter)
    before = _scenario(CHAPTERS[at - 1]) if at else None

    def play(folder: Path) -> bytes:
        scenario = Scenario(folder, TEST)
        if before is not None:
            shutil.copytree(before.at.folder, folder, dirs_exist_ok=True)
            scenario.told, scenario.at.now = deepcopy(before.told), before.at.now
        getattr(scenario, chapter)()
        return pickle.dumps((scenario.told, scenario.at.now))

    folder, end = _made_once(chapter, play)
    scenario = Scenario(folder, TEST)
    scenario.told, scenario.at.now = pickle.loads(end)
    return scenario


def _made_once(name: str, make: Callable[[Path], bytes]) -> tuple[Path, bytes]:
    """A folder and what its maker had to say at the end, made by one of the processes of a run of tests: the others
    find it in the run's folder."""
    kept = Path(os.environ.get(PLAYED) or tempfile.mkdtemp(prefix="repatria-web-")) / "played" / name
    kept.mkdir(parents=True, exist_ok=True)
    folder, end = kept / "world", kept / "end"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not end.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a process that was ended meanwhile
            folder.mkdir()
            said = make(folder)
            end.write_bytes(said)
    return folder, end.read_bytes()


@cache
def application() -> Any:
    """Django, with its one database of this process."""
    from repatria.web.serve import begin
    from repatria.web.settings import Options

    folder = Path(tempfile.mkdtemp(prefix="repatria-web-"))
    secret = "a secret of the tests that is long enough for Django's own checks"
    address = os.environ.get(DATABASE)
    # `browser.live` is at localhost
    found = begin(Options(folder, secret, HOST, tls=False, names=("localhost",), database=address))
    from django.db import connection

    assert connection.vendor == ("sqlite" if address is None else "postgresql")
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the server's own is slow on purpose
    return found


@dataclass
class World:
    """A copy of the scenario's folder after a chapter, to be changed as a test likes."""

    at: Rehearsal

    @classmethod
    def after(cls, chapter: str, folder: Path) -> World:
        shutil.copytree(played(chapter), folder, dirs_exist_ok=True)
        return cls(Rehearsal(folder))

    @classmethod
    def with_clerks(cls, chapter: str, folder: Path) -> World:
        """The same, and at each node an officer named clerk, whom every ledger has."""
        shutil.copytree(with_clerks(chapter), folder, dirs_exist_ok=True)
        return cls(Rehearsal(folder))

    def copy(self, folder: Path) -> World:
        """A copy of this world, at the same time of day: one that is made once serves the tests of a file."""
        shutil.copytree(self.at.folder, folder, dirs_exist_ok=True)
        return World(Rehearsal(folder, self.at.now))

    def appoint(self, member: str, name: str, role: str) -> None:
        """A delegate at that member's node, in the ledger by the next stick."""
        key = self.at.key(f"{member}/{name}")
        self.at.do("node", "delegate", self.at.node(member), name, "--role", role, "--key-file", key)

    @contextmanager
    def serving(self, member: str) -> Iterator[Served]:
        """That member's node is the one that is shown."""
        from repatria.web.access import serve

        application()
        served = Served.open(Path(self.at.node(member)), PASSPHRASE, clock=lambda: self.at.now)
        try:
            serve(served)
            yield served
        finally:
            served.close()


def client(name: str, keeper: bool = False, language: str = "en") -> Any:
    """A browser's client in which that person is logged in, with a second factor, and has just shown who they are."""
    application()
    import time

    from allauth.mfa.models import Authenticator
    from django.test import Client

    from repatria.web.models import Login

    login, _ = Login.objects.get_or_create(name=name)
    login.keeper = keeper
    login.save()
    Authenticator.objects.get_or_create(user=login, type="totp", defaults={"data": {"secret": ""}})
    found = Client(SERVER_NAME=HOST, headers={"accept-language": language})
    found.force_login(login, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = found.session
    shown = {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"], session["account_authentication_methods_user"] = [shown], str(login.pk)
    session.save()
    return found


def asked_for(asker: Any, address: str, given: dict[str, Any]) -> str:
    """The id of the export that is asked for there."""
    before = _open_exports(asker)
    answer = asker.post(address, given)
    assert (answer.status_code, answer["Location"]) == (302, "/en/exports/")
    (id,) = _open_exports(asker) - before
    return id


def exported(asker: Any, address: str, given: dict[str, Any], other: str) -> Any:
    """The file that is asked for there, with the consent of that other person."""
    id = asked_for(asker, address, given)
    assert client(other).post(f"/en/exports/{id}/consent/").status_code == 302
    return asker.post(f"/en/exports/{id}/take/")


def _open_exports(asker: Any) -> set[str]:
    page = asker.get("/en/exports/").content.decode()
    return set(re.findall(r"/en/exports/([0-9a-f]{32})/call-off/", page))


__all__ = ["CHAPTERS", "HOST", "MEMBERS", "World", "application", "asked_for", "client", "exported", "played"]
