"""`repatria node`: make a node, show it, its card, its delegates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repatria.cli.verb import AtNode, NodeArgument, PassphraseFile, noun, passphrase, verb
from repatria.files.whole import write_whole

if TYPE_CHECKING:
    from repatria.office import Done
    from repatria.problem import Problem

app = noun("A member's node: make it, show it, its delegates.")

_PUBLIC = 0o666  # less the user's own mask: these files are to be shown to others
Name = Annotated[str, typer.Argument(metavar="NAME", help="The delegate's short name, such as desk-bridge.")]


@verb(app)
def init(
    node: NodeArgument,
    member: Annotated[str, typer.Option("--member", metavar="NAME", help="The member's short name, such as north.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="party, mediator or neutral.")],
    passphrase_file: PassphraseFile = None,
) -> dict[str, Any]:
    """Make a new node with fresh keys.

    Example: repatria node init north --member north --role party
    """
    import os

    from repatria.store.node import NodeFolder

    words = passphrase(f"the new node in {node.name}", passphrase_file, new=True)
    with NodeFolder.create(node, member, role, words, os.urandom) as made:
        return _card(made.card)


@verb(app)
def card(
    at: AtNode,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to this file as well.")] = None,
) -> dict[str, Any]:
    """This member's public card, to be given to the secretariat and compared by its fingerprint.

    Example: repatria node card north --out north.json
    """
    shown = _card(at.node.card)
    if out is not None:
        write_whole(out, (json.dumps(shown, indent=1) + "\n").encode(), _PUBLIC)
    return shown


@verb(app)
def show(at: AtNode) -> dict[str, Any]:
    """What this node has: its ledger, who cosigned it, what it has signed that is not ordered, what waits.

    Example: repatria node show north
    """
    node = at.node
    ledger, state = node.ledger, node.ledger_state()
    checkpoint = None if ledger is None else ledger.checkpoint()
    away = node.turned_away()
    shown: dict[str, Any] = {
        "member": node.member,
        "role": node.role,
        "secretariat": node.is_secretariat,
        "exchange": state.exchange or None,
        "size": state.size,
        "root": state.root,
        "signed_size": None if checkpoint is None else checkpoint.size,
        "cosigned_by": node.cosigners(),
        "outbox": [
            {"event": each.event[:16], "kind": each.kind, "author": each.author, "takes_effect": each.applied,
             "rule": each.rule}
            for each in node.outbox()
        ],
        "refused_in_ledger": [
            {"index": refusal.index, "kind": refusal.kind, "author": refusal.author, "rule": refusal.rule}
            for refusal in state.refusals
            if refusal.author.partition("/")[0] == node.member
        ],
        "delegates": [
            {"delegate": author, "role": grants[-1].role, "place": grants[-1].place,
             "revoked": grants[-1].until is not None}
            for author, grants in sorted(node.state().keys.items())
            if author.startswith(node.member + "/")
        ],
    }  # fmt: skip
    if node.is_secretariat:
        shown["waiting"] = len(node.waiting())
        shown["turned_away"] = [{name: row[name] for name in ("event", "kind", "author", "rule", "at")} for row in away]
    return shown


@verb(app, without=("key_files",))
def delegate(
    at: AtNode,
    name: Name,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="signatory, supervisor, desk, gate or interviewer.")
    ],
    key_file: Annotated[Path, typer.Option("--key-file", metavar="FILE", help="The new key file.")],
    place: Annotated[str | None, typer.Option("--place", metavar="PLACE", help="Where a desk or gate stands.")] = None,
    signatories: Annotated[
        list[Path] | None, typer.Option("--signatory", metavar="FILE", help="Key of one who signs; may repeat.")
    ] = None,
    key_passphrase_file: Annotated[
        Path | None, typer.Option("--key-passphrase-file", metavar="FILE", help="Of the new key; else as the node's.")
    ] = None,
) -> Done | list[Problem]:
    """Make a delegate's key file and appoint it.

    Example: repatria node delegate north minister --role signatory --key-file minister.key
    """
    from repatria.cli import acting
    from repatria.exchange import commands
    from repatria.store.delegate import create_key, read_public

    at = at.with_keys(signatories or ())
    author = f"{at.node.member}/{name}"
    if key_file.exists() and read_public(key_file)[0] == author:
        key = read_public(key_file)[1]  # made in an attempt that was stopped or refused: appoint this one
    else:
        words = passphrase(f"the new key {key_file.name}", key_passphrase_file, new=True)
        key = create_key(key_file, author, words, at.given.random)
    return at.run(commands.appoint, commands.Appoint(acting.member(at), author, role, key, place))


@verb(app)
def revoke(at: AtNode, name: Name) -> Done | list[Problem]:
    """End a delegate's key; what it signed before stands.

    Example: repatria node revoke north desk-bridge
    """
    from repatria.cli import acting
    from repatria.exchange import commands

    return at.run(commands.revoke, commands.Revoke(acting.alone(at), f"{at.node.member}/{name}"))


@verb(app)
def vkeys(
    at: AtNode,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write them there, one a line.")] = None,
) -> dict[str, Any]:
    """The keys with which anyone verifies this ledger: the log's first, then the witnesses'.

    Example: repatria node vkeys north --out ledger.vkeys
    """
    state = at.node.ledger_state()
    keys = [state.log, *(str(fact.witness) for _, fact in sorted(state.members.items()) if fact.witness)]
    if out is not None:
        write_whole(out, ("\n".join(keys) + "\n").encode(), _PUBLIC)
    return {"vkeys": keys}


def _card(card: Any) -> dict[str, Any]:
    return {"v": 1, "member": card.member, "role": card.role, "key": card.key, "fingerprint": card.fingerprint}
