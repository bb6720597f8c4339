"""The folded state, kept so that nobody folds a ledger again from its beginning. Disposable: delete it and lose time.

* in this process: the last state of each folder, so that a process that runs many commands folds each entry once;
* on the disk: one file, written when more than an eighth of the entries (and `WRITE_AFTER`) had to be folded beyond it.
  It bears a MAC under a key of the node and the program's version, and its state says for which root it stands; one
  that does not fit is ignored.

States in here are never changed: whoever wants to change one takes a fork.

    >>> import tempfile
    >>> keeper = Snapshot(pathlib.Path(tempfile.mkdtemp()) / "snapshot", bytes(32))
    >>> keeper.fold(0, State().root_at, lambda start: iter(()), lambda name: None).size
    0
"""

from __future__ import annotations

import hashlib
import hmac
import pathlib
from collections import OrderedDict
from collections.abc import Callable, Iterable

from repatria import __version__
from repatria.exchange.fold import fold
from repatria.exchange.state import Attachments, State, dump_state, load_state
from repatria.store.disk import Disk, replace
from repatria.store.provers import WORTH_WHILE, Provers

WRITE_AFTER = 500  # entries: about 250 ms of folding, less than writing the state of a large list takes
_KEPT_MOST = 64  # folders whose state stays in this process
_MAC_BYTES = 32

_states: OrderedDict[str, State] = OrderedDict()


class Snapshot:
    """The state of one log, by the place of its snapshot."""

    def __init__(self, path: pathlib.Path, key: bytes, disk: Disk | None = None) -> None:
        self.path = path
        self._name = str(path.absolute())
        self._key = hmac.digest(key, b"repatria/snapshot/v1\x00" + __version__.encode(), "sha256")
        self._disk = disk or Disk()

    def fold(
        self, size: int, root_at: Callable[[int], str], entries: Callable[[int], Iterable[bytes]],
        attachments: Attachments,
    ) -> State:  # fmt: skip
        """The state after `size` entries: from what is kept, and the entries beyond it.

        Args:
            root_at: the log's root at a size, hex: what is kept must be a prefix of this log.
            entries: the log's entries from an index on.
        """
        known = _states.get(self._name)
        if known is None or not _fits(known, size, root_at):
            known = self._read(size, root_at) or State()
        if known.size < size:
            written = known.size
            known = known.fork()
            if size - written < WORTH_WHILE:
                fold(entries(written), attachments, known)
            else:
                with Provers() as prove:
                    fold(entries(written), attachments, known, prove)
            if size - written > max(WRITE_AFTER, size // 8):
                self.write(known)
        self.keep(known)
        return known

    def keep(self, state: State) -> None:
        """Remember it in this process; from now on it must not be changed."""
        _states[self._name] = state
        _states.move_to_end(self._name)
        while len(_states) > _KEPT_MOST:
            _states.popitem(last=False)

    def forget(self) -> None:
        _states.pop(self._name, None)

    def write(self, state: State) -> None:
        data = dump_state(state)
        try:
            replace(self._disk, self.path.with_name(self.path.name + ".tmp"), self.path, self._mac(data) + data)
        except OSError:
            return  # it saves time and nothing else: a full disk is for the journal to report

    def _read(self, size: int, root_at: Callable[[int], str]) -> State | None:
        try:
            sealed = self._disk.read(self.path)
        except OSError:
            return None
        if sealed is None or not hmac.compare_digest(sealed[:_MAC_BYTES], self._mac(sealed[_MAC_BYTES:])):
            return None
        try:
            state = load_state(sealed[_MAC_BYTES:])
        except (ValueError, KeyError, TypeError):  # of another version of this program
            return None
        return state if _fits(state, size, root_at) else None

    def _mac(self, data: bytes) -> bytes:
        return hmac.digest(self._key, hashlib.sha256(data).digest(), "sha256")


def _fits(state: State, size: int, root_at: Callable[[int], str]) -> bool:
    return state.size <= size and state.root == root_at(state.size)
