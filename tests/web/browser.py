"""A real browser at a served node: Chromium over the pages of a `World`, one person per context.

    with live(world, "north") as site, site.logged_in("sig-1") as page:
        page.goto(site.url("/uk/signing/"))
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repatria.web.served import Served
from tests.shared import require_tool
from tests.web.world import World, application, client

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Site:
    """A node that is served on localhost, and the browser that looks at it."""

    served: Served
    port: int
    browser: Any
    told: list[str]  # what browsers said of errors, refused loads and requests to elsewhere

    def url(self, path: str) -> str:
        return f"http://localhost:{self.port}{path}"

    @contextmanager
    def logged_in(
        self, name: str, width: int = 1200, dark: bool = False, script: bool = True, keeper: bool = False
    ) -> Iterator[Any]:
        """A page in which that person is logged in."""
        cookie = client(name, keeper).cookies["repatria"].value
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )  # fmt: skip
        context.add_cookies([{"name": "repatria", "value": cookie, "url": self.url("/")}])
        page = context.new_page()
        page.on("console", lambda message: self.told.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.on("request", lambda asked: self._elsewhere(asked.url))
        try:
            yield page
        finally:
            context.close()

    def _elsewhere(self, url: str) -> None:
        if not url.startswith((self.url("/"), "data:", "blob:")):
            self.told.append(f"asked another host: {url}")


@contextmanager
def live(world: World, member: str) -> Iterator[Site]:
    """That member's node, served to a real browser; a skip where none is installed."""
    browser_here = require_tool("chromium")
    from playwright.sync_api import sync_playwright

    from repatria.web.serve import free_port, serving
    from repatria.web.settings import Options

    made = application()
    port = free_port()
    with world.serving(member) as served:
        options = Options(Path(world.at.node(member)), "unused", "localhost", tls=False)
        with serving(made, options, served, port) as server, sync_playwright() as playwright:
            thread = threading.Thread(target=server.serve, daemon=True)
            thread.start()
            browser = playwright.chromium.launch(executable_path=browser_here, args=ARGUMENTS)
            try:
                yield Site(served, port, browser, [])
            finally:
                browser.close()
