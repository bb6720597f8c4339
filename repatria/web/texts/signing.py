"""What waits for signatures, and signing it at home."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.signing.title": "Signatures",
    "web.signing.yours": "Waits for your signature",
    "web.signing.others": "Waits for others, or asked by you",
    "web.signing.none": "Nothing waits for your signature now.",
    "web.signing.still": "Still wanted, as many as it takes:",
    "web.signing.asked": "Asked for by {who} on {day}.",
    "web.signing.due": "The calendar wants it by {day}.",
    "web.signing.again": (
        "Something else was said in the same name, so this stands at another place in the ledger now. It was prepared"
        " anew {n} time, and must be signed again by everybody.",
        "Something else was said in the same name, so this stands at another place in the ledger now. It was prepared"
        " anew {n} times, and must be signed again by everybody.",
    ),
    "web.signing.hopeless": "So many have declined that those who are left are too few. It can be called off by whoever"
    " asked for it; whoever declined can still sign.",
    "web.signing.exactly": "What exactly is signed",
    "web.signing.hash": "The hash of its bytes ({name}), by which everybody can tell that it is this and nothing else:",
    "web.signing.bytes": "The bytes themselves",
    "web.signing.seen.title": "What others will see",
    "web.signing.seen.event": "Every member of the exchange sees what stands above, and who has signed it.",
    "web.signing.seen.attachments": (
        "Every member sees {n} attachment that goes with it. No name stands in it.",
        "Every member sees {n} attachments that go with it. No name stands in them.",
    ),
    "web.signing.seen.letters": "Sealed letters go with it: {to}. Nobody else can open them.",
    "web.signing.seen.here": "Something is kept in this node besides, sealed.",
    "web.signing.seen.public": "The public sees nothing of it.",
    "web.signing.who": "Who has signed, and who is still wanted",
    "web.signing.person": "Person",
    "web.signing.stands": "Signature",
    "web.signing.signed": "has signed",
    "web.signing.wanted": "still wanted",
    "web.signing.not_needed": "no longer needed",
    "web.signing.declined": "declined on {day}",
    "web.signing.left": ("{n} signatory is still missing.", "{n} signatories are still missing."),
    "web.signing.sign": "Sign",
    "web.signing.you_declined": "You have declined. You can still sign.",
    "web.signing.home": "Your key is opened in this browser. Neither it nor its passphrase is sent anywhere.",
    "web.signing.key": "Your key file",
    "web.signing.passphrase": "Its passphrase",
    "web.signing.keep": "Keep the opened key in this browser, so that it can sign here without the file. Only on a"
    " machine that nobody else uses.",
    "web.signing.kept": "Your key is kept in this browser. It can sign here and cannot be taken out.",
    "web.signing.forget": "Forget the key in this browser",
    "web.signing.sign.do": "Sign as {who}",
    "web.signing.say.opening": "Opening the key. This takes a few seconds on purpose.",
    "web.signing.say.not_a_key": "This is not a key file. Nothing was signed. Choose the right file.",
    "web.signing.say.wrong_passphrase": "The passphrase is wrong, or the file was changed. Nothing was signed.",
    "web.signing.say.other_key": "This is not the key that the exchange knows as yours. Nothing was signed.",
    "web.signing.say.other_bytes": "The bytes on this page do not have the hash that is shown. Nothing was signed. Sign"
    " nothing here before whoever keeps the node has looked at it.",
    "web.signing.say.cannot": "This browser cannot sign. Nothing was signed. Use a newer browser, or sign elsewhere by"
    " file.",
    "web.signing.decline": "Decline to sign",
    "web.signing.elsewhere": "Signing elsewhere, by file",
    "web.signing.elsewhere.line": "Without a script, or on a machine without a network: take the file there, sign it,"
    " and bring the signatures back.",
    "web.signing.elsewhere.take": "The events as a file",
    "web.signing.elsewhere.bring": "File of signatures",
    "web.signing.elsewhere.add": "Add these signatures",
    "web.signing.anew": "Prepare it anew",
    "web.signing.call_off": "Call it off",
    "web.signing.called_off": "It was called off. Nothing was done.",
    "web.signing.done": "Signed by everybody who had to, and done.",
    "web.signing.yours_is_there": "The signature is there. Others are still wanted.",
}
