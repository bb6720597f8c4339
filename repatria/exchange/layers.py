"""Tables that fork without being copied: what an exchange of 10^5 people keeps of its people and a million events.

A command tries its events on a fork of the state. To copy every table for that takes longer than all the rest of it.
So a large table, once forked, is a `Layered` on both sides: a table that nobody writes any more, and over it what was
written since. It is read and iterated as the dict would be that had been copied, in the same order.

    >>> here, there = forked({"a": 1, "b": 2}, least=0)
    >>> there["a"], there["c"] = 10, 3
    >>> del there["b"]
    >>> here == {"a": 1, "b": 2}, list(there.items()), there == {"a": 10, "c": 3}
    (True, [('a', 10), ('c', 3)], True)
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, MutableMapping, ValuesView
from typing import Any, TypeVar

from repatria.ledger.tree import HASH_SIZE, Frontier, peaks_over, root_of_peaks

K = TypeVar("K")
V = TypeVar("V")

LAYERED_FROM = 4096  # rows; a smaller table is copied sooner than it is read through a layer
MERGED_AT = 16_384  # rows in a layer, which each fork copies: then it becomes one table with what is under it
_LEAVES_EACH = 128  # in a chunk that forks share: a power of two
_KNOWN_MOST = 64  # roots kept once they were asked for
_NOTHING: Any = object()


def forked(table: dict[K, V], least: int | None = None) -> tuple[dict[K, V], dict[K, V]]:
    """What the table becomes, and its twin: either may be changed without the other. `table` itself must not be."""
    if isinstance(table, Layered):
        if table.written < MERGED_AT:
            return table, table.copy()
        table = dict(table.items())
    if type(table) is dict and len(table) >= (LAYERED_FROM if least is None else least):
        return Layered(table), Layered(table)
    return table, table.copy()


class Layered(dict[K, V]):
    """Over a table that is never changed, the rows written since. A dict by its type and to its readers: the dict that
    it inherits from stays empty."""

    __slots__ = ("_base", "_gone", "_more", "_own")

    def __init__(self, base: dict[K, V]) -> None:
        super().__init__()
        self._base = base
        self._own: dict[K, V] = {}
        self._gone: set[K] = set()  # rows of the base that were deleted; written again they stand at the end
        self._more = 0  # rows of its own that are at no place of the base

    @property
    def written(self) -> int:
        """How many rows differ from the base, at most."""
        return len(self._own) + len(self._gone)

    def __reduce__(self) -> Any:
        """Sent to another process it is one plain table: there is nobody there to share the lower one with."""
        return dict, (dict(self.items()),)

    def copy(self) -> Layered[K, V]:
        twin = Layered(self._base)
        twin._own, twin._gone, twin._more = self._own.copy(), self._gone.copy(), self._more
        return twin

    # --- reading ----------------------------------------------------------------------------------------------------

    def __getitem__(self, key: K) -> V:
        found: V = self.get(key, _NOTHING)
        if found is _NOTHING:
            raise KeyError(key)
        return found

    def get(self, key: K, default: Any = None) -> Any:
        found = self._own.get(key, _NOTHING)
        if found is _NOTHING:
            return default if key in self._gone else self._base.get(key, default)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._own or (key in self._base and key not in self._gone)

    def __len__(self) -> int:
        return len(self._base) - len(self._gone) + self._more

    def __iter__(self) -> Iterator[K]:
        gone, base = self._gone, self._base
        yield from (key for key in base if key not in gone) if gone else base
        if self._more:
            yield from (key for key in self._own if key in gone or key not in base)

    def keys(self) -> KeysView[K]:  # type: ignore[override]
        return KeysView(self)

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        return ValuesView(self)

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        return ItemsView(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, dict):
            return NotImplemented
        return len(self) == len(other) and all(other.get(key, _NOTHING) == value for key, value in self.items())

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def __reversed__(self) -> Iterator[K]:
        return reversed(list(self))

    def __or__(self, other: Any) -> Any:
        return dict(self.items()) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self.items())

    # --- writing ----------------------------------------------------------------------------------------------------

    def __setitem__(self, key: K, value: V) -> None:
        if key not in self._own and (key in self._gone or key not in self._base):
            self._more += 1
        self._own[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._own.pop(key, None)
        if key in self._base and key not in self._gone:
            self._gone.add(key)
        else:
            self._more -= 1

    def clear(self) -> None:
        self._base, self._own, self._gone, self._more = {}, {}, set(), 0

    def pop(self, key: K, default: Any = _NOTHING) -> Any:
        found = self.get(key, default)
        if found is _NOTHING:
            raise KeyError(key)
        if key in self:
            del self[key]
        return found

    def popitem(self) -> tuple[K, V]:
        key = next(reversed(self), _NOTHING)
        if key is _NOTHING:
            raise KeyError("popitem(): dictionary is empty")
        return key, self.pop(key)

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    update = MutableMapping.update
    setdefault = MutableMapping.setdefault


class Leaves:
    """The leaf hashes of a growing log, and its root at every size that it has had, worked out when somebody asks.

    Most sizes nobody ever asks for: many events name one checkpoint as what their author had seen. Leaves stand in
    chunks that forks share, each with the complete subtrees before it (RFC 6962 section 2.1).

    >>> from repatria.ledger.tree import EMPTY_ROOT, leaf_hash
    >>> leaves = Leaves()
    >>> leaves.append(leaf_hash(b"north"))
    >>> len(leaves), leaves.root(1) == leaf_hash(b"north"), leaves.root(0) == EMPTY_ROOT
    (1, True, True)
    """

    __slots__ = ("_full", "_known", "_last", "_peaks")

    def __init__(self, data: bytes = b"") -> None:
        self._full: list[tuple[bytes, tuple[bytes, ...]]] = []
        self._peaks: tuple[bytes, ...] = ()  # before the last chunk
        self._last = bytearray()
        self._known: dict[int, bytes] = {}
        each = _LEAVES_EACH * HASH_SIZE
        for at in range(0, len(data), each):
            self._last += data[at : at + each]
            self._close_chunk()

    def append(self, leaf: bytes) -> None:
        self._last += leaf
        self._close_chunk()

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves."""
        found = self._known.get(size)
        if found is None:
            chunk, at = divmod(size, _LEAVES_EACH)
            data, before = self._full[chunk] if chunk < len(self._full) else (self._last, self._peaks)
            found = root_of_peaks([*before, *peaks_over(data[: at * HASH_SIZE])])
            if len(self._known) >= _KNOWN_MOST:
                self._known.clear()
            self._known[size] = found
        return found

    def peaks(self) -> list[bytes]:
        """The complete subtrees of the whole tree, widest first: what a `Frontier` goes on from."""
        return [*self._peaks, *peaks_over(self._last)]

    def cut(self, size: int) -> None:
        """Forget the leaves beyond that size."""
        chunk, at = divmod(size, _LEAVES_EACH)
        if chunk < len(self._full):
            data, self._peaks = self._full[chunk]
            self._last = bytearray(data)
            del self._full[chunk:]
        del self._last[at * HASH_SIZE :]
        self._known = {known: root for known, root in self._known.items() if known <= size}

    def copy(self) -> Leaves:
        twin = Leaves()
        twin._full, twin._last = self._full.copy(), self._last.copy()
        twin._peaks, twin._known = self._peaks, self._known.copy()
        return twin

    def _close_chunk(self) -> None:
        if len(self._last) < _LEAVES_EACH * HASH_SIZE:
            return
        data = bytes(self._last)
        self._full.append((data, self._peaks))
        frontier = Frontier(len(self._full) - 1, self._peaks)
        frontier.append(root_of_peaks(peaks_over(data)))  # a chunk is one complete subtree: a leaf of a tree of chunks
        self._peaks, self._last = tuple(frontier.hashes), bytearray()

    def __len__(self) -> int:
        return len(self._full) * _LEAVES_EACH + len(self._last) // HASH_SIZE

    def __bytes__(self) -> bytes:
        return b"".join((*(data for data, _ in self._full), self._last))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaves) and bytes(self) == bytes(other)

    __hash__ = None  # type: ignore[assignment]
