"""Keys and members: who is in the exchange, who speaks for this member, who can log in, and notices of key use."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "members.title": "Keys and members",
    "members.line": "Who is in this exchange, and with which key each of them signs.",
    "members.members": "Members",
    "members.compare": "Compare these figures with each member by voice or on paper: the same twelve groups stand on"
    " their own node.",
    "members.secretariat": "keeps the ledger",
    "members.own": "this node",
    "members.witness": "Key as witness",
    "members.not_admitted": "Named in the opening, and has not joined yet.",
    "members.delegates": "Who speaks for this member",
    "members.delegates.none": "Nobody yet.",
    "members.delegates.former": ("{n} whose key has ended", "{n} whose keys have ended"),
    "members.stands": "stands",
    "members.cools": "is cooling off, and stands from {moment}",
    "members.lifts": "has ended; another signatory can object until {moment}",
    "members.ended": "has ended",
    "members.compromised": "has ended, and is not answered for from entry {entry} on",
    "members.moment": "{day}, {time} UTC",
    "members.moment.open": "a time that the log has not told yet",
    "members.key": "Key, to be read aloud",
    "members.key.none": "No key has come from their browser.",
    "members.revoke": "End the key",
    "members.logins": "Logins without a role",
    "members.logins.none": "None: everybody who can log in has a role.",
    "members.login.none": "Cannot log in.",
    "members.login.webauthn": "Logs in with a passkey.",
    "members.login.totp": "Logs in with a password and an app's codes.",
    "members.login.invited": "Invited until {moment}.",
    "members.login.keeper": "Keeps this node.",
    "members.login.end": "End this login",
    "members.withdraw": "Take the invitation back",
    "members.appoint": "Appoint",
    "members.appoint.as": "Role",
    "members.appoint.later": "They can be appointed as soon as this member has joined an exchange.",
    "members.invite": "Invite",
    "members.invite.line": "Whoever is invited is given a code by you, makes a login with it and a key in their"
    " browser, and waits here until you appoint them.",
    "members.invite.name": "Short name, such as clerk or sig-1",
    "members.invited.title": "The code, shown once",
    "members.invited.line": ("For {name}. It works once, within {n} hour.", "For {name}. It works once, within {n}"
                             " hours."),
    "members.invited.again": "This name has a login; what it has now ends when the code is used.",
    "members.invited.where": "To be typed at:",
    "members.invited.qr": "The address with the code as a QR code; both stand here in letters",
    "members.invited.link": "The address with the code",
    "members.invited.hand": "Hand it over yourself, on paper or on a screen. Do not mail it.",
    "members.back": "Back to keys and members",
    "members.wanted.appoint": "{name} is to be appointed: {role}",
    "members.notices": "Notices of key use",
    "members.notices.line": "Everything that this member's keys have signed, and every change of them. If something"
    " here was not you, somebody else has the key.",
    "members.notices.range": "Entries {since} to {last} of the ledger.",
    "members.notices.none": "No key of this member was used in these.",
    "members.notices.earlier": "Earlier ones",
    "members.notice.used": "A key was used",
    "members.notice.refused": "A key was used, and refused",
    "members.notice.changed": "A key was changed",
    "members.notice.entry": "Entry",
    "members.notice.object": "Another signatory can object until {moment}.",
    "members.notice.not_you": "If it was not you",
    "members.notice.do.member": "Replace the member's key with its signatories, then say that the old one is"
    " compromised.",
    "members.notice.do.delegate": "End the key; where it may have been used before, say that it is compromised as"
    " from this entry.",
}
