"""The peers' own environment: Splink, recordlinkage and what they need, outside of the one that repatria runs in.

Made once, in .bench/, from requirements-peers.txt with every hash; made again when that file changes. Where packages
cannot be had, `peers_python` says why and gives nothing, and the benchmark leaves out the peers. REPATRIA_PEERS names
the interpreter of an environment that has them already.
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


def peers_python() -> str | None:
    """The interpreter that has the peers; None, and the reason printed, where they cannot be had."""
    if given := os.environ.get("REPATRIA_PEERS"):
        return given
    stamp = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    home = HOME / "peers"
    python = home / "bin" / "python"
    if (home / stamp).exists():
        return str(python)
    shutil.rmtree(home, ignore_errors=True)
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    for step in ([sys.executable, "-m", "venv", str(home)], [*install, "--requirement", str(REQUIREMENTS)]):
        try:
            subprocess.run(step, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", "") or str(error)
            print(f"(without peers: {(said.strip().splitlines() or ['no reason given'])[-1]})", flush=True)
            return None
    (home / stamp).touch()
    return str(python)
