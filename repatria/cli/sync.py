"""`repatria sync`: carry a ledger by a folder or a stick, and take in what others signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repatria.cli.verb import AtNode, noun, verb

if TYPE_CHECKING:
    from repatria.sync.folder import SyncReport

app = noun("Carry a ledger by a folder or a stick, and take in what others signed.")

Stick = Annotated[Path, typer.Argument(metavar="STICK", help="A folder, on a stick or anywhere.", show_default=False)]


@verb(app)
def export(at: AtNode, stick: Stick) -> SyncReport:
    """Put on a stick what this node has for others; the secretariat signs first.

    Example: repatria sync export north /media/stick
    """
    from repatria.sync.folder import export_

    return export_(at.node, stick, at.given.now)


@verb(app, "import")
def import_stick(at: AtNode, stick: Stick) -> SyncReport:
    """Take in what is on a stick for this node; a member cosigns, the secretariat orders and signs.

    Example: repatria sync import straits /media/stick
    """
    from repatria.sync.folder import import_

    return import_(at.node, stick, at.given.now)


@verb(app)
def desk(
    at: AtNode,
    folder: Annotated[Path, typer.Argument(metavar="DESK", help="The desk's folder.", show_default=False)],
) -> SyncReport:
    """Take in what a desk signed or heard; its passphrase is not needed.

    Example: repatria sync desk north /media/stick/desk-bridge
    """
    from repatria.store.desk import read_entries
    from repatria.sync.folder import take_desk

    return take_desk(at.node, read_entries(folder), at.given.now)
