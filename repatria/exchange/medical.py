"""Medical boards: that one sat, where, when and about whose prisoners; whom it saw and what it found stays sealed.

The Detaining Power's own physician decides about its prisoners (GC III 112, second paragraph); a Mixed Medical
Commission decides by the signatures of two of its three members, two neutral and one of the Detaining Power (Annex II
1, 10). A decision takes effect by the next version of the final list (`outward.py`), which every party signs.

What is sealed has one shape whatever was found: as many lines as `FINDINGS_MOST`, each a number and a finding, filled
up with nothing.

    >>> sealed = pack({"0" * 31 + "1": "direct_repatriation"})
    >>> len(sealed) == len(pack({})), unpack(sealed)
    (True, {'00000000000000000000000000000001': 'direct_repatriation'})
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from repatria.exchange.authority import MIXED_BOARD, OWN_BOARD
from repatria.exchange.clearing import SEALED_CHARACTERS
from repatria.exchange.events import Day, MedicalBoardDecided
from repatria.exchange.state import Attachments, BoardFact, Fact, Refuse, State

BOARDS = (OWN_BOARD, MIXED_BOARD)
# Annex II 10: "repatriation, rejection, or reference to a later examination"; Annex I tells the first into two.
FINDINGS = ("", "direct_repatriation", "neutral_eligible", "rejected", "later")
CHANGING = ("direct_repatriation", "neutral_eligible")  # these are medical categories of a record
FINDINGS_MOST = 48  # in one entry; a board that saw more says it in several
_LINE = 17  # a number of 128 bits, and a finding


def medical_board_decided(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, MedicalBoardDecided)
    if event.board not in BOARDS:
        raise Refuse("board.kind", "a board is the Detaining Power's own, or a mixed commission")
    if event.holder not in state.parties:
        raise Refuse("board.holder", "a board examines people whom a party holds")
    seats = (event.holder,) if event.board == OWN_BOARD else (event.holder, *state.neutrals)
    if fact.member not in seats:
        raise Refuse("board.member", "the physician has no seat on that board")
    if len(event.sealed) != SEALED_CHARACTERS:
        raise Refuse("board.size", f"{len(event.sealed)} characters sealed; always {SEALED_CHARACTERS}")
    now = state.log_time  # it may lag behind the day on which the board sat
    told = None if now is None else max(Day(now[:10]), event.held_on)
    state.boards[fact.id] = BoardFact(
        event.place, event.held_on, event.holder, event.board, event.sealed, fact.index, told
    )


def pack(found: Mapping[str, str]) -> bytes:
    """What a board found, number by number, at the one size that it always has.

    Raises:
        ValueError: more people than one entry holds, or a finding that is none.
    """
    if len(found) > FINDINGS_MOST:
        raise ValueError(f"{len(found)} findings; at most {FINDINGS_MOST}")
    lines = [bytes.fromhex(number) + bytes([FINDINGS.index(finding)]) for number, finding in sorted(found.items())]
    return b"".join(lines).ljust(FINDINGS_MOST * _LINE, b"\0")


def unpack(data: bytes) -> dict[str, str]:
    """The inverse of `pack`; nothing where it is no such thing."""
    if len(data) != FINDINGS_MOST * _LINE:
        return {}
    lines = [data[at : at + _LINE] for at in range(0, len(data), _LINE)]
    return {line[:16].hex(): FINDINGS[line[16]] for line in lines if 0 < line[16] < len(FINDINGS)}


def findings(state: State, unseal: Callable[[bytes], bytes | None]) -> dict[str, tuple[str, str]]:
    """What boards found of each number, as far as `unseal` opens it: the finding, and whose board; the latest holds.

    Only about people whom the holder named holds: a board says nothing of anybody else.
    """
    found: dict[str, tuple[str, str]] = {}
    for board in sorted(state.boards.values(), key=lambda each: (each.held_on, each.index)):
        data = unseal(enclosed(board.sealed))
        for number, finding in unpack(data or b"").items():
            person = state.persons.get(number)
            if person is not None and person.holder == board.holder:
                found[number] = (finding, board.board)
    return found


def enclosed(sealed: str) -> bytes:
    """The age file in a sealed note: what is after it is padding."""
    blob = base64.b64decode(sealed)
    return blob[2 : 2 + int.from_bytes(blob[:2], "big")]


REDUCERS = {"MedicalBoardDecided": medical_board_decided}
