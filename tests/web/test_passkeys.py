"""Logging in as people do: a real browser over https with the node's own authority, its passkeys, in Ukrainian.

The server is `repatria serve` itself. The browser is told of the one key of its certificate, after that certificate was
verified here against the node's authority under the node's name: no other certificate error is forgiven.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from repatria.rehearsal.nodes import PASSPHRASE
from repatria.web.serve import free_port
from tests.shared import require_tool
from tests.web.world import World

NAME = "north.test"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PASSWORD = "four plain words here"



@dataclass
class Site:
    """A node served by the program itself, on a port of its own."""

    node: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    said: dict[str, str] = field(default_factory=dict)

    def start(self, *options: str) -> None:
        words = ["serve", "--node", str(self.node), "--host", NAME, "--port", str(self.port), "--json", *options]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from repatria.cli import entry; entry()", *words],
            stdout=subprocess.PIPE, text=True, env={"REPATRIA_PASSPHRASE": PASSPHRASE, "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if line.rstrip() == "}":
                break
        self.said = json.loads("".join(lines))["answer"]

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=20)

    def pinned(self) -> str:
        """The key of the server's certificate, as Chromium names it; the authority has signed it for this name."""
        trusted = ssl.create_default_context(cafile=str(self.node / "web" / "authority.pem"))
        with (
            socket.create_connection(("127.0.0.1", self.port)) as plain,
            trusted.wrap_socket(plain, server_hostname=NAME) as over,
        ):
            seen = over.getpeercert(binary_form=True)
        assert seen is not None
        key = x509.load_der_x509_certificate(seen).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(spki).digest()).decode()


