"""`repatria NOUN VERB …`: finds the noun, runs the verb, and ends with 0, 1 (problems) or 2 (not understood).

A noun's file is imported only when that noun is asked for, so help is quick and no key or solver library is
loaded to print it. Bad input never ends in a traceback: problems are printed, all of them. Ctrl-C ends with 130,
and whatever a verb was about to keep is kept whole or not at all.

    >>> main(["no-such-noun"])
    2
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import typer
from typer.core import TyperGroup
from typer.main import get_group

from repatria import __version__
from repatria.cli.show import DONE, INTERRUPTED, USAGE, Said, printable, show, stopped, unread
from repatria.problem import Problem, Problems

# Noun, and what stands beside it in the help; its verbs are the `app` of repatria/cli/<noun>.py, or it is itself a
# verb, that file's `command`.
NOUNS: tuple[tuple[str, str], ...] = (
    ("node", "A member's node: make it, show it, its delegates."),
    ("exchange", "Open an exchange, join, activate, suspend, resume, withdraw, transcribe, close."),
    ("register", "Registers of people: check, import, preview, disclose, erase."),
    ("form", "Forms for print in two languages: capture card, interview, medical examination."),
    ("link", "Same person? Find candidates in a disclosed register, and judge."),
    ("answer", "Answers: a word per sought row."),
    ("law", "The law: what an article asks; what it says of facts, and of the exchange as it stands."),
    ("terms", "Clauses and terms: open, propose, offer, release, agree, check, sign."),
    ("task", "Tasks: who sees to what, and by when."),
    ("list", "The final list: drafted by the holder, signed by both."),
    ("clear", "Medical boards, interviews, the neutral's word, access refused."),
    ("lottery", "The draw: commit, share, hold, reveal, open, verify; receipt, ticket."),
    ("plan", "The plan: propose, check and sign, revise, explain."),
    ("stage", "Stages: open, equip desks, grant rights, settle, reconcile."),
    ("handover", "At a desk: its key and folder, present, release, receive, return, carry."),
    ("family", "Families: requests, letters, the page by which they check, what is held about somebody."),
    ("claims", "Claims: what an article says, and by whom; proposals that a person confirms."),
    ("public", "The public: what was said by whom, and what all confirmed, told apart."),
    ("chronology", "Exchanges of the past by their sources: shown, added up, and where they do not fit."),
    ("remains", "Remains: whose they are, as the side that received them finds."),
    ("sync", "Carry a ledger by a folder or a stick, and take in what others signed."),
    ("verify", "Check a ledger: every byte, signature and rule."),
    ("serve", "The pages of a node, for whoever works at it."),
    ("rehearse", "Practise: a whole exchange on invented people, its nodes served."),
    ("report", "What people read: tables of the round, balance, differences."),
)


def main(argv: Sequence[str]) -> int:
    """Run one command line in this process; gives back the exit code, and raises nothing on bad input."""
    try:
        return _run(argv, "--json" in argv)
    except KeyboardInterrupt:  # here, so that one while problems are shown is told like any other
        return stopped()
    except BrokenPipeError:  # while it was said that the line is not understood: `show` sees to its own
        unread()
        return USAGE


def _run(argv: Sequence[str], as_json: bool) -> int:
    try:
        code = _app(next((word for word in argv if not word.startswith("-")), None)).main(
            list(argv), prog_name="repatria", standalone_mode=False
        )
        if code == INTERRUPTED:  # what typer makes of Ctrl-C
            raise KeyboardInterrupt
        return code if isinstance(code, int) else DONE
    except Problems as error:
        return show(Said(problems=error.problems), as_json)
    except SystemExit:  # what typer makes of a reader of our output that went away
        unread()
        return DONE
    except BrokenPipeError:
        raise
    except OSError as error:
        return show(Said(problems=[_of_system(error)]), as_json)
    except (typer.Abort, EOFError) as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # what typer makes of Ctrl-C while it asks
            raise KeyboardInterrupt from None
        print("Stopped: nothing was typed.", file=sys.stderr)
        return USAGE
    except typer.Exit as error:
        return error.exit_code
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        if not argv or type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message(), file=sys.stderr)
            return USAGE
        context = getattr(error, "ctx", None)
        if context is not None:
            print(context.get_usage(), file=sys.stderr)
        what = printable(error.format_message()).rstrip(".")
        print(f"{what}. Add --help to see what is understood.", file=sys.stderr)
        return USAGE


def _app(asked: str | None) -> TyperGroup:
    """The whole command line, with the verbs of the noun that is asked for and only the names of the others."""
    if asked not in _apps:
        app = typer.Typer(
            help="Prisoner exchanges: registers, signed terms and lists, fair plans, handovers, a verifiable record.",
            no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
        )  # fmt: skip
        app.callback()(_options)
        for noun, help in NOUNS:
            module = f"repatria.cli.{noun}"
            if find_spec(module) is not None:
                found = import_module(module) if noun == asked else None
                if found is not None and hasattr(found, "command"):
                    app.command(noun)(found.command)
                    continue
                app.add_typer(typer.Typer(help=help) if found is None else found.app, name=noun, help=help)
        _apps[asked] = get_group(app)
    return _apps[asked]


_apps: dict[str | None, TyperGroup] = {}


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"repatria {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def _of_system(error: OSError) -> Problem:
    from pathlib import Path

    name = Path(error.filename).name if isinstance(error.filename, str) else "the disk"
    return Problem("cli.file", printable(name), error.strerror or "could not be used", "check the path and its rights")
