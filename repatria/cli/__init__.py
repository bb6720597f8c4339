"""EDGE: the command line, one file per noun; the same verbs as elsewhere. It asks, calls the office, and shows.

`entry` is the console script. It stands here, where nothing slow is imported, so that Ctrl-C ends in one line from
the first moment to the last.
"""

from __future__ import annotations

import gc
import signal
import sys
from typing import NoReturn

COLLECTED_EVERY = (100_000, 20, 20)
"""So many objects more before circles are looked for: a command makes few, and may hold a million cells."""


def entry() -> NoReturn:
    """Run the command line that was typed, and end this process with its exit code."""
    gc.set_threshold(*COLLECTED_EVERY)
    try:
        from repatria.cli.main import main

        code = main(sys.argv[1:])
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done and told
    except KeyboardInterrupt:  # while the modules came in, or once more while the first one was told
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from repatria.cli.show import stopped

        code = stopped()
    sys.exit(code)
