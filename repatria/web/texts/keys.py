"""Keys that end, are objected to, or are replaced, and what that does."""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "web.keys.title": "End and replace keys",
    "web.keys.line": "What each act would do is shown before it is done. What a key has been used for stands in the"
    " notices.",
    "web.keys.member": "The member's own key",
    "web.keys.member.line": "A fresh key is made and kept in this node, and the member's signatories sign that it takes"
    " the place of the old one. What the old one signed stands. Do it when somebody else may have had the node, and"
    " say afterwards from which entry on the old key is not answered for.",
    "web.keys.member.do": "Make a fresh key",
    "web.keys.member.wanted": "A fresh key for the member",
    "web.keys.since": "From which entry of the ledger on",
    "web.keys.since.former": "The member's key before this one: not answered for from entry",
    "web.keys.revoke.look": "End this key",
    "web.keys.revoke.wanted": "The key of {who} ends",
    "web.keys.line.revoke": "The key signs nothing more. What it signed before stands. To let the same person act"
    " again, a new key has to be appointed.",
    "web.keys.do.revoke": "End the key",
    "web.keys.compromised.if": "Somebody else may have used it",
    "web.keys.compromised.look": "Show what that would put in doubt",
    "web.keys.compromised.wanted": "A key of {who} is not answered for",
    "web.keys.line.compromised": "From that entry on the member does not answer for what the key signed. What both"
    " sides have signed stands. A desk's acts without the other side's signature are in doubt, an interviewer's words"
    " let nobody go any more, and assents that have not come into force are taken back.",
    "web.keys.do.compromised": "Say that it is not answered for",
    "web.keys.object.look": "Object to the change",
    "web.keys.object.wanted": "Objection to the change of the key of {who}",
    "web.keys.line.object": "What is still cooling off has no effect then: a new key does not come to stand, and a key"
    " that was ended stands again. You sign this with your own key, and nobody else has to.",
    "web.keys.do.object": "Object",
    "web.keys.would": "What it would do",
    "web.keys.seen": "Every member sees it in the ledger, with the entry from which on it counts.",
    "web.keys.used": ("In entries {since} to {last} it signed {n} time",
                      "In entries {since} to {last} it signed {n} times"),
    "web.keys.used.more": ("{n} more is not shown here.", "{n} more are not shown here."),
    "web.keys.ended": ("The key of {who} ends.", "The keys of {who} end."),
    "web.keys.begun": ("The key of {who} stands again.", "The keys of {who} stand again."),
    "web.keys.too_few": ("{n} signatory is left, and it takes {needed} to bind the member. Until another one stands,"
                         " nothing that binds it can be signed.",
                         "{n} signatories are left, and it takes {needed} to bind the member. Until another one"
                         " stands, nothing that binds it can be signed."),
    "web.keys.people": ("{n} person who was “{was}” becomes “{becomes}”.",
                        "{n} people who were “{was}” become “{becomes}”."),
    "web.keys.words": ("The word that let {n} person go is void: they have to be asked again.",
                       "The words that let {n} people go are void: they have to be asked again."),
    "web.keys.assents": ("{n} signature of the member under what is not in force is taken back.",
                         "{n} signatures of the member under what is not in force are taken back."),
    "web.keys.needed": ("{n} signatory has to sign it.", "{n} signatories have to sign it."),
    "web.keys.own.title": "A fresh key",
    "web.keys.own.line": "Your browser makes a new key, and you sign with the present one that it takes its place. A"
    " signatory's or supervisor's new key cools off before it stands. If you no longer have the present key, ask"
    " whoever keeps the node to end it and to invite you again.",
    "web.keys.own.do": "Make a fresh key here",
    "web.keys.own.script": "A key is made by a script of this page; scripts are switched off in this browser.",
    "web.keys.own.wanted": "A fresh key in the place of your own",
}
