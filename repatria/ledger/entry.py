"""The envelope of one event: its bytes, and who signed them.

    entry = canonical JSON {"body_b64": base64, "sigs": [{"keyid": hex32, "sig": base64}, ...], "type": text}

- `body` is canonical JSON too, but this module doesn't look inside: what it means is for `exchange`.
- Each signature is Ed25519 over the pre-authentication encoding of DSSE ("PAE"), which joins type and body
  with their lengths, so that no other pair of them has the same bytes:
      "DSSEv1" SP len(type) SP type SP len(body) SP body
- A key's id is the first 32 hex characters of SHA-256("repatria/key/v1" 0x00 || public key). It says which
  key to try, it proves nothing.
- Signatures stand in the order of their key ids, one for each key, at least one.
- An entry is at most 65,535 bytes long (a tile bundle's length field); anything longer goes into an
  attachment.

Two entries that differ only in their signatures are two leaves: who takes an entry into the log decides
which.

    >>> entry = sign_entry(b'{"kind":"Resumed"}', [bytes(32)])
    >>> decode_entry(encode_entry(entry)) == entry
    True
    >>> is_signed_by(entry, note.public_key(bytes(32)))
    True
"""

from __future__ import annotations

import binascii
import hashlib
import itertools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from repatria.ledger import canonical, note
from repatria.ledger.tree import leaf_hash

ENTRY_TYPE = "application/vnd.repatria.event+json"
ENTRY_MAX = 65535  # bytes; tlog-tiles, "Log entries": a 16-bit length

_KEY_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)

# The one spelling of an entry, after the base64 of its body. 64 bytes in base64 end in four bits of zero.
_HEAD = b'{"body_b64":"'
_SIGS, _END = b'","sigs":[', b'],"type":"%b"}' % ENTRY_TYPE.encode()
_SIGNED = rb'\{"keyid":"[0-9a-f]{32}","sig":"[A-Za-z0-9+/]{85}[AQgw]=="\}'
_TAIL = re.compile(b"%b%b(?:,%b)*%b" % (re.escape(_SIGS), _SIGNED, _SIGNED, re.escape(_END)))
_KEY_ID_AT, _SIG_AT, _SIGNED_STEP = 10, 51, 142  # in one item of `sigs`: where the two stand, and the next item


class BadEntry(ValueError):
    """Not an entry."""


class Signature(NamedTuple):
    """64 bytes said to be made by the key with that id."""

    keyid: str
    sig: bytes


class Entry(NamedTuple):
    """A body of some type with its signatures, in the order of their key ids."""

    type: str
    body: bytes
    sigs: tuple[Signature, ...]


class Proven(NamedTuple):
    """An entry read from its bytes, and which keys are known to have signed it: facts about bytes, whatever they mean.

    `keys` are public keys, hex. A signature by any other key may still be valid: it was not verified. `leaf` is the
    hash of the bytes as a leaf of the log's tree.
    """

    entry: Entry
    keys: tuple[str, ...]
    leaf: bytes


def encode_entry(entry: Entry) -> bytes:
    """The entry's bytes in the log. Its inverse is `decode_entry`."""
    _check(entry)
    data = canonical.encode({
        "type": entry.type,
        "body_b64": note.encode_b64(entry.body),
        "sigs": [{"keyid": s.keyid, "sig": note.encode_b64(s.sig)} for s in entry.sigs],
    })
    if len(data) > ENTRY_MAX:
        raise BadEntry(f"an entry of {len(data)} bytes; at most {ENTRY_MAX}: put the bulk into an attachment")
    return data


def decode_entry(data: bytes) -> Entry:
    """The entry whose bytes are `data`; no signature is verified here.

    Raises:
        BadEntry: if the bytes are not exactly what `encode_entry` would write.
    """
    if len(data) > ENTRY_MAX:
        raise BadEntry(f"an entry of {len(data)} bytes; at most {ENTRY_MAX}")
    return _decode_plain(data) or _decode_any(data)


