"""The tutorial's commands, run by a shell exactly as they stand on the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_tutorial_runs_as_written(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.M | re.S)
    assert len(blocks) > 8
    script = tmp_path / "tutorial.sh"
    script.write_text("set -eu\n" + "\n".join(blocks), encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False,
        env={**os.environ, "PATH": path, "LISTS": str(ROOT / "docs" / "tutorial")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (tmp_path / "report" / "index.html").exists()
    assert "who goes when" in (tmp_path / "plan.html").read_text(encoding="utf-8")
