"""What the lists that are written for people say beside the people, in English, by id.

The other languages stand in `repatria/locale/`. Headings and the words of a field are not here: they must come back
in, so the reader knows them too (`people/vocabulary.py`).
"""

from __future__ import annotations

from repatria.message import Text

TEXTS: dict[str, Text] = {
    "list.sheet": "List",
    "list.help": "How to fill in",
    "list.dictionary": "Columns",
    "list.column": "Column",
    "list.field": "Field of the record",
    "list.needed": "Needed",
    "list.what": "What is written",
    "list.words": "Words to choose from",
    "list.must": "always",
    "list.may": "where it is known",
    "list.text": "Text, as the document has it.",
    "list.one": "One word of the list.",
    "list.several": "Words of the list, with ; between them.",
    "list.date": "A date such as {day}; {month} or {year} where no more is known.",
    "list.dated": "A date, a space, and who found it or how.",
    "list.names": "Names with their script, such as {form}, with | between them.",
    "list.number": "Your own number of this record. It stays the same in every version of the list.",
    "list.kin": "A reference to your own file on the family; no name and no address.",
    "list.rule.row": "One row for each person. An empty cell means that it is not known.",
    "list.rule.heading": "Leave the headings as they are. Further columns may be added; they are kept.",
    "list.rule.wish": "Nobody's wish to return stands in a list. Only the neutral asks for it, in private.",
    "list.listed": "Number on the list",
    "list.answered": "Answer of {member}",
    "list.held": "held",
    "list.not_held": "not held",
    "list.blank": "no answer",
    "list.released": "released",
    "list.deceased": "deceased",
    "list.duplicate": "listed twice",
    "list.unknown": "not known",
    "list.refused": "answer refused",
    "quality.title": "How good a list is: {sender}, {day}",
    "quality.rows": "Rows",
    "quality.complete": "Complete for the category of person",
    "quality.incomplete": "With gaps that a treaty names",
    "quality.category": "Category of person not known",
    "quality.doubtful": "To be looked at",
    "quality.stopped": "Keep the file from being imported",
    "quality.field": "Field",
    "quality.filled": "Filled in",
    "quality.doubts": "Doubtful",
    "quality.missing": "Missing though named",
    "quality.nobody": "No person is named on this page.",
}
