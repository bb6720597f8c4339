"""`repatria serve`: the pages of one node, for whoever works at it, until Ctrl-C."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from repatria.cli.show import DONE, Said, show
from repatria.cli.verb import AsJson, HighWater, PassphraseFile, passphrase
from repatria.problem import Problem, Problems


def command(
    node: Annotated[Path, typer.Option("--node", metavar="NODE", help="The node's folder.")],
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where to listen.")] = 8443,
    host: Annotated[str, typer.Option("--host", metavar="NAME", help="The name in the address.")] = "localhost",
    bind: Annotated[str, typer.Option("--bind", metavar="ADDRESS", help="0.0.0.0 to be seen from other machines.")] = (
        "127.0.0.1"
    ),
    tls: Annotated[str, typer.Option("--tls", metavar="on|off", help="off: behind a proxy that does it.")] = "on",
    database: Annotated[
        str | None, typer.Option("--database", metavar="URL", help="PostgreSQL; else a file in the node's folder.")
    ] = None,
    keeper_link: Annotated[
        bool, typer.Option("--keeper-link", help="Print a link with which the keeper's login is made anew.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    high_water: HighWater = None,
    as_json: AsJson = False,
) -> int:
    """Serve a node's pages until Ctrl-C; the address is printed once they can be opened.

    While nobody can log in as keeper, a link for the keeper is printed besides: it works once, and for a day.

    Example: repatria serve --node north --port 8443 --host north.example
    """
    if tls not in ("on", "off"):
        wrong = Problem("web.tls", "--tls", "neither on nor off", "say one of them")
        return show(Said(problems=[wrong], unasked=True), as_json)
    try:
        from repatria.web.serve import pages
        from repatria.web.served import Served
        from repatria.web.settings import Options
    except ModuleNotFoundError as error:
        do = 'install them: pip install "repatria[web]"'
        what = f"the pages need {error.name}, which is not here"
        raise Problems([Problem("web.absent", "serve", what, do)]) from None
    served = Served.open(node, passphrase(f"the node in {node.name}", passphrase_file), high_water)
    try:
        options = Options(node, served.secret("django"), host, tls == "on", database)
        with pages(served, options, port, bind) as server:
            from repatria.web import invitations, mirror  # Django's tables can be named once it is set up

            address = f"{'https' if options.tls else 'http'}://{host}:{port}/"
            said = {"member": served.member, "address": address}
            if options.tls:  # a browser that does not trust it makes no passkey
                said["authority"] = str(node / "web" / "authority.pem")
            if keeper_link or not mirror.has_keeper():
                code = invitations.invite(served, invitations.FIRST, keeper=True)
                said["keeper"] = f"{address}en/account/enrol/#{code}"
            try:
                show(Said({**said, "stop": "Ctrl-C"}), as_json)  # from then on whoever reads it may press it
                server.serve()
            except KeyboardInterrupt:
                print("\nStopped.", file=sys.stderr)
    finally:
        served.close()
    return DONE
