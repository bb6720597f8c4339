"""A file that was being written when Ctrl-C came: the old one is there, whole, and nothing beside it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from repatria.files.whole import part_of, write_whole


def test_the_bytes_are_there_for_their_owner_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "card", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["card"]
    assert (tmp_path / "card").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "card").stat().st_mode) == 0o600


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_ctrl_c_at_any_step_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (tmp_path / "card").write_bytes(b"old")

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / "card", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["card"]
    assert (tmp_path / "card").read_bytes() == b"old"


def test_what_a_run_without_power_left_is_written_over(tmp_path: Path) -> None:
    part_of(tmp_path / "card").write_bytes(b"hal")
    write_whole(tmp_path / "card", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["card"]


def test_a_pipe_or_a_link_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "card")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "card").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
