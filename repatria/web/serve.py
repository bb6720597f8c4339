"""Starts the pages of one node, and stops them: the database made ready, the certificate, the threads.

    with pages(served, options, port) as server:
        server.serve()
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import django
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from django.conf import settings

from repatria.problem import Problem, Problems
from repatria.web import access, faults, tls
from repatria.web.served import Served
from repatria.web.settings import UPLOAD_MOST, Options, settings_of

THREADS = 8


@contextmanager
def pages(served: Served, options: Options, port: int, bind: str = "127.0.0.1") -> Iterator[Server]:
    """The pages of an open node with all that goes on beside them (logins, background work), until the block ends.

    Once in a process; the same raises as `serving`.
    """
    application = begin(options)
    access.serve(served)
    from repatria.web import jobs, mirror  # Django's tables can be named once it is set up

    with (
        mirror.kept(served), serving(application, options, served, port, bind) as server, jobs.working(served)
    ):  # fmt: skip
        yield server


def begin(options: Options) -> Any:
    """The application, its database brought up to date. Once in a process: settings cannot be changed afterwards."""
    (options.folder / "web").mkdir(mode=0o700, exist_ok=True)
    # It would write down who tried, and whatever they took for their name.
    logging.getLogger("axes").setLevel(logging.CRITICAL + 1)
    faults.listen()
    settings.configure(**settings_of(options))
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", interactive=False, verbosity=0)
    return get_wsgi_application()


class _Tls(BuiltinSSLAdapter):
    """Cheroot's adapter with the node's own context, whose key lies in no file.

    The handshake is made by the thread that reads the request: whoever connects and keeps quiet holds up nobody else.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, str]]:
        wrapped = self.context.wrap_socket(sock, do_handshake_on_connect=False, server_side=True)
        return wrapped, {"wsgi.url_scheme": "https", "HTTPS": "on"}


@contextmanager
def serving(application: Any, options: Options, served: Served, port: int, bind: str = "127.0.0.1") -> Iterator[Server]:
    """The server, ready to be `serve()`d; stopped when the block ends.

    Raises:
        Problems: `web.port` where another program listens there.
    """
    server = Server((bind, port), application, numthreads=THREADS, server_name=options.host)
    server.max_request_body_size = 2 * UPLOAD_MOST
    if options.tls:
        names: Sequence[str] = (options.host, *options.names)
        with served.lock:
            context = tls.context(served.node.vault, options.folder / "web", served.member, names)
        server.ssl_adapter = _Tls(context)
    try:
        server.prepare()
    except OSError as error:
        what = error.strerror or "cannot be listened at"
        raise Problems([Problem("web.port", f"{bind}:{port}", what, "choose another with --port or --bind")]) from None
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port that nobody uses, at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
