"""What the paper form of an interview says, in English, by id; the other languages stand in `repatria/locale/`.

The question is read aloud to somebody whose life may hang on the answer. It offers both answers alike, promises nothing
that nobody can keep, and asks for no reason.
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "form.title": "Private interview, {place}, {day}",
    "form.code": "Code",
    "form.who": "Who this is",
    "form.born": "Born",
    "form.cut": "Cut along this line before the interview. Keep the strip apart from the answer; carry them apart.",
    "form.alone": "Only the interviewer and the person are in the room, and nobody can hear them.",
    "form.no_reason": "One cross and nothing else: no name, no reason, no remark. Who cannot go for whatever cause is"
    " No, too.",
    "form.question": "Do you want to be handed over? You may say yes or no. Nobody writes down your reasons or passes"
    " them on. If you do not go, the record says that and no more, as it does of everybody who does not go, for"
    " whatever cause.",
    "form.yes": "Yes",
    "form.no": "No",
    "form.not_asked": "Not asked",
}
