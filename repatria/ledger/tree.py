"""The Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1) over SHA-256, and its proofs.

    MTH({})     = SHA-256("")
    MTH({d0})   = SHA-256(0x00 || d0)                             leaf_hash
    MTH(D[n])   = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))     node_hash; k: the largest power of two < n

A tree is a list of leaf hashes that only grows. `Tree` keeps the hash of every complete subtree, so that the
root and the proofs of any size it ever had take a logarithm of its size; `Frontier` keeps only the complete
subtrees along the right edge, enough to go on growing. A proof that does not hold always raises `BadProof`,
and every hash is checked to be 32 bytes long before it is compared, so that nothing empty can equal nothing
empty.

    >>> tree = Tree([leaf_hash(b"north"), leaf_hash(b"south"), leaf_hash(b"mediator")])
    >>> proof = tree.prove_inclusion(1, 3)
    >>> check_inclusion(proof, 1, 3, leaf_hash(b"south"), tree.root())
    >>> check_inclusion(proof, 1, 3, leaf_hash(b"nobody"), tree.root())
    Traceback (most recent call last):
    repatria.ledger.tree.BadProof: the inclusion proof gives another root
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 section 2.1: the hash of an empty list

_sha256 = hashlib.sha256


class BadProof(ValueError):
    """A proof that shows nothing. Nothing is to be kept from what came with it."""


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 section 2.1: MTH({d0}) = SHA-256(0x00 || d0)."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes (not over entries)."""
    return Tree(leaf_hashes).root()


def peaks_over(leaves: bytes | bytearray) -> list[bytes]:
    """The complete subtrees over these leaf hashes, 32 bytes each, one after the other: widest first."""
    level = [bytes(leaves[at : at + HASH_SIZE]) for at in range(0, len(leaves), HASH_SIZE)]
    peaks = []
    while level:
        if len(level) & 1:
            peaks.append(level.pop())
        level = [
            _sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level), 2)
        ]  # node_hash of a pair
    return peaks[::-1]


class Frontier:
    """The complete subtrees along the right edge of a tree: what one needs to append and to know the root.

    `hashes` holds them widest first, one for each 1 bit of `size`.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if size < 0 or len(hashes) != size.bit_count():
            raise ValueError(f"{len(hashes)} subtrees can't make up a tree of {size} leaves")
        self.size = size
        if not set(map(len, hashes)) <= {HASH_SIZE}:
            raise BadProof(f"a subtree's hash is not {HASH_SIZE} bytes long")
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Appends one leaf hash."""
        carried, bits = _hash(leaf, "the leaf"), self.size
        while bits & 1:
            carried = _sha256(b"\x01" + self.hashes.pop() + carried).digest()
            bits >>= 1
        self.hashes.append(carried)
        self.size += 1

    def root(self) -> bytes:
        return root_of_peaks(self.hashes)

    def copy(self) -> Frontier:
        return Frontier(self.size, self.hashes)


