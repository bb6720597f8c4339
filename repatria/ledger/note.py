"""Signed notes (C2SP signed-note) and cosignatures (C2SP tlog-cosignature). The only Ed25519 code.

A note is a text, an empty line, and one or more signature lines:

    <text, UTF-8, no control character but LF, ends in LF> LF
    U+2014 SP <key name> SP base64(key id[4] || signature) LF

A signature covers the text with its last LF, without the empty line. The text ends at the *last* empty line.
A key name is not empty and has no space and no '+'. A key id is SHA-256(name LF kind public-key)[:4].

    kind 0x01  Ed25519               signature: 64 bytes over the text
    kind 0x04  Ed25519 cosignature   u64be time in POSIX seconds || 64 bytes over
                                     "cosignature/v1" LF "time " <time> LF <text>

A verifier key is written `name+hex8(key id)+base64(kind || public key)`.

Opening a note: a line by an unknown key is set aside, and named in the result; a line by a known key must
verify, or the whole note is refused; no known key at all, and it is refused too. Reading is strict: canonical
base64, one space, no CR, no byte after the last line.

Which Ed25519 signatures are good (RFC 8032 leaves room, and verifiers use it: of the 914 edge cases of the
CCTV set, OpenSSL and Go accept 208, libsodium 43). Every verifier of one ledger must agree, so this takes the
smallest set, libsodium's, and refuses

- S >= L, the group order (RFC 8032 section 5.1.7: "decode ... S as an integer in the range 0 <= s < L");
- a public key A or a commitment R whose y coordinate is not reduced, or which is x = 0 with the sign bit set;
- an A or R of small order (1, 2, 4 or 8): such a key signs every message at once;
- any signature not equal to the cofactorless equation R = [S]B - [k]A.

libsodium refuses all of these. They are checked here too, before it is asked, so that the answer does not
hang on how a libsodium was built (ED25519_COMPAT) or on which one a system puts in PyNaCl's place.

    >>> seed = bytes(32)
    >>> key = VerifierKey("log.example", ED25519, public_key(seed))
    >>> note = build_note("hello\\n", [sign_note("hello\\n", "log.example", seed)])
    >>> open_note(note, [key]).text
    'hello\\n'
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import nacl.bindings
import nacl.exceptions

ED25519 = 0x01
COSIGNATURE = 0x04

SIGNATURES_MAX = 100  # signed-note asks for at least 16
NOTE_MAX = 1_000_000  # bytes
TIME_MAX = 2**63 - 1

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")  # but LF
_DASH = "\N{EM DASH} "
_SIGNATURE_SIZE = {ED25519: 64, COSIGNATURE: 72}

# RFC 8032 section 5.1: p = 2^255 - 19, L = 2^252 + 27742317777372353535851937790883648493.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
# The eight points of small order have y = 1, y = -1, y = 0 (two), and the y of order 8 (two each).
_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


class BadNote(ValueError):
    """Not a note, not a verifier key, or a signature that does not hold."""


# --- Ed25519 ------------------------------------------------------------------------------------------------


def public_key(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte seed."""
    return bytes(nacl.bindings.crypto_sign_seed_keypair(_exactly(seed, 32, "a seed"))[0])


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of RFC 8032 section 5.1.6; deterministic."""
    secret = nacl.bindings.crypto_sign_seed_keypair(_exactly(seed, 32, "a seed"))[1]
    return bytes(nacl.bindings.crypto_sign(message, secret)[:64])


def ed25519_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is good, in the strict sense of the module's docstring."""
    if not _is_strictly_encoded(public, signature):
        return False
    try:
        nacl.bindings.crypto_sign_open(bytes(signature) + bytes(message), bytes(public))
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False
    return True


def is_public_key(encoded: bytes) -> bool:
    """Whether signatures by it can hold: a point of the curve's prime-order group, canonically encoded."""
    return len(encoded) == 32 and bool(nacl.bindings.crypto_core_ed25519_is_valid_point(encoded))


def _is_strictly_encoded(public: bytes, signature: bytes) -> bool:
    """Whether A, R and S are all that can be asked of them before the equation is checked."""
    if len(public) != 32 or len(signature) != 64:
        return False
    if int.from_bytes(signature[32:], "little") >= _L:
        return False
    return _is_usable_point(public) and _is_usable_point(signature[:32])


