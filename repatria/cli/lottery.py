"""`repatria lottery`: freeze, commit, reveal; anyone re-verifies the draw from the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from repatria.cli import acting
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.cli.verify import Ledger, Vkeys
from repatria.message import Message
from repatria.office import Done
from repatria.plan import commands
from repatria.problem import Problem, Problems

app = noun("The draw: commit, share, hold, reveal, open, verify; receipt, ticket.")

Again = Annotated[bool, typer.Option("--again", help="Hold a draw in the place of the one in force; all must.")]


@verb(app)
def commit(at: AtNode, again: Again = False) -> Done | list[Problem]:
    """Freeze lists, classes, terms and chances, and commit to a nonce.

    Example: repatria lottery commit north
    """
    return at.run(commands.commit_draw, commands.Draw(acting.alone(at), again))


@verb(app)
def share(at: AtNode) -> Done | list[Problem]:
    """Seal the parts of the nonce to its holders, once everybody has committed.

    Example: repatria lottery share north
    """
    return at.run(commands.share_draw, commands.Draw(acting.alone(at)))


@verb(app)
def hold(at: AtNode) -> Done | list[Problem]:
    """Check the parts of others' nonces that have come, and say so.

    Example: repatria lottery hold cross
    """
    return at.run(commands.hold_draw, commands.Draw(acting.alone(at)))


@verb(app)
def reveal(at: AtNode) -> Done | list[Problem]:
    """Reveal the nonce once every nonce is held.

    Example: repatria lottery reveal north
    """
    return at.run(commands.reveal_draw, commands.Draw(acting.alone(at)))


@verb(app, name="open")
def open_(at: AtNode) -> Done | list[Problem]:
    """As a holder, open the nonces of members that keep quiet.

    Example: repatria lottery open cross
    """
    return at.run(commands.open_draw, commands.Draw(acting.alone(at)))


@verb(app)
def receipt(
    at: AtNode,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The person's opaque number.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The receipt, to be given to the family.")],
) -> Said | list[Problem]:
    """What one family needs to check its ticket by itself, and nothing about anybody else.

    Example: repatria lottery receipt north 4f1c0a63d2b54e8f9a7e6c5d4b3a2910 --out receipt.json
    """
    from repatria.files.whole import write_whole

    done = at.run(commands.give_receipt, commands.GiveReceipt(number))
    if isinstance(done, list):
        return done
    write_whole(out, done.answer["receipt"].encode())
    return Said({"receipt": out.name})


@verb(app)
def ticket(
    file: Annotated[Path, typer.Argument(metavar="RECEIPT", help="The receipt's file.", show_default=False)],
    seed: Annotated[str | None, typer.Option("--seed", metavar="HEX", help="The seed as it was made public.")] = None,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="en, uk, ru, tr or ar.")] = "en",
) -> Said | list[Problem]:
    """Check a receipt by itself: the seed, the ticket, the cut-off. Nothing else is needed.

    Example: repatria lottery ticket receipt.json --language uk
    """
    from repatria.files.locales import load_language
    from repatria.plan.receipt import EVERYBODY, check_receipt, read_receipt
    from repatria.report.language import CODES

    if language not in CODES:
        return [Problem("language", language, "no such language", "use one of " + ", ".join(CODES))]
    try:
        found = read_receipt(file.read_bytes())
    except (OSError, ValueError) as error:
        what = (error.strerror or "cannot be read") if isinstance(error, OSError) else str(error)
        raise Problems([Problem("receipt.form", file.name, what, "give the file as the office gave it")]) from error
    problems = check_receipt(found, None if seed is None else seed.strip().lower())
    if found.cut_off is None:
        result = "nobody"
    elif found.cut_off == EVERYBODY:
        result = "everybody"
    else:
        result = "drawn" if found.drawn else "not_drawn"
    say = load_language(language).say
    lines = ["right", result, "only_the_draw", "compare"] if not problems else ["wrong"]
    text = "".join(say(Message(f"receipt.{line}")) + "\n" for line in lines)
    answer = {
        "right": not problems, "result": result, "number": found.number, "stratum": found.stratum,
        "ticket": found.ticket, "cut_off": found.cut_off, "seed": found.seed,
    }  # fmt: skip
    figures = {name: str(answer[name]) for name in ("number", "ticket", "cut_off", "seed") if answer[name]}
    told = "".join(say(Message(f"receipt.{name}", {"value": value})) + "\n" for name, value in figures.items())
    return Said(answer, problems=problems, page=text + told)


@verb(app)
def verify(
    ledger: Ledger,
    vkeys: Vkeys,
    tickets: Annotated[bool, typer.Option("--tickets", help="With --json: every ticket, by opaque number.")] = False,
) -> Said | list[Problem]:
    """Make every draw of a ledger again, from its bytes on: nothing in the copy is believed.

    Ends with 0 where everything holds, 1 where something does not, 2 where it could not be asked.
    Example: repatria lottery verify stick/ledger --vkeys ledger.vkeys
    """
    from repatria.audit.lottery import redraw
    from repatria.cli.verify import audited, opened, problems_of
    from repatria.report.audit_texts import told

    try:
        folder, keys = opened(ledger, vkeys)
    except Problems as error:
        return Said(problems=error.problems, unasked=True)
    audit = audited(folder, keys)
    checks = [check for check in audit.checks if check.name in OF_THE_DRAW]
    problems = problems_of(folder, checks)
    found = [redraw(draw, audit.reading.attachments.get) for draw in audit.draws]
    answer = {
        "verdict": "yes" if not problems and all(check.ok for check in checks) else "no",
        "origin": audit.reading.origin or None,
        "size": audit.reading.size,
        "root": audit.reading.root.hex(),
        "checks": [{"check": check.name, "ok": check.ok, "checked": told(check.what)} for check in checks],
        "draws": [each.as_json(tickets) for each in found if each is not None],
        "classes": "attested by both sides, not derived again; see repatria verify --records",
    }
    if answer["verdict"] == "no" and not problems:
        problems = [Problem("lottery.unasked", "ledger", "checks could not be asked", "repatria verify says why")]
    return Said(answer, problems=problems)


# What must hold for a draw to be true, of what `repatria verify` checks.
OF_THE_DRAW = ("bytes", "keys", "entries", "attachments", "authority", "lists", "draw", "plan")
