"""Tokens for programs: one's own, made and ended; and that there are any, for whoever keeps the node."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.tokens.title": "Tokens for programs",
    "web.tokens.line": "With a token a program asks this node for what you may ask for, in your name and on the record."
    " It is good until it is ended, or your role or your login ends.",
    "web.tokens.openapi": "What may be asked for, as an OpenAPI document:",
    "web.tokens.mine": "Your tokens",
    "web.tokens.mine.none": "None.",
    "web.tokens.since": "since {moment}",
    "web.tokens.good": "good",
    "web.tokens.over": "no longer good: the role it was made for has ended",
    "web.tokens.mark": "On the record as",
    "web.tokens.end": "End this token",
    "web.tokens.new": "Make a token",
    "web.tokens.new.line": "It is shown once. You can have {most} at a time.",
    "web.tokens.label": "What it is for, such as the program's name",
    "web.tokens.role": "Role",
    "web.tokens.others": "Tokens of others",
    "web.tokens.others.line": "Whose, in which role and since when. End one if its owner has lost it or is not there"
    " any more.",
    "web.tokens.others.none": "Nobody else has one.",
    "web.tokens.issued": "The token, shown once",
    "web.tokens.issued.line": "{label}: a program that has it is {role} as you are. Keep it as you would a password.",
    "web.tokens.issued.file": "Put this line into a file header.txt that the program alone can read:",
    "web.tokens.issued.why": "In a file, and not typed in a command, it is in no history of commands and in no list of"
    " running programs.",
    "web.tokens.issued.ask": "A first question, where the exchange stands:",
    "web.tokens.issued.authority": "authority.pem is the certificate of this node's own authority; whoever keeps the"
    " node has it. Where the node's address has a certificate that every machine knows, leave that option out.",
    "web.tokens.issued.device": "{desk}: with it the desk sends what it has signed and heard, and learns nothing else."
    " Whoever keeps the node can end it.",
    "web.tokens.issued.checkin": "Where it sends to:",
    "web.tokens.back": "Back to the tokens",
}
