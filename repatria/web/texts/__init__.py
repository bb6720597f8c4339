"""What the pages say, in English, by id: a table per screen, and for each of them a .po file of that name.

`web-frame` is the table of `frame.py`, translated in `repatria/locale/<language>/LC_MESSAGES/web-frame.po`. What the
command line says too (the status, the plan, reasons, forms) has its texts in `report` and is said here alike.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from repatria.files.locales import load_domain, load_language
from repatria.message import Texts
from repatria.report.language import CODES, Language
from repatria.report.po import Catalogue

# A table that is in no .po file, or a file without its table, fails tests/report/test_locale.py.
DOMAINS: dict[str, Texts] = {
    f"web-{each.name.replace('_', '-')}": import_module(f"{__name__}.{each.name}").TEXTS
    for each in iter_modules(__path__)
}


@lru_cache(maxsize=len(CODES))
def language_of(code: str) -> Language:
    """The language with every text of the pages and of the reports; English for a code that is none of ours."""
    base = load_language(code if code in CODES else "en")
    english = dict(base.english)
    entries = {} if base.catalogue is None else dict(base.catalogue.entries)
    for domain, texts in DOMAINS.items():
        english.update(texts)
        if base.catalogue is not None:
            entries.update(load_domain(base.code, domain).entries)
    catalogue = None if base.catalogue is None else Catalogue(base.code, entries, base.catalogue.plurals)
    return Language(base.code, english, catalogue, base.names)
