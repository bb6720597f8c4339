"""`repatria rehearse`: an exchange to practise on is made whole, and what is printed opens what is served."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from repatria.cli.main import main
from repatria.rehearsal import pages
from repatria.store.node import NodeFolder
from repatria.web.serve import free_port
from tests.web.world import World


@pytest.mark.parametrize(("now", "expected"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_code_is_that_of_the_standard(now: int, expected: str) -> None:
    """RFC 6238, Appendix B, SHA1; the last six of its eight digits."""
    assert pages.code(base64.b32encode(b"12345678901234567890").decode(), now) == expected


def test_it_is_made_whole_and_gone_on_with_as_it_was_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "practice"
    words = ["rehearse", "--out", str(folder), "--after", "open", "--only-make", "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["after"] == "open"
    assert not folder.with_name("practice.part").exists()
    with NodeFolder.open(folder / "nodes" / "south", pages.PASSPHRASE) as node:
        roles = {author: grant.role for author in node.state().keys if (grant := node.state().key_at(author, 10**6))}
    assert (roles["south/clerk"], roles["south/family"], roles["south/sig-1"]) == ("officer", "liaison", "signatory")
    (folder / "nodes" / "left-by-whoever-practised").touch()
    assert main([*words[:4], "hand_over", *words[5:]]) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["after"] == "open"
    assert (folder / "nodes" / "left-by-whoever-practised").exists()


def test_nothing_else_is_written_over_and_no_other_chapter_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "real").touch()
    assert main(["rehearse", "--out", str(tmp_path), "--only-make", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "rehearsal.folder"
    assert main(["rehearse", "--out", str(tmp_path / "new"), "--after", "close", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "rehearsal.chapter"
    assert [each.name for each in tmp_path.iterdir()] == ["real"]


def test_a_node_is_served_under_its_own_name_with_logins_printed_and_stops_when_told(tmp_path: Path) -> None:
    World.after("consult", tmp_path)
    command = [sys.executable, "-m", "repatria.rehearsal.pages", str(tmp_path), "gulf", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    assert said["address"].startswith("https://gulf.localhost:")
    assert [login["role"] for login in said["logins"]] == ["keeper"]
    assert "gulf" in "\n".join(pages.lines([said]))
