"""A file for people to read or carry: it is there whole, or what stood there before still is.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> write_whole(folder / "card.json", b"{}")
>>> [path.name for path in folder.iterdir()]
['card.json']
"""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` at `path` in one step, for its owner alone to read by default; nothing is left beside it.

    What is no plain file, such as /dev/stdout, is written to and never replaced.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(data)
        return
    part = part_of(path)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def part_of(path: Path) -> Path:
    """Where the file is written first: what lies there is of a run that was cut short."""
    return path.with_name(f".{path.name}.part")
