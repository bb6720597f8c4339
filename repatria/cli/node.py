"""`repatria node`: make a node, show it, its card, its delegates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repatria.cli.verb import AtNode, NodeArgument, PassphraseFile, noun, passphrase, verb
from repatria.files.whole import write_whole
from repatria.problem import Problem

if TYPE_CHECKING:
    from repatria.office import Done

app = noun("A member's node: make it, show it, its delegates.")

_PUBLIC = 0o666  # less the user's own mask: these files are to be shown to others
Name = Annotated[str, typer.Argument(metavar="NAME", help="The delegate's short name, such as desk-bridge.")]


@verb(app)
def init(
    node: NodeArgument,
    member: Annotated[str, typer.Option("--member", metavar="NAME", help="The member's short name, such as north.")],
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="party, mediator, guarantor, neutral, host or observer.")
    ],
    passphrase_file: PassphraseFile = None,
) -> dict[str, Any]:
    """Make a new node with fresh keys.

    Example: repatria node init north --member north --role party
    """
    import os

    from repatria.store.node import NodeFolder

    words = passphrase(f"the new node in {node.name}", passphrase_file, new=True)
    with NodeFolder.create(node, member, role, words, os.urandom) as made:
        return made.card.as_json()


@verb(app)
def card(
    at: AtNode,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to this file as well.")] = None,
) -> dict[str, Any]:
    """This member's public card, to be given to the secretariat and compared by its fingerprint.

    Example: repatria node card north --out north.json
    """
    from repatria.exchange.cards import format_card

    if out is not None:
        write_whole(out, format_card(at.node.card), _PUBLIC)
    return at.node.card.as_json()


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
        str, typer.Option("--role", metavar="ROLE", help="signatory, supervisor, desk, gate, interviewer or physician.")
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
        key = create_key(key_file, author, words, at.given.random, at.node.public_key)
    return at.run(commands.appoint, commands.Appoint(acting.member(at), author, role, key, place))


@verb(app)
def revoke(at: AtNode, name: Name) -> Done | list[Problem]:
    """End a delegate's key; what it signed before stands.

    Example: repatria node revoke north desk-bridge
    """
    from repatria.cli import acting
    from repatria.exchange import commands

    return at.run(commands.revoke, commands.Revoke(acting.alone(at), f"{at.node.member}/{name}"))


@verb(app, without=("key_files",))
def rotate(
    at: AtNode,
    name: Annotated[str | None, typer.Option("--delegate", metavar="NAME", help="Of a delegate, with its key.")] = None,
    new_key_file: Annotated[
        Path | None, typer.Option("--new-key-file", metavar="FILE", help="Where the delegate's new key goes.")
    ] = None,
    lost: Annotated[
        str | None, typer.Option("--lost", metavar="NAME", help="The member's key is lost; this signatory says so.")
    ] = None,
    key_files: Annotated[
        list[Path] | None, typer.Option("--key-file", metavar="FILE", help="A signatory's or delegate's; may repeat.")
    ] = None,
    key_passphrase_file: Annotated[
        Path | None, typer.Option("--key-passphrase-file", metavar="FILE", help="Of the new key; else as the node's.")
    ] = None,
) -> Done | list[Problem]:
    """Replace the member's signing key, or a delegate's, by a fresh one.

    Example: repatria node rotate north --key-file minister.key --key-file deputy.key
    """
    from repatria.cli import acting
    from repatria.exchange import commands
    from repatria.exchange.commands import By
    from repatria.ledger.note import ed25519_sign, public_key
    from repatria.store.delegate import create_key, open_key
    from repatria.store.node import MEMBER

    at = at.with_keys(key_files or ())
    own = at.node.member
    if name is None:
        seed = at.node.new_key(MEMBER)
        by = acting.member(at) if lost is None else By(f"{own}/{lost}", acting.member(at).signatories)
        author = own
    else:
        author = f"{own}/{name}"
        if new_key_file is None:
            return [Problem("key.file", author, "nowhere to put its new key", "give --new-key-file")]
        words = passphrase(f"the new key {new_key_file.name}", key_passphrase_file, new=True)
        if not new_key_file.exists():
            create_key(new_key_file, author, words, at.given.random)
        seed, by = open_key(new_key_file, words).seed, By(author)
    request = commands.Rotate(by, author, public_key(seed).hex(), lambda text: ed25519_sign(seed, text))
    return at.run(commands.rotate, request)


@verb(app)
def compromised(
    at: AtNode,
    since: Annotated[int, typer.Option("--since", metavar="N", help="The entry from which on nobody answers for it.")],
    name: Annotated[
        str | None, typer.Option("--delegate", metavar="NAME", help="A delegate's; else the member's key before this.")
    ] = None,
) -> Done | list[Problem]:
    """Say that a key is compromised as from an entry; what both sides signed stands.

    Example: repatria node compromised north --delegate desk-bridge --since 412
    """
    from repatria.cli import acting
    from repatria.exchange import commands
    from repatria.exchange.authority import BINDING

    author = at.node.member if name is None else f"{at.node.member}/{name}"
    binds = name is None or any(grant.role in BINDING for grant in at.node.state().keys.get(author, ()))
    by = acting.member(at) if binds else acting.alone(at)
    return at.run(commands.compromised, commands.Compromised(by, author, since))


@verb(app)
def object_(at: AtNode, name: Name) -> Done | list[Problem]:
    """As a signatory, object to the latest change of another signatory or supervisor while it cools off.

    Example: repatria node object north new-deputy --key-file minister.key
    """
    from repatria.cli import acting
    from repatria.exchange import commands
    from repatria.exchange.authority import SIGNATORY

    by = acting.delegate(at, SIGNATORY)
    return at.run(commands.object_, commands.Object(by, f"{at.node.member}/{name}"))


@verb(app)
def countersign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The events, as the page that asks for them gave them.")],
    key_file: Annotated[Path, typer.Option("--key-file", metavar="FILE", help="The key of whoever signs.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the signatures go, to be brought back.")],
    passphrase_file: PassphraseFile = None,
) -> dict[str, Any]:
    """Sign events that a node has prepared, on any machine; read what they say before you bring the signatures back.

    Example: repatria node countersign to-sign.json --key-file minister.key --out signatures.json
    """
    from repatria.cli.verb import unlock
    from repatria.exchange.codec import decode_body, event_id, plain
    from repatria.files.athome import format_signatures, parse_events
    from repatria.files.tables import read_text
    from repatria.ledger.entry import ENTRY_TYPE, pae
    from repatria.ledger.note import ed25519_sign

    bodies = parse_events(read_text(file).encode(), file.name)
    (key,) = unlock([key_file], passphrase_file)
    signed = {event_id(each): ed25519_sign(key.seed, pae(ENTRY_TYPE, each)) for each in bodies}
    write_whole(out, format_signatures(key.author, signed), _PUBLIC)
    said = [(event_id(each), decode_body(each)) for each in bodies]
    return {
        "signed_by": key.author,
        "events": [
            {"event": event, "author": body.author, "kind": body.kind, "says": json.dumps(plain(body.data))}
            for event, body in said
        ],
        "signatures": out.name,
    }  # fmt: skip


@verb(app)
def notices(
    at: AtNode,
    since: Annotated[
        int, typer.Option("--since", metavar="N", help="From this entry of the ledger on.", min=0)
    ] = 0,
) -> dict[str, Any]:
    """Every use of this member's keys, and every change of them; with what to do if it was not you.

    Example: repatria node notices north --since 400
    """
    from dataclasses import asdict

    from repatria.exchange.notices import notices as noted

    ledger, state = at.node.ledger, at.node.ledger_state()
    found = [] if ledger is None else noted(at.node.member, state, list(ledger.entries(since)), since)
    return {"member": at.node.member, "since": since, "size": state.size, "notices": [asdict(each) for each in found]}


@verb(app)
def succeed(
    at: AtNode, out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The card that the others agree to.")]
) -> Done | list[Problem]:
    """As a mediator, offer to keep the log on, with a fresh key: makes the card, and agrees to it first.

    Example: repatria node succeed gulf --out succession.json
    """
    from repatria.cli import acting
    from repatria.exchange import commands
    from repatria.exchange.codec import plain

    event = at.node.succession()
    done = at.run(commands.say, commands.Say(acting.member(at), event))
    if not isinstance(done, list):
        write_whole(out, (json.dumps(plain(event), indent=1) + "\n").encode(), _PUBLIC)
    return done


@verb(app)
def hand_over(
    at: AtNode, card: Annotated[Path, typer.Option("--card", metavar="FILE", help="The successor's card.")]
) -> Done | list[Problem]:
    """Agree that the log goes to the successor on this card; compare its key with the successor's first.

    Example: repatria node hand-over north --card succession.json --key-file minister.key
    """
    from repatria.cli import acting
    from repatria.exchange import commands
    from repatria.exchange.codec import revive
    from repatria.exchange.events import SecretariatSucceeded

    try:
        event = revive(SecretariatSucceeded, json.loads(card.read_text(encoding="utf-8")))
    except ValueError as error:
        return [Problem("secretariat.card", card.name, str(error), "make it with `node succeed`")]
    return at.run(commands.say, commands.Say(acting.member(at), event))


@verb(app)
def vkeys(
    at: AtNode,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write them there, one a line.")] = None,
) -> dict[str, Any]:
    """The keys with which anyone verifies this ledger: the log's first one, then the witnesses'.

    Example: repatria node vkeys north --out ledger.vkeys
    """
    state = at.node.ledger_state()
    witnesses = [str(fact.witness) for _, fact in sorted(state.members.items()) if fact.witness]
    keys = [*(str(log.key) for log in state.logs[:1]), *witnesses]
    if out is not None:
        write_whole(out, ("\n".join(keys) + "\n").encode(), _PUBLIC)
    return {"vkeys": keys}

