"""The page in a real browser, from a disk, with no network: it finds out what Python does, in the same sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from repatria.files.families import _languages, page_of, sealed_in
from repatria.ledger.note import encode_b64
from repatria.message import Message
from repatria.report.check_page import Sealed, code_of
from repatria.report.language import CODES, FSI, PDI
from repatria.store import vault
from tests.exchange.world import NORTH
from tests.families.world import ATTACKS, families
from tests.shared import require_tool

pytestmark = pytest.mark.xdist_group("browser-families")
CODE, ID = code_of(bytes(range(20))), "00ff"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def random(size: int) -> bytes:
    return bytes(range(100, 100 + size))


def sealed(bundle: Any, code: str = CODE) -> Sealed:
    data = json.dumps(bundle, ensure_ascii=False).encode()
    return Sealed(ID, *(each if isinstance(each, int) else encode_b64(each)  # type: ignore[arg-type]
                        for each in vault.seal_under_code(data, code, ID, random)))  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    here = require_tool("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=here, args=ARGUMENTS)
        yield opened
        opened.close()


class Opened:
    """The page in a tab of its own, offline; whatever it asks for from elsewhere is noted."""

    def __init__(self, browser: Any, file: Path, fragment: str = "") -> None:
        self.context = browser.new_context(offline=True)
        self.page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda asked: asked.url.startswith("file:") or self.elsewhere.append(asked.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.goto(file.as_uri() + fragment)

    def verdict(self, code: str | None = None) -> tuple[bool, str]:
        """Whether everything holds, and the sentence."""
        if code is not None:
            self.page.fill("#code", code)
            self.page.click("#check")
        found = self.page.locator("#told .verdict")
        found.wait_for()
        return "yes" in found.get_attribute("class"), found.inner_text()

    def close(self) -> None:
        assert (self.elsewhere, self.errors) == ([], [])
        self.context.close()


def sentence(code: str, language: str = "en") -> str:
    """What the page says of it, with anything in its places."""
    text = _languages()[language].form(f"check.wrong.{code}", None)
    return re.sub(r"\\{\w+\\}", ".+", re.escape(text))


def write(folder: Path, bundle: Any, language: str = "en") -> Path:
    file = folder / "check.html"
    file.write_bytes(page_of(sealed(bundle), language))
    return file


def test_the_right_code_proves_it_in_every_language_without_a_network(browser: Any, tmp_path: Path) -> None:
    it = families()
    tab = Opened(browser, write(tmp_path, it.bundle(), "uk"), f"#{CODE}")
    assert tab.verdict() == (True, _languages()["uk"].say(Message("check.right")))
    assert "#" not in tab.page.url, "the code is not left in the address"
    own = it.row(it.number).fields
    for code in CODES:
        tab.page.click(f"[data-language={code}]")
        told = tab.page.inner_text("#told")
        assert own["family_name"] in told, code
        assert _languages()[code].say(Message("check.right")) in told
        assert tab.page.evaluate("document.documentElement.dir") == ("rtl" if code == "ar" else "ltr")
    tab.page.click("[data-language=en]")
    rows = tab.page.locator("#told tbody tr").all_inner_texts()
    assert [bare(row) for row in rows] == [
        "Our list of people we are looking for, version 1\tnorth",
        *(f"Signed list of people held by south, version {version}\tnorth and south" for version in (1, 2, 3)),
    ]
    tab.close()


def bare(text: str) -> str:
    return text.replace(FSI, "").replace(PDI, "")


def test_another_code_opens_nothing_and_no_byte_of_the_file_tells_of_anybody(browser: Any, tmp_path: Path) -> None:
    it = families()
    file = write(tmp_path, it.bundle())
    data = file.read_bytes()
    secrets = [*it.row(it.number).fields.values(), it.number, it.row(it.number).row, it.world.state.exchange, NORTH]
    for secret in secrets:
        assert secret.encode() not in data
        assert secret.encode("ascii", "backslashreplace") not in data
    tab = Opened(browser, file)
    for code, wrong in ((code_of(bytes(20)), "code"), ("too short", "typed"), (CODE[:-1] + "!", "typed")):
        holds, said = tab.verdict(code)
        assert not holds
        assert re.fullmatch(sentence(wrong), bare(said))
        assert it.row(it.number).fields["family_name"] not in tab.page.content()
    assert tab.verdict(CODE.lower().replace("-", " "))[0], "as it may be typed"
    tab.close()


def test_the_code_of_another_letter_opens_nothing(tmp_path: Path) -> None:
    one, another = code_of(bytes(range(20))), code_of(bytes(range(1, 21)))
    found = sealed_in(page_of(sealed(families().bundle(), one), "en"))
    assert found is not None
    assert vault.open_under_code(found[1], one, ID) is not None
    assert vault.open_under_code(found[1], another, ID) is None
    assert vault.open_under_code(found[1], one, "00fe") is None, "a seal is bound to its page"


def test_the_browser_finds_out_what_python_finds_out(browser: Any, tmp_path: Path) -> None:
    tab = Opened(browser, write(tmp_path, families().bundle()))
    for name, (attack, code) in ATTACKS.items():
        tab.page.goto(write(tmp_path, attack(families())).as_uri())
        holds, said = tab.verdict(CODE)
        assert not holds, name
        assert re.fullmatch(sentence(code), bare(said)), (name, said)
        assert tab.page.locator("#told dl, #told table").count() == 0, "nothing is shown of what does not hold"
    tab.close()


def test_a_changed_seal_opens_nothing(browser: Any, tmp_path: Path) -> None:
    whole = sealed(families().bundle())
    changed = ("B" if whole.sealed[0] == "A" else "A") + whole.sealed[1:]
    file = tmp_path / "check.html"
    file.write_bytes(page_of(Sealed(ID, whole.iterations, whole.salt, whole.nonce, changed), "en"))
    tab = Opened(browser, file)
    assert re.fullmatch(sentence("code"), bare(tab.verdict(CODE)[1]))
    tab.close()


def test_keys_and_signatures_that_verifiers_disagree_about_are_refused(browser: Any, tmp_path: Path) -> None:
    """Of small order, or not canonically encoded: as `ledger/note.py` refuses them."""
    from repatria.ledger.note import ed25519_verify
    from tests.shared import shared

    cases = json.loads(shared("vectors/ed25519/cctv_edge_cases.json").read_text())
    script = page_of(Sealed(ID, 1, "", "", ""), "en").decode()
    begin = script.index("// --- Ed25519")
    part = script[begin : script.index("// --- trees")]
    tab = Opened(browser, write(tmp_path, {}))
    run = (
        "async (cases) => { const subtle = crypto.subtle; const hex = (raw) => Array.from(raw, (b) =>"
        " b.toString(16).padStart(2, '0')).join(''); const unhex = (t) => Uint8Array.from(t.match(/../g) ?? [],"
        " (p) => parseInt(p, 16)); " + part + " const out = []; for (const [k, s, m] of cases) { let ok = false;"
        " try { ok = await verifies(unhex(k), unhex(s), unhex(m)); } catch { ok = false; } out.push(ok); }"
        " return out; }"
    )
    asked = [(each["key"], each["sig"], each["msg"].encode().hex()) for each in cases]
    wanted = [ed25519_verify(bytes.fromhex(k), bytes.fromhex(s), bytes.fromhex(m)) for k, s, m in asked]
    assert tab.page.evaluate(run, asked) == wanted
    tab.close()


@pytest.mark.parametrize("code", ["uk", "ar"])
def test_nobody_is_kept_from_reading_it(browser: Any, tmp_path: Path, code: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    file = write(tmp_path, families().bundle(), code)
    context = browser.new_context(bypass_csp=True, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(file.as_uri() + f"#{CODE}")
    page.locator("#told .verdict").wait_for()
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
