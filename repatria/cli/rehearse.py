"""`repatria rehearse`: a whole exchange on invented people, its five nodes served to whoever practises."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from repatria.cli.show import DONE, Said, show
from repatria.cli.verb import AsJson
from repatria.problem import Problem, Problems


def command(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where it is, or is to be.")] = Path("rehearsal"),
    after: Annotated[
        str, typer.Option("--after", metavar="CHAPTER", help="open, consult, lists, clear, draw_and_plan or hand_over.")
    ] = "lists",
    port: Annotated[int, typer.Option("--port", metavar="N", help="The first node's port; the others follow.")] = 8443,
    only_make: Annotated[bool, typer.Option("--only-make", help="Make the folder, and serve nothing.")] = False,
    as_json: AsJson = False,
) -> int:
    """Practise: an exchange of invented people up to a chapter, five nodes served, addresses and logins printed.

    A folder with a rehearsal is gone on with as it was left; remove it to begin anew. Enter prints fresh codes; Ctrl-C
    stops.

    Example: repatria rehearse --after clear
    """
    try:
        from repatria.rehearsal import pages
    except ModuleNotFoundError as error:
        do = 'install them: pip install "repatria[demo,web]"'
        what = f"a rehearsal needs {error.name}, which is not here"
        raise Problems([Problem("rehearsal.absent", "rehearse", what, do)]) from None
    if after not in pages.CHAPTERS:
        wrong = Problem("rehearsal.chapter", "--after", "no such chapter", "say one of " + ", ".join(pages.CHAPTERS))
        return show(Said(problems=[wrong], unasked=True), as_json)
    made = pages.make(out, after, lambda line: None if as_json else print("  " + line, file=sys.stderr, flush=True))
    if only_make:
        return show(Said({"folder": out.name, **made}), as_json)
    with pages.served(out, port) as nodes:
        if as_json:
            show(Said({"nodes": nodes, **made}), as_json)
        try:
            while True:
                if not as_json:
                    print("\n".join(pages.lines(nodes)))
                    print("\nThe browser warns once of each node's own certificate, and is right to ask.")
                    print("Enter: fresh codes. Ctrl-C: stop.", flush=True)
                if not sys.stdin.readline():
                    _wait()
        except KeyboardInterrupt:
            print("\nStopped.", file=sys.stderr)
    return DONE


def _wait() -> None:
    """Until Ctrl-C, where there is nobody at a keyboard."""
    import signal

    while True:
        signal.pause()
