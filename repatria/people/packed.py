"""Many small mappings with the same few keys, at the price of a tuple each.

A register of two hundred thousand rows holds millions of values. A dict for each row takes several times what its
values take; here the keys are kept once, for all rows that have the same.

    >>> one, other = packed({"rank": "major", "sex": "male"}), packed({"rank": "captain", "sex": "male"})
    >>> one["rank"], dict(other), one == {"rank": "major", "sex": "male"}
    ('major', {'rank': 'captain', 'sex': 'male'}, True)
    >>> dict(packed_bytes(["rank", "sex"], [b"1", b"2"]))
    {'rank': b'1', 'sex': b'2'}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class Packed(Mapping[str, V], Generic[V]):
    """A mapping that does not change, of keys that others have as well."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: Sequence[V]) -> None:
        self._places, self._values = places, values

    def __getitem__(self, name: str) -> V:
        return self._values[self._places[name]]

    def get(self, name: str, default: Any = None) -> Any:
        at = self._places.get(name)
        return default if at is None else self._values[at]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return f"{type(self).__name__} of {', '.join(self._places)}"  # never the values


class PackedBytes(Packed[bytes]):
    """Values of one length each, in one piece."""

    __slots__ = ("_size", "_whole")

    def __init__(self, places: Mapping[str, int], whole: bytes, size: int) -> None:
        super().__init__(places, ())
        self._whole, self._size = whole, size

    def __getitem__(self, name: str) -> bytes:
        at = self._places[name] * self._size
        return self._whole[at : at + self._size]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._places else default


def packed(values: Mapping[str, V]) -> Packed[V]:
    """The same mapping, packed."""
    return Packed(_places(tuple(values)), tuple(values.values()))


def packed_bytes(names: Sequence[str], values: Sequence[bytes]) -> PackedBytes:
    """A mapping of these names to these values, which are all of one length."""
    if len(names) != len(values) or len(set(map(len, values))) > 1:
        raise ValueError("as many values as names, and all of one length")
    return PackedBytes(_places(tuple(names)), b"".join(values), len(values[0]) if values else 0)


@lru_cache(maxsize=4096)
def _places(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: at for at, name in enumerate(names)}
