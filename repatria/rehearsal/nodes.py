"""A rehearsal: five nodes in one folder, their stick, their calendar, and the very commands that officers type.

Every step goes through `repatria.cli.main.main`, as a command line would, with --json; a step that ends otherwise
than expected stops the rehearsal with what it printed.
"""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repatria.cli.main import main
from repatria.cli.show import INTERRUPTED

PARTIES = ("north", "south")
MEDIATORS = ("straits", "gulf")
NEUTRAL = "cross"
MEMBERS = (*PARTIES, *MEDIATORS, NEUTRAL)
SECRETARIAT = "straits"
PLACES = ("bridge", "station")
PASSPHRASE = "rehearsal with invented people"


class Unexpected(Exception):
    """A command ended otherwise than the rehearsal expects."""


def expect(holds: bool, found: object = "") -> None:
    """Stop the rehearsal where it came to something else than it always does."""
    if not holds:
        raise Unexpected(f"the exchange came to something else than expected\n{found}")


@dataclass
class Rehearsal:
    """The folders, the clock and the log of commands."""

    folder: Path
    now: str = "2025-11-10T08:00:00Z"
    commands: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        os.environ["REPATRIA_PASSPHRASE"] = PASSPHRASE
        for name in ("nodes", "keys", "desks", "registers"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def node(self, member: str) -> str:
        return str(self.folder / "nodes" / member)

    def key(self, author: str) -> str:
        return str(self.folder / "keys" / (author.replace("/", "-") + ".key"))

    def desk(self, author: str, stage: str) -> str:
        return str(self.folder / "desks" / stage / author.replace("/", "-"))

    @property
    def stick(self) -> str:
        return str(self.folder / "stick")

    def on(self, day: str, hour: int = 8) -> None:
        """Move the clock."""
        self.now = f"{day}T{hour:02}:00:00Z"

    def run(self, *words: str, fails: str | None = None) -> dict[str, Any]:
        """A command that does not sign: its answer. `fails` names the problem, or its family, that it must end with."""
        argv = [*words, "--json"]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(argv)
        if code == INTERRUPTED:  # it was this process that was told to stop
            raise KeyboardInterrupt
        shown = " ".join(word.replace(str(self.folder), "demo") for word in words)
        self.commands.append((f"repatria {shown}", code))
        try:
            said: dict[str, Any] = json.loads(out.getvalue())
        except ValueError:
            raise Unexpected(f"{shown}\n{out.getvalue()}{err.getvalue()}") from None
        if fails is None and code != 0:
            raise Unexpected(f"{shown}\n{json.dumps(said, indent=1)}")
        if fails is not None:
            codes = [problem["code"] for problem in said["problems"]]
            if code != 1 or not any(found == fails or found.startswith(f"{fails}.") for found in codes):
                raise Unexpected(f"{shown}\nexpected {fails}, got exit {code} and {codes}")
            return said
        return dict(said["answer"])

    def do(self, *words: str, fails: str | None = None) -> dict[str, Any]:
        """A command that signs, at the rehearsal's time."""
        return self.run(*words, "--at", self.now, fails=fails)

    def signed(self, member: str, *words: str, fails: str | None = None) -> dict[str, Any]:
        """A command that two signatories of a member sign besides."""
        keys = [word for name in ("sig-1", "sig-2") for word in ("--key-file", self.key(f"{member}/{name}"))]
        noun, verb, *rest = words
        return self.do(noun, verb, self.node(member), *rest, *keys, fails=fails)

    def carry(self, fails: str | None = None) -> dict[str, Any]:
        """The stick goes round: members write to it, the secretariat orders and signs, members read it.

        `fails` names a problem that the secretariat's door must report on the way.
        """
        others = [member for member in MEMBERS if member != SECRETARIAT]
        for member in others:
            self.do("sync", "export", self.node(member), self.stick)
        ordered = self.do("sync", "import", self.node(SECRETARIAT), self.stick, fails=fails)
        self.do("sync", "export", self.node(SECRETARIAT), self.stick)
        for member in others:
            self.do("sync", "import", self.node(member), self.stick)
        return ordered

    def status(self, member: str = SECRETARIAT) -> dict[str, Any]:
        return self.run("exchange", "status", self.node(member))
