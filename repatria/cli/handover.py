"""`repatria handover`: what an officer does at a desk with nothing but its folder, and the neutral at its gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repatria.cli.verb import AtDesk, DeskArgument, PassphraseFile, noun, passphrase, verb
from repatria.exchange.commands import By
from repatria.files.whole import write_whole
from repatria.handover import commands
from repatria.office import Done
from repatria.problem import Problem, Problems

if TYPE_CHECKING:
    from repatria.exchange.cards import Card

app = noun("At the desk: its key and folder, words at the gate, present, release, receive, return, carry.")

_PUBLIC = 0o666  # less the user's own mask: a card is to be shown to others
DeskKey = Annotated[Path, typer.Option("--desk-key", metavar="FILE", help="The desk's key file.")]

Numbers = Annotated[list[str] | None, typer.Option("--number", metavar="NUMBER", help="Only these people; may repeat.")]
Count = Annotated[int, typer.Option("--count", metavar="N", help="At most so many; 0 for as many as may.")]


@verb(app)
def words(
    at: AtDesk,
    not_going: Annotated[
        list[str] | None, typer.Option("--not-going", metavar="NUMBER", help="Who declines here.")
    ] = None,
) -> Done | list[Problem]:
    """The neutral's last words at the gate, always both, padded.

    Example: repatria handover words gate --not-going NUMBER
    """
    return at.run(commands.gate_words, _gate(at, tuple(not_going or ())))


@verb(app)
def present(at: AtDesk) -> Done | list[Problem]:
    """Let whoever goes through the last gate.

    Example: repatria handover present gate
    """
    return at.run(commands.present, _gate(at, ()))


@verb(app)
def release(
    at: AtDesk,
    count: Count = 0,
    numbers: Numbers = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="SHEET", help="The paper sheet that held the right.")
    ] = None,
) -> Done | list[Problem]:
    """Release the next in the signed sequence, as far as receipts allow.

    Example: repatria handover release desk --count 5
    """
    return at.run(commands.release, _desk(at, count, numbers, sheet))


@verb(app)
def receive(at: AtDesk, count: Count = 0, numbers: Numbers = None) -> Done | list[Problem]:
    """Sign receipts for whoever was released and identified.

    Example: repatria handover receive desk
    """
    return at.run(commands.receive, _desk(at, count, numbers))


@verb(app)
def substituted(at: AtDesk, numbers: Numbers) -> Done | list[Problem]:
    """Say that somebody else was brought under a number.

    Example: repatria handover substituted desk --number NUMBER
    """
    return at.run(commands.found_substituted, _desk(at, 0, numbers))


@verb(app)
def absent(at: AtDesk, numbers: Numbers) -> Done | list[Problem]:
    """Say that a person was not brought.

    Example: repatria handover absent desk --number NUMBER
    """
    return at.run(commands.absent, _desk(at, 0, numbers))


@verb(app, "return")
def return_(at: AtDesk, numbers: Numbers = None) -> Done | list[Problem]:
    """Give rights back, all that are left or those named.

    Example: repatria handover return desk
    """
    return at.run(commands.return_rights, _desk(at, 0, numbers))


@verb(app)
def status(at: AtDesk) -> Done | list[Problem]:
    """How many people are in which state here.

    Example: repatria handover status desk
    """
    return at.run(commands.desk_status, _desk(at, 0, None))


@verb(app)
def manifest(at: AtDesk) -> Done | list[Problem]:
    """The signed sequence with what has become of each person.

    Example: repatria handover manifest desk
    """
    return at.run(commands.manifest, _desk(at, 0, None))


@verb(app)
def carry(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The desk whose signed acts are carried.")],
    target: DeskArgument,
) -> Any:
    """Carry one desk's signed acts to another, by stick or cable.

    Example: repatria handover carry desk-a desk-b
    """
    from repatria.store.desk import DeskFolder

    with DeskFolder.open(target, passphrase(f"the desk in {target.name}")) as desk:
        return desk.take(source)


@verb(app)
def card(
    author: Annotated[
        str, typer.Argument(metavar="DESK", help="The desk, such as north/desk-bridge.", show_default=False)
    ],
    key: DeskKey,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The card, to be brought to the node's page.")],
    member: Annotated[
        Path | None, typer.Option("--member", metavar="FILE", help="The member's card, as `node card` writes it.")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> dict[str, Any]:
    """Make the key of a desk or gate on its own machine, and the card by which its member appoints and equips it.

    The key file is made where there is none, and takes the word of the member with the key on that member's card. Both
    figures are read aloud: the desk's to the member, and the member's to the desk.

    Example: repatria handover card north/desk-bridge --desk-key d.key --member north.json --out card.json
    """
    import os

    from repatria.exchange.cards import Card
    from repatria.store.delegate import create_key, open_key, read_public
    from repatria.store.equipment import format_card

    words = passphrase(f"the key {key.name}", passphrase_file, new=not key.exists())
    told = None if member is None else _member_of(member, author)
    if key.exists():
        if read_public(key)[0] != author:
            what, do = f"it is of {read_public(key)[0]}", "name another file for this desk's key"
            raise Problems([Problem("desk.key", key.name, what, do)])
    elif told is None:
        what, do = "a new key has to know whose word it takes", "name the member's card with --member"
        raise Problems([Problem("desk.member", key.name, what, do)])
    else:
        create_key(key, author, words, os.urandom, told.key)
    opened = open_key(key, words)
    write_whole(out, format_card(opened), _PUBLIC)
    shown = {"desk": author, "key": opened.public, "fingerprint": Card(author, "delegate", opened.public).fingerprint}
    return shown if told is None else {**shown, "member": told.member, "member_fingerprint": told.fingerprint}


@verb(app)
def equip(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The desk's equipment.", show_default=False)],
    key: DeskKey,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The desk's folder, made or brought up to it.")],
    member: Annotated[
        Path | None,
        typer.Option("--member", metavar="FILE", help="The member's card, if its key is another one by now."),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> dict[str, Any]:
    """Make the desk's folder of its equipment and its key, on the desk's own machine, with no network.

    Example: repatria handover equip desk.equipment --desk-key d.key --out desk
    """
    from repatria.store.delegate import open_key, stretched_key
    from repatria.store.desk import DeskFolder
    from repatria.store.equipment import open_equipment

    words = passphrase(f"the key {key.name}", passphrase_file)
    opened = open_key(key, words)
    whose = opened.member if member is None else _member_of(member, opened.author).key
    if not whose:
        what, do = "the key does not say whose word it takes", "name the member's card with --member"
        raise Problems([Problem("desk.member", key.name, what, do)])
    made = open_equipment(file.read_bytes(), opened, whose, file.name)
    with DeskFolder.equip(out, made, opened.seed, words, stretched_key(key, words)) as desk:
        return {
            "desk": desk.author, "stage": desk.stage, "place": desk.place, "people": len(made.names), "size": made.size,
        }  # fmt: skip


def _member_of(file: Path, author: str) -> Card:
    """The member on the card, which has to be the desk's own."""
    from repatria.exchange.cards import parse_cards

    cards, problems = parse_cards(file.read_bytes(), file.name)
    if problems:
        raise Problems(problems)
    own = [each for each in cards if each.member == author.partition("/")[0]]
    if len(own) != 1:
        what, do = f"it is of {cards[0].member}, and the desk is {author}", "name the card of the desk's own member"
        raise Problems([Problem("desk.member", file.name, what, do)])
    return own[0]


def _gate(at: AtDesk, not_going: tuple[str, ...]) -> commands.AtGate:
    desk = at.desk
    day = desk.state().stages[desk.stage].date
    return commands.AtGate(By(desk.author), desk.stage, desk.place, day, not_going)


def _desk(at: AtDesk, count: int, numbers: list[str] | None, sheet: str | None = None) -> commands.AtDesk:
    desk = at.desk
    return commands.AtDesk(By(desk.author), desk.stage, desk.place, count, tuple(numbers or ()), sheet)