def _decode_plain(data: bytes) -> Entry | None:
    """The entry, by comparing its bytes with the form that `encode_entry` gives them; None to have them read as JSON.

    It takes nothing that `_decode_any` would refuse, and leaves it to that to say what is wrong with the rest.
    """
    stop = data.find(b'"', len(_HEAD))
    if not data.startswith(_HEAD) or stop < 0 or not _TAIL.fullmatch(data, stop):
        return None
    written = data[len(_HEAD) : stop]
    try:
        body = binascii.a2b_base64(written)
    except binascii.Error:
        return None
    if binascii.b2a_base64(body, newline=False) != written:
        return None
    sigs = []
    last = ""
    for at in range(stop + len(_SIGS), len(data) - len(_END), _SIGNED_STEP):
        keyid = data[at + _KEY_ID_AT : at + _KEY_ID_AT + 32].decode()
        if keyid <= last:
            return None
        last = keyid
        sigs.append(Signature(keyid, binascii.a2b_base64(data[at + _SIG_AT : at + _SIG_AT + 88])))
    return Entry(ENTRY_TYPE, body, tuple(sigs))


def _decode_any(data: bytes) -> Entry:
    try:
        value = canonical.decode(data)
    except canonical.NotCanonical as error:
        raise BadEntry(f"not canonical JSON: {error}") from None
    if not isinstance(value, dict) or value.keys() != {"type", "body_b64", "sigs"}:
        raise BadEntry("an entry has the fields body_b64, sigs and type")
    if not isinstance(value["type"], str) or not isinstance(value["sigs"], list):
        raise BadEntry("type is a text and sigs a list")
    sigs = []
    for item in value["sigs"]:
        if not isinstance(item, dict) or item.keys() != {"keyid", "sig"}:
            raise BadEntry("a signature has the fields keyid and sig")
        if not isinstance(item["keyid"], str):
            raise BadEntry("a key id is a text")
        sigs.append(Signature(item["keyid"], _bytes(item["sig"])))
    entry = Entry(value["type"], _bytes(value["body_b64"]), tuple(sigs))
    _check(entry)
    return entry


def pae(type: str, body: bytes) -> bytes:
    """Source: DSSE protocol.md, "Signature Definition": PAE(type, body)."""
    kind = type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def key_id(public: bytes) -> str:
    return hashlib.sha256(b"repatria/key/v1\x00" + public).hexdigest()[:32]


def sign_entry(body: bytes, seeds: Iterable[bytes]) -> Entry:
    """The entry of `body` signed by each seed (a seed given twice signs once)."""
    message = pae(ENTRY_TYPE, body)
    return with_signatures(
        Entry(ENTRY_TYPE, body, ()),
        [Signature(key_id(note.public_key(seed)), note.ed25519_sign(seed, message)) for seed in seeds],
    )


def with_signatures(entry: Entry, sigs: Iterable[Signature]) -> Entry:
    """The entry with more signatures over the same body; a key that has signed keeps its first one."""
    by_key = {s.keyid: s for s in sigs} | {s.keyid: s for s in entry.sigs}
    return Entry(entry.type, entry.body, tuple(by_key[k] for k in sorted(by_key)))


def is_signed_by(entry: Entry, public: bytes) -> bool:
    """Whether the key signed this entry."""
    wanted, message = key_id(public), pae(entry.type, entry.body)
    return any(s.keyid == wanted and note.ed25519_verify(public, s.sig, message) for s in entry.sigs)


def prove_entry(data: bytes, keys: Mapping[str, str]) -> Proven | None:
    """The entry whose bytes are `data`, and which of the keys have signed it; None for what is no entry.

    Args:
        keys: public keys, hex, by key id. A signature by another key is passed over.
    """
    try:
        entry = decode_entry(data)
    except BadEntry:
        return None
    message = pae(entry.type, entry.body)
    known = [(keys[s.keyid], s.sig) for s in entry.sigs if s.keyid in keys]
    signed = tuple(key for key, sig in known if note.ed25519_verify(bytes.fromhex(key), sig, message))
    return Proven(entry, signed, leaf_hash(data))


def _check(entry: Entry) -> None:
    if entry.type != ENTRY_TYPE:
        raise BadEntry(f"an entry's type is {ENTRY_TYPE}")
    if not entry.sigs:
        raise BadEntry("an entry nobody signed")
    for s in entry.sigs:
        if not _KEY_ID.fullmatch(s.keyid) or len(s.sig) != 64:
            raise BadEntry("a signature is 32 hex characters of key id and 64 bytes")
    ids = [s.keyid for s in entry.sigs]
    if any(a >= b for a, b in itertools.pairwise(ids)):
        raise BadEntry("signatures are sorted by key id, one for each key")


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise BadEntry("bytes are written in base64")
    try:
        return note.decode_b64(value)
    except note.BadNote as error:
        raise BadEntry(str(error)) from None
