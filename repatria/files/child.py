"""The child that opens a foreign file: it may die, its parent may not.

Run as `python -I child.py ORDER`: the file's bytes on standard input; on standard output JSON, a value on each line, as
`guarded.lines_of` writes a table, or one line that says why there is none. Before it looks at a byte it loads what it
needs and then gives up what it does not: address space and processor time are limited, no file can be written, and no
further descriptor can be opened: no file, no connection, no other program.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from pathlib import Path

MEGABYTE = 1 << 20


def main() -> int:
    order = json.loads(sys.argv[1])
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    # What the readers load late, they must have now: nothing can be opened afterwards.
    from repatria.files import guarded, reading
    from repatria.problem import Problems

    reading.load()
    _limit(order["megabytes"] * MEGABYTE, math.ceil(order["seconds"]))
    try:
        asked = guarded.Asked(**order["asked"])
        for line in guarded.lines_of(reading.read_foreign(sys.stdin.buffer.read(), order["file"], asked)):
            sys.stdout.write(line)
    except Problems as refused:
        sys.stdout.write(json.dumps({"problems": [problem.as_json() for problem in refused.problems]}) + "\n")
    except MemoryError:
        sys.stdout.write('{"ended": "memory"}\n')
    return 0


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    raise SystemExit(main())
