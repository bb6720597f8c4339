"""A stick as one file: the same files in a zip, for whoever carries a ledger through a browser.

The zip holds exactly what `repatria.sync.folder` puts on a stick, so that whoever unpacks it has a stick, and whoever
packs a stick has a bundle. What comes in is believed in nothing: before a byte is unpacked, the list of its files is
held to a size, a ratio and a number, and every name to the folders of a stick; what is unpacked is then read by
`import_` with the suspicion that a stick gets.

* paths: of plain characters, below the folders of a stick, no `..`, no drive, no name twice. Files elsewhere in the
  zip are left in it: what a system puts on a stick is no reason to refuse what is ours. Whoever packed the folder
  itself, and not what is in it, is understood as well;
* links, devices and whatever else is no plain file are refused, and so is what is encrypted or packed otherwise than
  by deflate;
* sizes: of the zip itself, of each file, of all of them, and of all of them for each byte of the zip.

Source: zip's own format, PKWARE APPNOTE.TXT 6.3.10, 4.4 (external attributes) and 4.4.4 (bit 0: encrypted); for files
of a zip that overlap, Fifield, "A better zip bomb" (WOOT 2019).
"""

from __future__ import annotations

import io
import re
import shutil
import stat
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from repatria.problem import Problem, Problems
from repatria.sync.folder import FILE_MAX, FOLDERS

MOST = 64 * 2**20  # bytes of the zip: what a page takes
WHOLE_MOST = 512 * 2**20  # bytes of all its files, unpacked
FILES_MOST = 200_000
RATIO_MOST = 100  # unpacked bytes for one of the zip
_FREE = 2**20  # unpacked bytes for which no ratio is asked
STICK = ("repatria.json", *FOLDERS)  # what may stand at the top of a bundle of a stick
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_PARTS_MOST = 8
_LISTED = b"PK\x01\x02"  # what each file of the zip's list begins with
_MADE = (1980, 1, 1, 0, 0, 0)  # a bundle says nothing of when it was made, and the same stick makes the same bundle
_SMALLER = "carry it by a folder instead: `repatria sync export` and `repatria sync import`"


def pack(folder: Path) -> bytes:
    """The folder's files as a zip.

    Raises:
        Problems: it is larger than what a page takes.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                named = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _MADE)
                named.compress_type, named.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o600) << 16
                bundle.writestr(named, file.read_bytes())
    data = made.getvalue()
    if len(data) > MOST:
        raise Problems([Problem("bundle.size", "the bundle", f"{len(data):,} bytes, of {MOST:,} at most", _SMALLER)])
    return data


def unpack(data: bytes, folder: Path, tops: Sequence[str] = STICK) -> None:
    """The files of a zip below `folder`, which is empty.

    Args:
        tops: the names that may stand at its top, the first of them a file by which it is known; whatever is below
            others stays in the zip.

    Raises:
        Problems: every reason why it is refused; then nothing of it is to be read.
    """
    if len(data) > MOST:
        raise Problems([Problem("bundle.size", "the bundle", f"{len(data):,} bytes, of {MOST:,} at most", _SMALLER)])
    if (listed := data.count(_LISTED)) > FILES_MOST:  # before the list is read, which takes ten times its size
        raise Problems([_too_many(listed)])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            inside = _inside(bundle, tops[0])
            if problems := list(_refused(bundle, len(data), inside, tops)):
                raise Problems(problems)
            for each in bundle.infolist():
                if _is_ours(each, inside, tops):
                    _put(bundle, each, folder / each.filename.removeprefix(inside))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        do = "make it again, or bring it anew: it was damaged on the way, or is something else"
        what = f"no whole zip ({type(error).__name__})"
        raise Problems([Problem("bundle.damaged", "the bundle", what, do)]) from None


def _too_many(files: int) -> Problem:
    return Problem("bundle.files", "the bundle", f"{files:,} files, of {FILES_MOST:,} at most", _SMALLER)


def _inside(bundle: zipfile.ZipFile, known_by: str) -> str:
    """The one folder at the top that holds all of it, with its slash, if that is how it was packed."""
    names = bundle.namelist()
    found = {name.removesuffix(known_by) for name in names if name.count("/") == 1 and name.endswith(f"/{known_by}")}
    return found.pop() if known_by not in names and len(found) == 1 else ""


def _put(bundle: zipfile.ZipFile, each: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with bundle.open(each) as source, target.open("xb") as file:  # reads as many bytes as it says, and then its CRC
        shutil.copyfileobj(source, file)


def _is_ours(each: zipfile.ZipInfo, inside: str, tops: Collection[str]) -> bool:
    return not each.is_dir() and _top(each.filename, inside) in tops


def _top(name: str, inside: str) -> str:
    return name.removeprefix(inside).partition("/")[0] if name.startswith(inside) else ""


def _refused(bundle: zipfile.ZipFile, packed: int, inside: str, tops: Collection[str]) -> Iterator[Problem]:
    """Every reason not to unpack it, told by the place of the file in the zip: its name is anybody's."""
    files = bundle.infolist()
    whole = sum(each.file_size for each in files)
    if whole > WHOLE_MOST:
        yield Problem("bundle.size", "the bundle", f"{whole:,} bytes unpacked, of {WHOLE_MOST:,} at most", _SMALLER)
    if whole > max(_FREE, RATIO_MOST * packed):
        what = f"{whole // packed:,} bytes come out of each one, of {RATIO_MOST} at most"
        yield Problem("bundle.ratio", "the bundle", what, "bring one that `repatria` made; this one is made to burst")
    seen: set[str] = set()
    bad = False
    for at, each in enumerate(files, 1):
        wrong = _wrong(each, inside, tops)
        folded = each.filename.casefold().rstrip("/")
        if wrong is None and folded in seen:
            wrong = ("path", "its name stands in the zip twice")
        seen.add(folded)
        if wrong is not None:
            bad = True
            yield Problem(f"bundle.{wrong[0]}", f"file {at}", wrong[1], "bring a bundle that `repatria` made")
    if not bad and not any(_is_ours(each, inside, tops) for each in files):
        yield Problem("bundle.foreign", "the bundle", "nothing in it is of ours", "choose the file that was downloaded")


def _wrong(each: zipfile.ZipInfo, inside: str, tops: Collection[str]) -> tuple[str, str] | None:
    parts = each.orig_filename.rstrip("/").split("/")
    mode = each.external_attr >> 16
    if ".." in parts or each.orig_filename.startswith("/") or "\\" in each.orig_filename or "\0" in each.orig_filename:
        return "path", "its name leads out of the folder"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "link", "a link or a device"
    if _top(each.orig_filename, inside) not in tops:
        return None  # is left in the zip
    if len(parts) > _PARTS_MOST or not all(map(_PART.fullmatch, parts)):
        return "path", "its name is none of a stick's"
    if each.flag_bits & 1 or each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed", "encrypted, or packed in a way that is not read here"
    if each.file_size > FILE_MAX:
        return "size", f"larger than {FILE_MAX:,} bytes"
    return None
