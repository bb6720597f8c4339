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

K = TypeVar("K")
V = TypeVar("V")

LAYERED_FROM = 4096  # rows; a smaller table is copied sooner than it is read through a layer
MERGED_AT = 16_384  # rows in a layer, which each fork copies: then it becomes one table with what is under it
_ROOTS_EACH = 4096  # in a chunk that forks share
_ROOT = 32
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


class Roots:
    """The root of a growing tree at every size from 1 on, 32 bytes each, in chunks that forks share.

    >>> roots = Roots()
    >>> roots.append(bytes(32))
    >>> len(roots), roots.at(1) == bytes(32)
    (1, True)
    """

    __slots__ = ("_full", "_last")

    def __init__(self, data: bytes = b"") -> None:
        each = _ROOTS_EACH * _ROOT
        whole = len(data) // each * each
        self._full = [data[at : at + each] for at in range(0, whole, each)]
        self._last = bytearray(data[whole:])

    def append(self, root: bytes) -> None:
        self._last += root
        if len(self._last) == _ROOTS_EACH * _ROOT:
            self._full.append(bytes(self._last))
            self._last = bytearray()

    def at(self, size: int) -> bytes:
        """The root of a tree of so many leaves, from 1 on."""
        chunk, at = divmod(size - 1, _ROOTS_EACH)
        data = self._full[chunk] if chunk < len(self._full) else self._last
        return bytes(data[at * _ROOT : at * _ROOT + _ROOT])

    def cut(self, size: int) -> None:
        """Forget the roots beyond that size."""
        chunk, at = divmod(size, _ROOTS_EACH)
        if chunk < len(self._full):
            self._last = bytearray(self._full[chunk])
            del self._full[chunk:]
        del self._last[at * _ROOT :]

    def copy(self) -> Roots:
        twin = Roots()
        twin._full, twin._last = self._full.copy(), self._last.copy()
        return twin

    def __len__(self) -> int:
        return len(self._full) * _ROOTS_EACH + len(self._last) // _ROOT

    def __bytes__(self) -> bytes:
        return b"".join((*self._full, self._last))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roots) and bytes(self) == bytes(other)

    __hash__ = None  # type: ignore[assignment]