class Device:
    """One browser with whatever its people have in it; everything that it asks for, and every complaint, is noted."""

    def __init__(self, playwright: Any, site: Site, folder: Path) -> None:
        self.site = site
        self.context = playwright.chromium.launch_persistent_context(
            str(folder), executable_path=require_tool("chromium"), locale="uk-UA",
            args=[
                *FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
                f"--ignore-certificate-errors-spki-list={site.pinned()}",
            ],
        )  # fmt: skip
        self.page = self.context.pages[0]
        self.page.set_default_timeout(15_000)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.authenticator = ""

    def hold(self, credentials: list[dict[str, Any]]) -> None:
        """Only these passkeys are in this device's hands from now on."""
        if self.authenticator:
            self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.authenticator})
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.authenticator = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        for each in credentials:
            self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.authenticator, "credential": each})

    def held(self) -> list[dict[str, Any]]:
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})["credentials"]
        return list(found)

    def go(self, path: str) -> None:
        self.page.goto(f"https://{NAME}:{self.site.port}{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def title(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def arrive(self, title: str) -> None:
        """Wait until the page of that title is here. Polled: a strict policy of content allows nothing else."""
        self.page.get_by_role("heading", level=1, name=title).wait_for()

    def enrol(self, link: str) -> list[dict[str, Any]]:
        """With a passkey; gives back the passkeys that were made."""
        self.hold([])
        self.page.goto(link.replace("/en/", "/uk/"))
        self.page.wait_for_url(re.compile(r"/enrol/$"))  # the code has left the address
        self.press("Далі")
        self.arrive("Як ви хочете входити?")
        self.press("Створити ключ доступу")
        self.arrive("Резервні коди")
        return self.held()

    def log_in(self, credentials: list[dict[str, Any]]) -> None:
        self.hold(credentials)
        self.go("/uk/account/login/")
        self.press("Скористатися ключем доступу")
        self.page.get_by_role("button", name="Вийти").wait_for()

    def log_out(self) -> None:
        self.press("Вийти")
        self.arrive("Увійти")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    world = World.after("open", tmp_path_factory.mktemp("web"))
    found = Site(Path(world.at.node("north")))
    found.start()
    try:
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as found:
        yield found


def test_from_the_first_link_to_a_passkey_that_outlives_the_database(
    site: Site, playwright: Any, tmp_path: Path
) -> None:
    device = Device(playwright, site, tmp_path / "device")

    # The keeper, with the link that was printed.
    keeper = device.enrol(site.said["keeper"])
    assert len(keeper) == 1
    device.go("/uk/members/")
    device.page.get_by_label("Коротке ім’я, наприклад clerk або sig-1").fill("clerk")
    device.press("Запросити")
    device.arrive("Код, показаний один раз")
    code = device.page.locator(".code").inner_text()
    device.go("/uk/members/")
    device.log_out()

    # The clerk, on the same machine: a code, a passkey, a key of the browser's.
    clerk = device.enrol(f"https://{NAME}:{site.port}/en/account/enrol/#{code}")
    device.go("/uk/account/key/")
    device.page.get_by_text("Ключ є в цьому браузері.").wait_for()
    figures = device.page.locator(".spoken").inner_text()
    assert re.fullmatch(r"(\d{5} ){11}\d{5}", figures)
    device.log_out()
    device.log_in(clerk)
    assert device.title() == "Ця сторінка не для вашої ролі"
    device.log_out()

    # The keeper sees the same figures, shows who they are once more, and appoints.
    device.log_in(keeper)
    device.go("/uk/members/")
    assert device.page.get_by_text(figures).count() == 1
    device.page.get_by_label("Роль").select_option("officer")
    device.press("Призначити clerk")
    device.arrive("Це досі ви?")
    device.press("Скористатися ключем доступу")
    device.page.get_by_text("Зроблено.").wait_for()
    device.log_out()

    device.log_in(clerk)
    assert device.title() != "Ця сторінка не для вашої ролі"
    clerk = device.held()
    _is_clean(device)
    device.context.close()

    # The database is dropped; the passkey is still theirs.
    site.stop()
    for file in (site.node / "web").glob("pages.sqlite3*"):
        file.unlink()
    site.start()
    assert "keeper" not in site.said  # somebody can log in as keeper, and no new link is made
    device = Device(playwright, site, tmp_path / "device")
    device.log_in(clerk)
    assert device.title() != "Ця сторінка не для вашої ролі"
    _is_clean(device)
    device.context.close()


def test_a_password_with_an_apps_code_and_the_lock_after_five_wrong_ones(
    site: Site, playwright: Any, tmp_path: Path
) -> None:
    site.stop()
    site.start("--keeper-link")
    device = Device(playwright, site, tmp_path / "device")
    device.page.goto(site.said["keeper"].replace("/en/", "/uk/"))
    device.press("Далі")
    device.arrive("Як ви хочете входити?")
    secret = device.page.locator("code.spoken").inner_text()
    for label in ("Новий пароль:", "Той самий пароль ще раз:"):
        device.page.get_by_label(label, exact=True).fill(PASSWORD)
    device.page.get_by_label("Код:", exact=True).fill(_code(secret))
    device.press("Відтепер входити так")
    device.arrive("Резервні коди")
    device.go("/uk/")
    device.log_out()

    def try_code(code: str) -> None:
        device.page.get_by_label("Код:", exact=True).fill(code)
        with device.page.expect_navigation():
            device.press("Увійти")

    device.page.get_by_label("Ім’я на цьому вузлі:").fill("keeper")
    device.page.get_by_label("Пароль:", exact=True).fill(PASSWORD)
    device.press("Далі")
    device.arrive("Другий крок")
    try_code(_code(secret, 1))
    device.page.get_by_role("button", name="Вийти").wait_for()
    device.log_out()

    device.page.get_by_label("Ім’я на цьому вузлі:").fill("keeper")
    device.page.get_by_label("Пароль:", exact=True).fill(PASSWORD)
    device.press("Далі")
    device.arrive("Другий крок")
    right = {_code(secret, steps) for steps in (-1, 0, 1, 2)}
    for _ in range(4):
        try_code(next(f"{n:06}" for n in range(9) if f"{n:06}" not in right))
        assert "Цей код зараз не діє." in device.page.locator("main").inner_text()
    try_code(next(f"{n:06}" for n in range(9) if f"{n:06}" not in right))
    assert device.title() == "Забагато помилкових спроб"
    assert "15 хвилин" in device.page.locator("main").inner_text()
    _is_clean(device)
    device.context.close()


def _code(secret: str, steps: int = 0) -> str:
    """RFC 6238: the code of the app now, or so many steps of thirty seconds later."""
    counter = int(time.time()) // 30 + steps
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def _is_clean(device: Device) -> None:
    """Nothing was asked of any other host, nothing reported against the policy of content, no script failed."""
    hosts = {re.sub(r"^https?://([^/:]+).*", r"\1", url) for url in device.asked if not url.startswith("data:")}
    assert hosts == {NAME}
    assert [url for url in device.asked if url.endswith("/csp")] == []
    assert [each for each in device.complaints if not re.search(r"status of (403|422|429)", each)] == []