def _is_usable_point(encoded: bytes) -> bool:
    """Canonically encoded and not of small order. Whether it is on the curve at all, libsodium says."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    # x = 0 only where y is 1 or -1, both of small order: refusing these refuses x = 0 with the sign bit too.
    return y < _P and y not in _SMALL_ORDER_Y


# --- keys ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VerifierKey:
    """A name, a kind (ED25519 or COSIGNATURE) and a 32-byte public key. Bad ones can't be made."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.kind not in _SIGNATURE_SIZE:
            raise BadNote(f"key kind {self.kind:#04x} is neither Ed25519 nor an Ed25519 cosignature")
        if len(_exactly(self.public, 32, "a public key")) == 32 and not _is_usable_point(self.public):
            raise BadNote("a public key of small order or not canonically encoded")

    @property
    def key_id(self) -> bytes:
        return note_key_id(self.name, self.kind, self.public)


def note_key_id(name: str, kind: int, public: bytes) -> bytes:
    """SHA-256(name || LF || kind || public key)[:4]. Source: signed-note, "Signatures"."""
    return hashlib.sha256(name.encode() + b"\n" + bytes((kind,)) + public).digest()[:4]


def check_name(name: str) -> str:
    """The name again, or BadNote unless it may name a key or a log."""
    if not name or "+" in name or any(c.isspace() or c < " " or "\ud800" <= c <= "\udfff" for c in name):
        raise BadNote("a key name is empty, or has a space, a control character or '+'")
    return name


def parse_vkey(text: str) -> VerifierKey:
    """The key written as `name+hex8+base64`. Source: signed-note, "Verifier keys"."""
    parts = text.split("+", 2)  # base64 may hold '+', a name may not
    if len(parts) != 3:
        raise BadNote("a verifier key is name+key id+base64")
    name, hexed, encoded = parts
    data = decode_b64(encoded)
    if len(data) != 33:
        raise BadNote(f"a verifier key holds {len(data)} bytes, not 33")
    key = VerifierKey(name, data[0], data[1:])
    if key.key_id.hex() != hexed:
        raise BadNote(f"the verifier key's id is {key.key_id.hex()}, and it says otherwise")
    return key


def format_vkey(key: VerifierKey) -> str:
    return f"{key.name}+{key.key_id.hex()}+{encode_b64(bytes((key.kind,)) + key.public)}"


# --- signing ------------------------------------------------------------------------------------------------


def sign_note(text: str, name: str, seed: bytes) -> str:
    """One signature line (kind 0x01) for `text`."""
    key = VerifierKey(name, ED25519, public_key(seed))
    return _format_line(name, key.key_id + ed25519_sign(seed, _signable(text)))


def cosign(text: str, name: str, seed: bytes, unix_time: int) -> str:
    """One cosignature line (kind 0x04): at that time, its maker had seen no larger consistent tree."""
    if not 0 <= unix_time <= TIME_MAX:
        raise BadNote("a cosignature's time is out of range")
    key = VerifierKey(name, COSIGNATURE, public_key(seed))
    signature = ed25519_sign(seed, _cosigned_message(_signable(text), unix_time))
    return _format_line(name, key.key_id + unix_time.to_bytes(8, "big") + signature)


def build_note(text: str, lines: Iterable[str]) -> bytes:
    """The note of that text with those signature lines."""
    note = _signable(text) + b"\n" + "".join(lines).encode()
    parse_note(note)
    return note


# --- opening ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignatureLine:
    """One signature line as it stands: who it says it is from, and its bytes."""

    name: str
    key_id: bytes
    signature: bytes
    line: str  # with its LF


@dataclass(frozen=True)
class Verified:
    """One signature that holds. `time` (POSIX seconds) is set for cosignatures."""

    key: VerifierKey
    time: int | None
    line: str

    @property
    def name(self) -> str:
        return self.key.name


@dataclass(frozen=True)
class OpenedNote:
    """A text, who signed it, and the lines whose signer is not known (they say nothing)."""

    text: str
    verified: tuple[Verified, ...]
    unknown_lines: tuple[str, ...]

    def by(self, key: VerifierKey) -> Verified | None:
        """The signature made with `key`, if there is one."""
        return next((v for v in self.verified if v.key == key), None)


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> OpenedNote:
    """The note, with at least one signature of a known key.

    Raises:
        BadNote: if it is malformed, if a known key's signature fails, or if no known key signed it.
    """
    text, lines = parse_note(note)
    verified: list[Verified] = []
    unknown: list[str] = []
    for at, line in enumerate(lines, 1):
        key = key_of(line, keys)
        if key is None:
            unknown.append(line.line)
            continue
        signed = verify_line(text, line, key)
        if signed is None:
            raise BadNote(f"signature line {at}, by the key {key.key_id.hex()}, does not verify")
        verified.append(signed)
    if not verified:
        raise BadNote(f"none of the {len(lines)} signatures is by one of the {len(keys)} known keys")
    return OpenedNote(text, tuple(verified), tuple(unknown))


