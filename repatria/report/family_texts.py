"""What families read, in English, by id: letters, the page by which they check, and what is held about somebody.

No letter has a place for a day, a chance, a rank or a reason; `letter.home` alone says a day, when it is past.
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    # a letter: its head and foot
    "letter.title": "Letter to a family",
    "letter.to": "To {enquirer}",
    "letter.case": "Case {case}, letter {letter}",
    "letter.dear": "You asked us to look for {person}. This is what we can tell you on {day}.",
    "letter.status": "Where we are",
    "letter.next": "What this means",
    # the status, one of six
    "letter.status.unrecorded": "Your request is with us. We have not yet found this person on our lists.",
    "letter.status.unknown": "This person is on our list of people we are looking for. We do not know yet whether"
    " anybody holds them.",
    "letter.status.probable": "This person is probably held. The other side has said so; nobody neutral has seen them"
    " yet.",
    "letter.status.confirmed": "This person is held, and was alive when somebody neutral saw them.",
    "letter.status.home": "This person is home.",
    "letter.status.found_dead": "We are deeply sorry. This person has died, and their remains have been identified.",
    # what the kind of letter adds
    "letter.kind.unrecorded": "We go on looking. Anything else that you remember can help: another spelling of the"
    " name, a place, a friend who was there. Tell it to the family liaison, and to nobody on the internet.",
    "letter.kind.unknown": "No news is not bad news. Many people whose name nobody had confirmed have come home. We ask"
    " about this person in every round, and write to you when anything changes.",
    "letter.kind.probable": "We ask that somebody neutral may see them. We write to you when that has happened, and"
    " when anything else changes.",
    "letter.kind.confirmed": "They are not on a list for an exchange yet. That they were seen protects them. We go on"
    " asking for their return, and write to you when anything changes.",
    "letter.kind.listed": "Both sides have signed a list on which this person stands. Who of the list goes in this"
    " round is not decided yet.",
    "letter.kind.planned": "This person is on the signed plan of the present round. The day and the place are told to"
    " you in person, shortly before. Until somebody is home anything can still change: please tell nobody, for their"
    " safety and for that of the others.",
    "letter.kind.not_planned": "This person is on the signed list, and not on the plan of the present round. That says"
    " nothing about a later round, and nothing about them: their place on the list stays.",
    "letter.kind.home": "They were received on {day}. Give them time. The family liaison helps with what comes now.",
    "letter.kind.found_dead": "The family liaison will come to you, explain how this is known, and stay with you"
    " through what has to be done. You may ask for the papers of the examination, and for another one.",
    "letter.kind.in_person": "Nothing more can be said in writing at present. The family liaison will speak with you.",
    # in every letter
    "letter.money.title": "Nobody may ask you for money",
    "letter.money": "No place on a list, no news and no return costs anything. Whoever asks you for money, documents or"
    " favours for any of this is deceiving you, whatever name or office they give. Do not pay, keep what they wrote,"
    " and tell the family liaison.",
    "letter.how": "Who goes is decided by terms that every party has signed and, where people stand alike, by a draw"
    " that anybody can check.",
    "letter.genuine.title": "How to check that this letter is genuine",
    "letter.genuine": "Ask for the family liaison at the office that you asked first, by a number that you knew before"
    " this letter. Give the number of the case. Do not use a number or an address that a stranger gives you.",
    "letter.proof.title": "How to check that the entry has not been changed",
    "letter.proof": "With this letter you get the file {file}. Open it on any computer or telephone, without the"
    " internet, and type the code or scan the square. It checks whether the entry of this person stood in every version"
    " of the lists, and whether everybody signed who had to.",
    "letter.proof.versions": "It must show these versions of the signed list: {first} to {last}.",
    "letter.proof.code": "Your code: {code}",
    "letter.proof.secret": "Show the code to nobody: whoever has the file and the code can read this person's name"
    " in it.",
    "letter.proof.qr": "A square to be scanned: the name of the file and your code",
    "letter.foot": "From {member}. This letter is for you alone. It stays right until a later one comes; we write again"
    " when anything changes, until this person is home.",
    # the page by which a family checks; texts of this part stand in the page itself
    "check.title": "Check an entry",
    "check.what": "This page checks, on your own device and without the internet, that the entry of one person stood in"
    " every version of the lists and that everybody signed who had to. Without your code it shows nothing.",
    "check.languages": "Language",
    "check.code": "The code of your letter",
    "check.do": "Check",
    "check.result": "What it comes to",
    "check.working": "Checking. This takes a few seconds.",
    "check.right": "Everything holds. The entry of this person stood in every one of these lists, unchanged, and each"
    " bears the signatures that it must.",
    "check.column.list": "List",
    "check.column.signed": "Signed by",
    "check.row.sought": "Our list of people we are looking for, version {version}",
    "check.row.list": "Signed list of people held by {holder}, version {version}",
    "check.no_list": "This person is on no list yet that both sides have signed.",
    "check.vouched": "These members vouch for the record of {size} entries that this rests on: {members}.",
    "check.as_of": "As of {day}",
    "check.field.family_name": "Family name",
    "check.field.given_names": "Given names",
    "check.field.father_name": "Father's name",
    "check.wrong.typed": "A code has twenty letters and digits. This is not one.",
    "check.wrong.code": "This code does not open this file. Nothing was shown.",
    "check.wrong.browser": "This browser cannot check signatures.",
    "check.wrong.form": "The file is damaged or was changed: what it holds is not in order.",
    "check.wrong.checkpoint": "The record that this rests on does not bear the signature of its keeper.",
    "check.wrong.witnesses": "Too few members vouch for the record: {n} of {of}.",
    "check.wrong.inclusion": "Entry {n} does not stand in the record as it is said to.",
    "check.wrong.opening": "The file does not begin with the opening of the exchange, or is of another one.",
    "check.wrong.signature": "Entry {n} lacks a signature that it must bear.",
    "check.wrong.name": "The name is not the one that was entered in version {version} of our own list.",
    "check.wrong.register": "The entry does not stand in version {version} of our own list.",
    "check.wrong.version": "Version {version} of the signed list is missing.",
    "check.wrong.unsigned": "Version {version} of the signed list lacks a signature that {member} must give.",
    "check.wrong.list": "The entry does not stand in version {version} of the signed list.",
    "check.wrong.person": "Version {version} of the signed list has somebody else's entry there.",
    "check.then.typed": "Type it as it stands in your letter. Dashes and spaces make no difference.",
    "check.then.code": "See whether the file and the letter belong together, and type the code again.",
    "check.then.browser": "Open the file in a current browser: Chrome or Edge from 137, Firefox from 129, Safari from"
    " 17.",
    "check.then.wrong": "Do not rely on this file. Ask the family liaison for another one, and if that does not hold"
    " either, ask another member of the exchange or a lawyer to look at it.",
    "check.limits": "What this shows, and what it does not",
    "check.limits.shows": "It shows that since it was entered nobody has changed, moved or taken out this entry.",
    "check.limits.fair": "It does not show that the entry was made fairly or in time, and not that no later version"
    " exists.",
    "check.limits.person": "It says nothing of what has happened to the person, and nothing of anybody else.",
    "check.limits.page": "Open this file only as the family liaison gave it to you: a false page can show anything."
    " Somebody with the program can check the same file by `repatria family verify`.",
    "check.money": "Nobody may ask you for money for a place on a list, for news or for a return. Whoever does is"
    " deceiving you.",
    # what is held about somebody
    "about.title": "What this office holds about you",
    "about.person": "About {person}",
    "about.line": "You asked what is held about you. This is everything that {member} holds on {day} on the records"
    " that bear your name, in your language, and what is not given, with the reason.",
    "about.rights": "You may ask that anything wrong is corrected, and that it is erased when it is no longer needed."
    " Both are free of charge. A correction is added and the old entry stays marked as corrected; an erased record can"
    " be read by nobody any more.",
    "about.record": "List of {kind}, version {version}",
    "about.kind.held": "people held",
    "about.kind.sought": "people looked for",
    "about.column.field": "What",
    "about.column.value": "What stands there",
    "about.shown.title": "Who has been shown it",
    "about.shown": "Version {version} of this list was shown, as far as the terms allow, to {members}.",
    "about.shown.nobody": "Nobody has been shown these records.",
    "about.answers.title": "What others answered",
    "about.answer": "{member} answered: {word}",
    "about.answer.none": "Nobody has answered about these records.",
    "about.word.held": "held",
    "about.word.not_held": "not held",
    "about.word.released": "released",
    "about.word.deceased": "deceased",
    "about.word.duplicate": "the same as another entry",
    "about.word.unknown": "not known",
    "about.word.refused": "no answer is given",
    "about.ledger.title": "In the signed record",
    "about.ledger": "Number {number}, on the list of people held by {holder}. The record has this number and no name.",
    "about.ledger.seen": "Seen by somebody neutral, for the last time on {day}.",
    "about.ledger.home": "Received on {day}.",
    "about.ledger.none": "You stand on no list that both sides have signed.",
    "about.family.title": "Who asked for you",
    "about.family": ("{n} case, {letters} letters written, {handed} handed over.",
                     "{n} cases, {letters} letters written, {handed} handed over."),
    "about.family.none": "Nobody has asked for you here.",
    "about.reads.title": "Who looked at it",
    "about.read": "On {day}",
    "about.reads.none": "Nobody has looked at these records at the pages of this office.",
    "about.withheld.title": "What is not given, and why",
    "about.withheld.neutral": "What you told the neutral in private, and its findings about your health: this office"
    " does not have them. Ask the neutral.",
    "about.withheld.others": "Who asked for you, and which records of other people yours were compared with: they have"
    " the same right to be left alone.",
    "about.withheld.plan": "Where and when a handover is planned, while it has not happened: it would endanger those"
    " who travel.",
    "about.withheld.number": "Your national number: only a coded form is kept, from which it cannot be read.",
    "about.foot": "Given to the person themselves, or to whoever may act for them, after identity was shown. It is on"
    " record that this was given.",
}
