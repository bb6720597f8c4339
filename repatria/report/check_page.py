"""The page by which a family checks: one HTML file, opened from a disk, with the sealed proof and five languages in it.

It fetches nothing and runs nothing but its own script, both named in its policy by hash; whatever it shows, its script
computes from the sealed proof. Nothing of the proof is readable in the file: `sealed` is what the vault made of it.

    >>> made = check_page(Sealed("0a", 1, "", "", ""), {"en": Language("en", TEXTS)}, "en", "", "")
    >>> "default-src 'none'" in made, "://" in made
    (True, False)
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape

from repatria.message import Message
from repatria.report.family_texts import TEXTS
from repatria.report.language import FSI, PDI, Language

CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is taken for another sign (Crockford's base 32)
CODE_LENGTH = 20  # of 5 random bits each
LANGUAGE_NAMES = {"en": "English", "uk": "Українська", "ru": "Русский", "tr": "Türkçe", "ar": "العربية"}
_ON_PAGE = "check."


@dataclass(frozen=True)
class Sealed:
    """A proof under a family's code: its number, and what it takes to open it, in base64."""

    id: str
    iterations: int
    salt: str
    nonce: str
    sealed: str


def code_of(random: bytes) -> str:
    """The code that these 20 random bytes give, in groups as it is printed.

    >>> code_of(bytes(range(20)))
    '0123-4567-89AB-CDEF-GHJK'
    """
    signs = "".join(CODE_SIGNS[byte % 32] for byte in random[:CODE_LENGTH])
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def file_name(id: str) -> str:
    """What the page is called: a random number, and nothing that says whose it is."""
    return f"check-{id}.html"


def check_page(sealed: Sealed, languages: Mapping[str, Language], first: str, script: str, css: str) -> str:
    """The whole page.

    Args:
        languages: each with its translations; `first` is shown before another is chosen.
    """
    texts = {code: _texts(language) for code, language in languages.items()}
    data = json.dumps({**asdict(sealed), "texts": texts}, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    say = texts[first]
    allowed = f"script-src '{_hash(script)}'; style-src '{_hash(css)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    switches = "".join(
        f'<button type="button" data-language="{code}" lang="{code}">{LANGUAGE_NAMES[code]}</button>'
        for code in languages
    )
    limits = "".join(
        f'<li data-say="{name}">{escape(say[name])}</li>'
        for name in ("limits.shows", "limits.fair", "limits.person", "limits.page")
    )

    def put(tag: str, name: str, more: str = "") -> str:
        return f'<{tag}{more} data-say="{name}">{escape(say[name])}</{tag}>'

    languages_id = ' id="languages"'
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{first}" dir="{languages[first].direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="robots" content="noindex">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(say['title'])}</title>",
            f"<style>{css}</style>",
            "</head>",
            "<body>",
            "<header>",
            f'<div class="languages" role="group" aria-labelledby="languages">{put("span", "languages", languages_id)}'
            f"{switches}</div>",
            put("h1", "title"),
            put("p", "what"),
            "</header>",
            "<main>",
            '<form id="form">',
            put("label", "code", ' for="code"'),
            '<input id="code" dir="ltr" autocomplete="off" autocapitalize="characters" spellcheck="false"'
            ' maxlength="40">',
            put("button", "do", ' id="check"'),
            "</form>",
            f'<section>{put("h2", "result")}<div id="told" role="status"></div></section>',
            f'<section>{put("h2", "limits")}<ul class="items">{limits}</ul></section>',
            "</main>",
            f'<footer>{put("p", "money")}</footer>',
            f'<script type="application/json" id="data">{data}</script>',
            f'<script type="module">{script}</script>',
            "</body>",
            "</html>",
            "",
        ]
    )


def _texts(language: Language) -> dict[str, str]:
    """The page's texts in a language, with their places open: its script fills them."""
    return {name.removeprefix(_ON_PAGE): _open(language, name) for name in TEXTS if name.startswith(_ON_PAGE)}


def _open(language: Language, name: str) -> str:
    places = ("version", "holder", "size", "members", "day", "n", "of", "member")
    said = language.say(Message(name, {place: f"{{{place}}}" for place in places}))
    return re.sub(f"{FSI}({{\\w+}}){PDI}", r"\1", said)  # its script isolates what it puts there


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


CSS = """\
:root { --paper: #fffdf9; --ink: #1c1b19; --soft: #5b5750; --rule: #d9d4ca; --faint: #f4f0e8; --act: #0b5a8a;
  --good: #1d6b3a; --bad: #a3161b; }
@media (prefers-color-scheme: dark) { :root { --paper: #16171a; --ink: #e9e6df; --soft: #a9a499; --rule: #3a3b40;
  --faint: #1f2125; --act: #6db7e8; --good: #7bcf98; --bad: #ff8d8a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 42rem; padding: 1.25rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.5rem 0 0.5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 0.5rem; }
p { margin: 0 0 0.75rem; }
section { border-block-start: 1px solid var(--rule); margin-block-start: 1.75rem; padding-block-start: 1rem; }
footer { border-block-start: 1px solid var(--rule); margin-block-start: 1.75rem; padding-block-start: 1rem;
  font-weight: 600; }
.languages { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.4rem; font-size: 0.9375rem; }
button, input { font: inherit; color: inherit; border: 1px solid var(--soft); border-radius: 4px; background: none;
  padding: 0.45rem 0.75rem; min-height: 2.75rem; }
.languages button { min-height: 0; padding: 0.25rem 0.6rem; font-size: 0.9375rem; }
.languages button[aria-pressed="true"] { background: var(--ink); color: var(--paper); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
form { display: grid; gap: 0.5rem; margin-block-start: 1rem; }
label { font-weight: 600; }
#code { font-family: ui-monospace, "Cascadia Mono", "Noto Sans Mono", monospace; letter-spacing: 0.05em; width: 100%; }
#check { background: var(--act); border-color: var(--act); color: var(--paper); font-weight: 600; justify-self: start; }
#check:disabled { opacity: 0.6; }
.verdict { padding: 0.6rem 0.9rem; border-inline-start: 4px solid; background: var(--faint); }
.verdict.yes { border-color: var(--good); }
.verdict.no { border-color: var(--bad); }
dl { margin: 0 0 1rem; display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin-block-end: 1rem; }
th, td { padding: 0.4rem 0.5rem; text-align: start; vertical-align: baseline; border-block-end: 1px solid var(--rule); }
thead th { color: var(--soft); font-size: 0.875rem; }
tbody th { font-weight: 400; }
.items { margin: 0; padding-inline-start: 1.25rem; }
.items li { margin-block-end: 0.4rem; }
@media print { .languages, form { display: none; } }
"""