class Tree:
    """Every complete subtree of a growing list of leaf hashes.

    `levels[k]` holds, one after the other, the hashes of the complete subtrees over 2^k leaves; a tile of
    tlog-tiles is a slice of `levels[8 * L]`. 64 bytes of memory per leaf.
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self.levels: list[bytearray] = [bytearray()]
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        return len(self.levels[0]) // HASH_SIZE

    def append(self, leaf: bytes) -> None:
        """Appends one leaf hash."""
        self.extend((leaf,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Appends leaf hashes, hashing level by level."""
        leaves = self.levels[0]
        given = list(leaf_hashes)
        for leaf in given:
            if len(leaf) != HASH_SIZE:
                raise BadProof(f"the leaf is {len(leaf)} bytes long, not {HASH_SIZE}")
        leaves += b"".join(given)
        level = 0
        while len(below := self.levels[level]) >= 2 * HASH_SIZE:
            if level + 1 == len(self.levels):
                self.levels.append(bytearray())
            above = self.levels[level + 1]
            stop = len(below) - 2 * HASH_SIZE
            for at in range(2 * len(above), stop + 1, 2 * HASH_SIZE):
                above += _sha256(b"\x01" + below[at : at + 2 * HASH_SIZE]).digest()  # node_hash of a pair
            level += 1

    def leaf(self, index: int) -> bytes:
        return self.subtree(0, index)

    def subtree(self, level: int, index: int) -> bytes:
        """MTH(D[index * 2^level : (index + 1) * 2^level])."""
        at = index * HASH_SIZE
        if level >= len(self.levels) or not 0 <= at < len(self.levels[level]):
            raise IndexError(f"no complete subtree {index} at level {level} in a tree of {self.size}")
        return bytes(self.levels[level][at : at + HASH_SIZE])

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (of all of them if None)."""
        return self.frontier(size).root()

    def frontier(self, size: int | None = None) -> Frontier:
        """The right edge of the tree over the first `size` leaves."""
        size = self._known(size)
        return Frontier(size, [self.subtree(level, index) for level, index in _complete(0, size)])

    def prove_inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """PATH(index, D[size]): the proof that leaf `index` is in the tree of the first `size` leaves.

        Source: RFC 6962 section 2.1.1. Its inverse is `check_inclusion`.
        """
        size = self._known(size)
        if not 0 <= index < size:
            raise IndexError(f"no leaf {index} in a tree of {size}")
        start, stop, path = 0, size, []
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def prove_consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """PROOF(old, D[size]): the proof that the tree of `old` leaves is a prefix of the tree of `size`.

        Source: RFC 6962 section 2.1.2. Its inverse is `check_consistency`. Empty when old is 0 or `size`.
        """
        size = self._known(size)
        if not 0 <= old <= size:
            raise IndexError(f"a tree of {size} has no earlier size {old}")
        start, stop, path = 0, size, []
        if old in (0, size):
            return []
        while old != stop:
            middle = start + _split(stop - start)
            if old <= middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        if start:  # SUBPROOF(m, D[m], false) = {MTH(D[m])}; with b true, the verifier has that root already
            path.append(self._range(start, stop))
        return path[::-1]

    def _range(self, start: int, stop: int) -> bytes:
        """MTH(D[start:stop]), where start is a multiple of the largest power of two within the range."""
        return root_of_peaks([self.subtree(level, index) for level, index in _complete(start, stop)])

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(f"a tree of {self.size} has not had the size {size}")
        return size


def check_inclusion(proof: Sequence[bytes], index: int, size: int, leaf: bytes, root: bytes) -> None:
    """Raises BadProof unless `proof` shows leaf hash `leaf` at `index` of the tree of `size` with that root.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise BadProof(f"no leaf {index} in a tree of {size}")
    _hash(root, "the root")
    fn, sn, r = index, size - 1, _hash(leaf, "the leaf")
    for p in proof:
        _hash(p, "a hash of the proof")
        if sn == 0:
            raise BadProof("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise BadProof("the inclusion proof is too short")
    if r != root:
        raise BadProof("the inclusion proof gives another root")


def check_consistency(proof: Sequence[bytes], old: int, size: int, old_root: bytes, root: bytes) -> None:
    """Raises BadProof unless `proof` shows the tree of `old` leaves to be a prefix of the tree of `size`.

    A tree of no leaves is a prefix of every tree and proves nothing, so old = 0 is refused, except against
    itself.

    Source: RFC 9162 section 2.1.4.2.
    """
    _hash(old_root, "the old root")
    _hash(root, "the root")
    if not 0 <= old <= size:
        raise BadProof(f"a tree of {size} has no earlier size {old}")
    if old == size:
        if proof:
            raise BadProof("the consistency proof of a tree with itself is not empty")
        if old_root != root or (size == 0 and root != EMPTY_ROOT):
            raise BadProof("two roots for one size")
        return
    if old == 0:
        raise BadProof("consistency with an empty tree shows nothing")
    if not proof:
        raise BadProof("the consistency proof is empty")
    path = [_hash(p, "a hash of the proof") for p in proof]
    if old & (old - 1) == 0:  # an old tree that is one complete subtree: its root is known, not sent
        path.insert(0, old_root)
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise BadProof("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise BadProof("the consistency proof is too short")
    if fr != old_root:
        raise BadProof("the consistency proof gives another old root")
    if sr != root:
        raise BadProof("the consistency proof gives another root")


def _hash(value: bytes, what: str) -> bytes:
    if len(value) != HASH_SIZE:
        raise BadProof(f"{what} is {len(value)} bytes long, not {HASH_SIZE}")
    return bytes(value)


def _split(n: int) -> int:
    """RFC 6962 section 2.1: the largest power of two smaller than n."""
    return 1 << (n - 1).bit_length() - 1


def _complete(start: int, stop: int) -> list[tuple[int, int]]:
    """(level, index) of the complete subtrees that make up leaves start to stop, widest first."""
    parts = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def root_of_peaks(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, widest first: the narrowest two are joined first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in hashes[-2::-1]:
        root = _sha256(b"\x01" + left + root).digest()  # node_hash, of which there is one for every 1 bit of a size
    return root