def parse_note(note: bytes) -> tuple[str, tuple[SignatureLine, ...]]:
    """The text and the signature lines, nothing verified. Source: signed-note, "Format"."""
    if len(note) > NOTE_MAX:
        raise BadNote(f"a note of {len(note)} bytes; at most {NOTE_MAX} are read")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadNote(f"not UTF-8 at byte {error.start}") from None
    if _CONTROL.search(whole):
        raise BadNote("a control character")
    split = whole.rfind("\n\n")
    if split < 0:
        raise BadNote("no empty line before the signatures")
    text, tail = whole[: split + 1], whole[split + 2 :]
    if not tail.endswith("\n"):
        raise BadNote("no signature, or the last line is not ended")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise BadNote(f"{len(lines)} signatures; at most {SIGNATURES_MAX} are read")
    return text, tuple(_parse_line(line + "\n", at) for at, line in enumerate(lines, 1))


def parse_line(line: str) -> SignatureLine:
    """One signature line with its LF, nothing verified."""
    return _parse_line(line, 1)


def key_of(line: SignatureLine, keys: Iterable[VerifierKey]) -> VerifierKey | None:
    """The key that a line names, by name and key id."""
    return next((key for key in keys if key.name == line.name and key.key_id == line.key_id), None)


def verify_line(text: str, line: SignatureLine, key: VerifierKey) -> Verified | None:
    """The line's signature if `key` made it over `text`, else None."""
    if line.name != key.name or line.key_id != key.key_id or len(line.signature) != _SIGNATURE_SIZE[key.kind]:
        return None
    if key.kind == ED25519:
        good = ed25519_verify(key.public, line.signature, text.encode())
        return Verified(key, None, line.line) if good else None
    time = int.from_bytes(line.signature[:8], "big")
    if time > TIME_MAX:
        return None
    good = ed25519_verify(key.public, line.signature[8:], _cosigned_message(text.encode(), time))
    return Verified(key, time, line.line) if good else None


# --- bytes --------------------------------------------------------------------------------------------------


def encode_b64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def decode_b64(text: str) -> bytes:
    """The bytes of canonical base64 only: any other spelling of them is refused (RFC 4648 section 3.5)."""
    try:
        raw = text.encode("ascii")
        data = binascii.a2b_base64(raw)
    except (binascii.Error, UnicodeEncodeError):
        raise BadNote("not base64") from None
    if binascii.b2a_base64(data, newline=False) != raw:  # shows also what a2b_base64 has passed over
        raise BadNote("not canonical base64")
    return data


def _parse_line(line: str, at: int) -> SignatureLine:
    parts = line[:-1].split(" ")
    if len(parts) != 3 or parts[0] + " " != _DASH or not line.endswith("\n"):
        raise BadNote(f"signature line {at} is not an em dash, a name and base64, one space between")
    try:
        name, data = check_name(parts[1]), decode_b64(parts[2])
    except BadNote as error:
        raise BadNote(f"signature line {at}: {error}") from None
    if len(data) < 5:
        raise BadNote(f"signature line {at} holds no signature")
    return SignatureLine(name, data[:4], data[4:], line)


def _format_line(name: str, data: bytes) -> str:
    return f"{_DASH}{name} {encode_b64(data)}\n"


def _cosigned_message(text: bytes, time: int) -> bytes:
    """Source: tlog-cosignature, "Ed25519 signed message"."""
    return b"cosignature/v1\ntime %d\n" % time + text


def _signable(text: str) -> bytes:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise BadNote("a signed text ends in a line feed and has no other control character")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise BadNote("a lone surrogate in a signed text") from None


def _exactly(data: bytes, size: int, what: str) -> bytes:
    if len(data) != size:
        raise BadNote(f"{what} is {len(data)} bytes long, not {size}")
    return bytes(data)
