"""docs/registers.md, the data dictionary of a list: `python -m tests.people.dictionary_page` writes it again."""

from __future__ import annotations

from pathlib import Path

from repatria.files.locales import load_language
from repatria.message import Message
from repatria.people.dictionary import CAPTURE_CARD, NEVER_WRITTEN, READERS, Entry, describe
from repatria.people.person import FIELDS
from repatria.people.table import column_letters
from repatria.people.vocabulary import HEADINGS, LANGUAGES, word_for
from repatria.people.written import ORDER, TEMPLATE

PAGE = Path(__file__).parents[2] / "docs" / "registers.md"
ENGLISH = load_language("en")

HEAD = f"""# What stands in a register: the data dictionary

Made from `repatria/people/` by `python -m tests.people.dictionary_page`; a test fails where it is old. The same, in one
of five languages and as a table: `repatria register dictionary`, and the sheet beside every list that is written.

A record has {len(FIELDS)} fields. Any of them may be unknown: an empty cell says so, and nothing is filled in. A list
asks for {len(TEMPLATE)} of them (`register template`); further columns may be added and are kept, sealed, as they are.
Headings are read in every language below, and under many other names (`repatria/people/headings.py`).

- **Must**: the kinds of list that cannot be imported without the column.
- **Wanted by**: the article that wants it known, and of which category of person, as far as it is available. A gap is
  told (`register check`) and stops nothing. GC III 17 is what a prisoner is bound to tell, and no more; GC III 70 is
  the model capture card (Annex IV B), with its number there. AP I 33(2)(a), for people held who have no better
  protection, is from memory and was not read beside the code.
- **Seen by**: who may come to see it, at most.
- Examples are invented.

No field of anybody is ever in the ledger: of a register it has the owner, the kind, how many rows, and one root over
salted hashes of all fields.

"""


def page() -> str:
    fields = (*ORDER, *NEVER_WRITTEN)
    entries = describe(fields)
    readers = [f"- *{reader}*: {_say(f'list.seen.{reader}')}" for reader in READERS]
    parts = [HEAD + "## Who may see a field\n", *readers, "", "## At a glance\n", *_table(entries), ""]
    parts.append("## Field by field\n")
    for entry in entries:
        parts += _entry(entry)
    return "\n".join(parts)


def _table(entries: tuple[Entry, ...]) -> list[str]:
    rows = ["| field | column | must | wanted by | seen by |", "|---|---|---|---|---|"]
    for entry in entries:
        letter = column_letters(TEMPLATE.index(entry.field)) if entry.field in TEMPLATE else ""
        seen = ", ".join(entry.seen) or "nobody"
        named = "; ".join(entry.named)
        rows.append(f"| [{entry.field}](#{entry.field}) | {letter} | {', '.join(entry.must)} | {named} | {seen} |")
    return rows


def _entry(entry: Entry) -> list[str]:
    name = entry.field
    example = f" Example: `{entry.example}`." if entry.example else ""
    parts = [f"### {name}\n", ENGLISH.say(entry.form) + example, ""]
    if name in HEADINGS["en"]:
        parts.append("- headings: " + " · ".join(f"{code}: {HEADINGS[code][name]}" for code in LANGUAGES))
    if entry.must:
        parts.append(f"- must: {', '.join(entry.must)}")
    for article, categories in entry.named.items():
        number = f", number {CAPTURE_CARD[name]}" if article == "GC III 70" else ""
        parts.append(f"- wanted by {article}{number}: {', '.join(categories)}")
    parts += [f"- seen by: {', '.join(entry.seen) or 'nobody: the neutral alone knows it'}", ""]
    if entry.words and name in HEADINGS["en"]:
        parts += [f"| word | {' | '.join(LANGUAGES)} |", "|---" * (len(LANGUAGES) + 1) + "|"]
        parts += [
            f"| `{word}` | " + " | ".join(word_for(name, word, code) for code in LANGUAGES) + " |"
            for word in entry.words
        ]
        parts.append("")
    elif entry.words:
        parts += [f"Words: {', '.join(f'`{word}`' for word in entry.words)}.", ""]
    return parts


def _say(name: str) -> str:
    return ENGLISH.say(Message(name))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
