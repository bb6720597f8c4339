"""What a witness checks before it cosigns (C2SP tlog-witness, "add-checkpoint").

A witness keeps, for each log it knows, the size and root it cosigned last, and cosigns only what that is a
prefix of. The request and the answers are texts, so they travel as well on a stick as by HTTP:

    request   "old " <size> LF  { base64(hash) LF }  LF  <signed checkpoint>
    200       one or more signature lines
    409       <the size cosigned last> LF

    404  a log it doesn't know             403  not signed by that log's key
    400  malformed, or old > size          409  old is not the size it cosigned last
    422  the proof doesn't hold, or one size with two roots

`advance` decides and remembers nothing. Who calls it must make the new state durable *before* the cosignature
leaves, together with the check (no other request between them), and never go back to an earlier state: that
is what a cosignature promises.

    >>> Refusal(409, "old", 7).answer()
    b'7\\n'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from repatria.ledger.checkpoint import BadCheckpoint, parse_checkpoint, parse_size
from repatria.ledger.note import BadNote, SignatureLine, VerifierKey, open_note, parse_line, parse_note
from repatria.ledger.proof import format_hashes, parse_hashes
from repatria.ledger.tree import EMPTY_ROOT, BadProof, check_consistency

CONFLICT_TYPE = "text/x.tlog.size"  # the Content-Type of a 409


class Refusal(Exception):
    """A request the witness does not cosign: the HTTP status, and for 409 the size it cosigned last."""

    def __init__(self, status: int, what: str, size: int | None = None) -> None:
        super().__init__(f"{what} ({status})")
        self.status = status
        self.what = what
        self.size = size

    def answer(self) -> bytes:
        """The body of the answer."""
        return f"{self.size}\n".encode() if self.size is not None else f"{self.what}\n".encode()


@dataclass(frozen=True)
class WitnessState:
    """What was cosigned last for one log. Size 0 with the empty tree's root: nothing yet."""

    origin: str
    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True)
class AddCheckpoint:
    """A request: cosign `note`, whose tree has the tree of `old` entries as a prefix, by `proof`."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes


def format_request(request: AddCheckpoint) -> bytes:
    return f"old {request.old}\n{format_hashes(request.proof)}\n".encode() + request.note


def parse_request(data: bytes) -> AddCheckpoint:
    """The request the bytes spell, or Refusal 400."""
    head, found, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        if not found or not lines[0].startswith("old "):
            raise Refusal(400, "a request begins with old, a size, the proof and an empty line")
        return AddCheckpoint(parse_size(lines[0][4:]), parse_hashes(lines[1:]), note)
    except (UnicodeDecodeError, BadCheckpoint, BadProof) as error:
        raise Refusal(400, f"malformed: {error}") from None


def requested_origin(request: AddCheckpoint) -> str:
    """The log a request is for, unverified: to look its state up. Refusal 400 if it says none."""
    try:
        return parse_checkpoint(parse_note(request.note)[0]).origin
    except (BadNote, BadCheckpoint) as error:
        raise Refusal(400, f"malformed: {error}") from None


def advance(state: WitnessState | None, request: AddCheckpoint, log_key: VerifierKey) -> WitnessState:
    """The state to keep and then to cosign, or a Refusal.

    Args:
        state: of the log the request is for; None if this witness doesn't know such a log.
    """
    try:
        origin = requested_origin(request)
        if state is None or origin != state.origin:
            raise Refusal(404, "no log of that origin is witnessed here")
        new = parse_checkpoint(open_note(request.note, [log_key]).text)
    except BadNote:
        raise Refusal(403, "not signed by the log's key") from None
    if request.old > new.size:
        raise Refusal(400, f"old is {request.old}, more than the checkpoint's {new.size}")
    if request.old != state.size:
        raise Refusal(409, f"{state.size} was cosigned last, not {request.old}", state.size)
    try:
        if state.size == 0:
            if request.proof or (new.size == 0 and new.root != EMPTY_ROOT):
                raise BadProof("the empty tree needs no proof and has one root")
        else:
            check_consistency(request.proof, state.size, new.size, state.root, new.root)
    except BadProof as error:
        raise Refusal(422, str(error)) from None
    return WitnessState(new.origin, new.size, new.root)


def format_response(lines: Iterable[str]) -> bytes:
    """The body of a 200: the witness's signature lines."""
    return "".join(lines).encode()


def parse_response(data: bytes) -> tuple[SignatureLine, ...]:
    """The signature lines of a 200, unverified; BadNote if it isn't one or more."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote("not UTF-8") from None
    if not text.endswith("\n"):
        raise BadNote("an answer is one or more signature lines")
    return tuple(parse_line(line + "\n") for line in text[:-1].split("\n"))
