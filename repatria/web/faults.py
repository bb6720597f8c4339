"""What this process says of its own faults, to whoever keeps the node: their kind and where in the program they arose.

An exception's text may hold what somebody typed or what stands in a record, and an address what was asked for; a
terminal or a journal is no place for either. Warnings (a page that is not there, a refusal) are said nowhere: refusals
stand in the record of reads.

    repatria: KeyError at repatria/web/pages/home.py:15
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

_PROGRAM = Path(__file__).parents[2]


class Faults(logging.Handler):
    """Writes errors to standard error, by kind and place alone."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        print(f"repatria: {_kind(record)} at {_place(record)}", file=sys.stderr, flush=True)


def listen() -> None:
    """From now on everything that any part of this process logs goes through `Faults`; once is enough."""
    root = logging.getLogger()
    if not any(isinstance(each, Faults) for each in root.handlers):
        root.addHandler(Faults())


def _kind(record: logging.LogRecord) -> str:
    return record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else f"an error of {record.name}"


def _place(record: logging.LogRecord) -> str:
    """The innermost line of this program, or the innermost of all."""
    frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else []
    own = [each for each in frames if Path(each.filename).is_relative_to(_PROGRAM / "repatria")]
    for each in reversed(own or frames):
        path = Path(each.filename)
        return f"{path.relative_to(_PROGRAM) if own else path.name}:{each.lineno}"
    return f"{Path(record.pathname).name}:{record.lineno}"
