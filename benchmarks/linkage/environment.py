"""The peers' own environment: what a benchmark compares with, outside of the one that repatria runs in.

Made once, in .bench/, from a lock with every hash; made again when that file changes. Without more words it is the
environment of Splink and recordlinkage. Where packages cannot be had, `peers_python` says why and gives nothing, and
the benchmark leaves out the peers. REPATRIA_PEERS (or another name in capitals) names the interpreter of an environment
that has them already.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(".bench")
REQUIREMENTS = Path(__file__).with_name("requirements-peers.txt")


def scale_python() -> str | None:
    """The interpreter that has pyspark and splink beside what repatria needs; None, and the reason printed, if none."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        print("(without Spark: no Java)", flush=True)
        return None
    return peers_python(Path(__file__).parents[2] / "requirements-scale.txt", "scale")


def peers_python(requirements: Path = REQUIREMENTS, name: str = "peers") -> str | None:
    """The interpreter that has the peers; None, and the reason printed, where they cannot be had."""
    if given := os.environ.get("REPATRIA_" + name.upper()):
        return given
    stamp = hashlib.sha256(requirements.read_bytes()).hexdigest()
    home = HOME / name
    python = home / "bin" / "python"
    if (home / stamp).exists():
        return str(python)
    shutil.rmtree(home, ignore_errors=True)
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    for step in ([sys.executable, "-m", "venv", str(home)], [*install, "--requirement", str(requirements)]):
        try:
            subprocess.run(step, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", "") or str(error)
            print(f"(without peers: {(said.strip().splitlines() or ['no reason given'])[-1]})", flush=True)
            return None
    (home / stamp).touch()
    return str(python)
