"""The public pages as a folder of files: opened from a disk, with no server, no script and no other host.

    index.html                  the languages
    en/timeline-ua-2025.html    a page in a language, named by what it shows
    data/                       what `dataset.py` makes

Filters are pages made beforehand. The same record gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repatria.files.dataset import Files, is_exported
from repatria.files.whole import part_of, write_whole
from repatria.problem import Problem, Problems
from repatria.public.record import Record, View, views
from repatria.report.blocks import Document, Link, Links, page
from repatria.report.language import Language
from repatria.report.public_document import LANGUAGES, PUBLIC_CSS, document

DATA, DOOR = "data", "index.html"
_PAGE = re.compile(r"[a-z0-9-]+\.html")


@dataclass(frozen=True)
class InFolder:
    """Where things stand, seen from a page of the site."""

    code: str
    made: Sequence[str]  # the languages
    exported: Files

    def codes(self) -> Sequence[str]:
        return self.made

    def page(self, view: View, code: str) -> str:
        folder = "" if code == self.code else f"../{code}/"
        return f"{folder}{view.slug}.html"

    def file(self, name: str) -> str:
        return f"../{DATA}/{self.exported.named[name]}"

    def files(self) -> Mapping[str, Sequence[str]]:
        return self.exported.kinds


def site(record: Record, languages: Mapping[str, Language], exported: Files) -> dict[str, bytes]:
    """Every file by its path; data first, the page that leads to all of them last."""
    found = {f"{DATA}/{name}": data for name, data in exported.data.items()}
    for code, language in languages.items():
        for view in views(record):
            made = document(record, view, language, InFolder(code, list(languages), exported))
            found[f"{code}/{view.slug}.html"] = page(made, PUBLIC_CSS, public=True).encode()
    found[DOOR] = page(_door(list(languages)), PUBLIC_CSS, public=True).encode()
    return found


def check_folder(folder: Path) -> None:
    """A new folder, an empty one, or one that holds a site made before and nothing else.

    Raises:
        Problems: `public.out`.
    """
    do = "name a new or empty folder"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Problems([Problem("public.out", folder.name, "not a folder", do)])
    strange = [path for path in sorted(folder.iterdir()) if not _is_ours(path)] if folder.is_dir() else []
    if strange:
        what = f"holds {len(strange)} files that are not of such a site"
        raise Problems([Problem("public.out", folder.name, what, do)])


def _is_ours(path: Path) -> bool:
    """Whether it is what a site has at its top, and nothing else in it: what is not written again is deleted there."""
    if path.name not in (DATA, *LANGUAGES):
        return path.name in (DOOR, part_of(path.parent / DOOR).name) and _is_plain(path)
    made = is_exported if path.name == DATA else _PAGE.fullmatch
    names = [path.name for path in path.iterdir()] if path.is_dir() and not path.is_symlink() else [""]
    written = (name.removeprefix(".").removesuffix(".part") if name.startswith(".") else name for name in names)
    return all(map(made, written)) and all(_is_plain(path / name) for name in names)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Each file whole or not at all, for everybody to read; what an earlier site had and this one has not is gone."""
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_file() or file.read_bytes() != data:
            write_whole(file, data, 0o644)
    kept = {folder / path for path in files}
    for inside in (DATA, *LANGUAGES):
        for file in sorted((folder / inside).glob("*")) if (folder / inside).is_dir() else ():
            if file not in kept:
                file.unlink()


def _door(codes: Sequence[str]) -> Document:
    links = tuple(Link(LANGUAGES[code], f"{code}/index.html", lang=code) for code in codes)
    return Document("Repatria", "The public record of exchanges", "en", "ltr", "1970-01-01", (Links("", links),))
