"""An article out of a page or a plain text: title, day, outlet, and the paragraphs that a person wrote to be read.

What a page has around its article is no part of it: scripts and styles, menus, share bars, recommended stories,
advertisements, captions, what is hidden. A page is read by a scanner of its own that goes through it once, from front
to back: whatever is in the file, it takes time in proportion to its length, and nothing in it is run, loaded or
followed. A line that does not end like a sentence is a heading or furniture, and nobody's claim.

    >>> page = '<p>Published On 16 Nov 2025</p><script>x="<p>It said so.</p>"</script><p>Share</p>'
    >>> article, problems = article_of(page + '<p>One said &amp; left.</p>', "page")
    >>> article.published, article.paragraphs, problems
    ('2025-11-16', ('One said & left.',), [])
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from repatria.problem import Problem
from repatria.public.tongue import each
from repatria.public.tongues import BY_CODE, TONGUES, language_of
from repatria.public.when import day_of

LONGEST = 2_000_000  # characters of a page
TOLD_LONGEST = 200_000  # characters of an article
PARAGRAPHS_MOST = 2_000
PARAGRAPH_LONGEST = 5_000
LINE_LONGEST = 300  # of a title or an outlet


@dataclass(frozen=True)
class Article:
    """What was read. `published` is a day, or empty where the page does not say; `outlet` likewise."""

    title: str
    published: str
    outlet: str
    language: str
    paragraphs: tuple[str, ...]


def article_of(text: str, where: str, published: str | None = None) -> tuple[Article | None, list[Problem]]:
    """The article in a page or a text.

    Args:
        published: the day of publication as a person gives it, in place of what the page says.
    """
    if len(text) > LONGEST:
        what = f"{len(text):,} characters; {LONGEST:,} are the most of a page"
        return None, [Problem("claims.long", where, what, "give the article alone, without what is around it")]
    page = _page(text) if _is_html(text) else _plain(text)
    lines = [(kind, _clean(line)) for kind, line in page.lines]
    language = language_of(" ".join(line for _, line in lines))
    tongue = BY_CODE[language]
    told = [line for kind, line in lines if kind == "p" and _is_told(line)]
    kept = tuple(told[:PARAGRAPHS_MOST])
    day = published or page.published or next(
        (found for _, line in lines if len(line) < LINE_LONGEST and not _ends(line)
         for spoken in (tongue, *TONGUES) if (found := day_of(line, spoken))), "",
    )  # fmt: skip
    by = next((match["who"] for _, line in lines if (match := tongue.by_line.match(line))), "")
    title = _clean(page.title) or next((line for _, line in lines if line), "")
    short = [
        line
        for _, line in lines[:4]
        if line and line != title and not _ends(line) and not tongue.furniture.fullmatch(line)
    ]
    outlet = _clean(page.outlet) or by or next((line for line in short if not day_of(line, tongue)), "")
    article = Article(title[:LINE_LONGEST], day, outlet[:LINE_LONGEST], language, kept)
    problems = []
    if not kept:
        what = "no paragraph that ends like a sentence"
        problems.append(Problem("claims.empty", where, what, "give the article's own text, as HTML or plain text"))
    if not day:
        what = "the day of publication is not told"
        problems.append(Problem("claims.undated", where, what, "give it with --published, such as 2025-11-16"))
    length = sum(map(len, told))
    if len(told) > PARAGRAPHS_MOST or length > TOLD_LONGEST:
        most = f"{PARAGRAPHS_MOST:,} and {TOLD_LONGEST:,} are the most of an article"
        what = f"{len(told):,} paragraphs, {length:,} characters; {most}"
        problems.append(Problem("claims.long", where, what, "give the article alone, without what is around it"))
    return (None if problems else article), problems


_END = re.compile(r"[.!?…][”»\"’)\]]*$|[.!?…]?[”»\"]$")


def _ends(line: str) -> bool:
    return _END.search(line) is not None


def _is_told(line: str) -> bool:
    """Whether this is text to be read: a whole sentence at least, and no furniture."""
    if not _ends(line) or len(line) > PARAGRAPH_LONGEST or line.count(" ") < 2:
        return False
    return not any(one.furniture.fullmatch(line) or one.furniture_begins.match(line) for one in TONGUES)


_SPACES = re.compile(r"\s+")
_APOSTROPHE = re.compile(r"(?<=\w)['ʼ](?=\w)")


def _clean(line: str) -> str:
    """One line without what cannot be seen: control characters, direction marks, joiners, soft hyphens."""
    seen = "".join(" " if c in "\n\r\t\u00a0\u202f\u2028\u2029" else c for c in line)
    seen = "".join(c for c in seen if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return _APOSTROPHE.sub("’", _SPACES.sub(" ", unicodedata.normalize("NFC", seen))).strip()


# --- plain text -------------------------------------------------------------------------------------------------------


@dataclass
class _Read:
    title: str = ""
    published: str = ""
    outlet: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)  # "p" or "h", and the line


def _plain(text: str) -> _Read:
    """Each line a paragraph; or, where lines are broken by hand, each block between empty lines."""
    lines = [line.strip() for line in text.splitlines()]
    filled = [line for line in lines if line]
    broken = "" in lines and filled and max(map(len, filled)) <= 100 and any(
        one and two for one, two in pairwise(lines)
    )  # fmt: skip
    if broken:
        filled = [
            " ".join(block.split()) for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()
        ]
    read = _Read(title=filled[0] if filled else "")
    listed = False
    for line in filled[1:]:
        if re.fullmatch(r"list of \d+ items", line.strip().lower()):
            listed = True
        if not listed:
            read.lines.append(("p", line))
        listed = listed and not line.strip().lower().endswith("end of list")
    if filled and _ends(filled[0]):  # no title: the text begins at once
        read.lines.insert(0, ("p", filled[0]))
    return read


# --- pages ------------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]{0,20})")
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]{1,30})\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,500}))")
_RAW = frozenset(each("script style noscript template textarea title iframe xmp noembed noframes svg math"))
_VOID = frozenset(each("area base br col embed hr img input link meta source track wbr"))
_BLOCKS = frozenset(
    each(
        "p div section article main header footer aside nav ul ol li table tr td th tbody thead blockquote"
        " h1 h2 h3 h4 h5 h6 figure figcaption form br hr pre dl dt dd address details summary body html time"
    )
)
_AROUND = frozenset(each("nav aside footer form button figure figcaption select menu dialog audio video canvas object"))
_FURNITURE = re.compile(
    r"(?<![a-z])(?:share|sharing|social|related|recommend\w*|promo\w*|advert\w*|ads?|ad-\w+|sponsor\w*|newsletter|breadcrumbs?"
    r"|cookies?|comments?|byline|caption|sidebar|menu|toolbar|more-on|read-more|tags?|trending|subscribe)(?![a-z])",
    re.I,
)
_DEEPEST = 400
TAG_LONGEST, QUOTES_TRIED = 20_000, 50  # a tag with a quote that nothing closes ends at its first >


def _is_html(text: str) -> bool:
    return (
        re.search(r"<(?:!doctype|html|head|body|article|main|div|p|h1|script|meta)\b", text[:20_000], re.I) is not None
    )


def _page(text: str) -> _Read:
    whole = _walk(text, around=True)
    return whole if any(_is_told(_clean(line)) for _, line in whole.lines) else _walk(text, around=False)


def _walk(text: str, around: bool) -> _Read:
    """Go through a page once. `around`: what class or id say to be furniture is left out, too."""
    read = _Read()
    piece: list[str] = []
    open_: list[tuple[str, bool]] = []  # tags that are open, and whether what is in them is left out
    out = 0
    heading = False
    inside: list[int] = []  # where the article's lines begin, if the page says which they are
    ranges: list[tuple[int, int]] = []

    def flush() -> None:
        line = "".join(piece)
        piece.clear()
        if line.strip():
            read.lines.append(("h" if heading else "p", line))

    for kind, name, rest in _tokens(text):
        if kind == "text":
            if not out:
                piece.append(html.unescape(rest))
            continue
        if kind == "raw":
            _note_raw(read, name, rest)
            continue
        if name in _BLOCKS:
            flush()
        if kind == "open":
            if name == "meta":
                _note_meta(read, rest)
            if name == "time" and not read.published:
                read.published = _day_in(dict(_attributes(rest)).get("datetime", ""))
            if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
                heading = True
            if name in _VOID or len(open_) >= _DEEPEST:
                continue
            hidden = name in _AROUND or _is_hidden(rest, around)
            if name in ("article", "main") and not out:
                inside.append(len(read.lines))
            open_.append((name, hidden))
            out += hidden
            continue
        if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            if name == "h1" and read.lines and not read.title:
                read.title = read.lines[-1][1]
            heading = False
        if any(name == each for each, _ in open_[-50:]):
            while open_:
                closed, hidden = open_.pop()
                out -= hidden
                if closed in ("article", "main") and inside and not out:
                    ranges.append((inside.pop(), len(read.lines)))
                if closed == name:
                    break
    flush()
    if ranges:
        first, last = max(ranges, key=lambda each: sum(len(line) for _, line in read.lines[each[0] : each[1]]))
        read.lines = read.lines[first:last]
    return read


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """Texts, tags and raw contents, from front to back, each place of the page looked at once."""
    at, length = 0, len(text)
    quoted = QUOTES_TRIED
    while at < length:
        sign = text.find("<", at)
        if sign < 0:
            yield "text", "", text[at:]
            return
        if sign > at:
            yield "text", "", text[at:sign]
        if text.startswith("<!--", sign):
            end = text.find("-->", sign + 4)
            if end < 0:
                return  # a comment without an end is all that is left, as in a browser
            at = end + 3
            continue
        match = _TAG.match(text, sign)
        if match is None:
            if text[sign + 1 : sign + 2] in ("!", "?", "/"):
                end = text.find(">", sign)
                at = length if end < 0 else end + 1
            else:
                yield "text", "", "<"
                at = sign + 1
            continue
        name, end = match[1].lower(), _end_of_tag(text, match.end()) if quoted else text.find(">", match.end())
        if end - match.end() > TAG_LONGEST:
            quoted -= 1
            end = text.find(">", match.end())
        if end < 0:
            return
        attributes = text[match.end() : min(end, match.end() + 4000)]
        at = end + 1
        if text[sign + 1] == "/":
            yield "close", name, ""
            continue
        if name not in _RAW or attributes.endswith("/"):
            yield "open", name, attributes
            continue
        closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, at)
        if closing is None:
            return  # a script without an end is all that is left
        yield "raw", name, attributes + ">" + text[at : closing.start()]
        end = text.find(">", closing.start())
        at = length if end < 0 else end + 1


def _end_of_tag(text: str, at: int) -> int:
    """Where a tag ends; a > within a quoted value does not end it. Beyond the longest tag where nothing ends it."""
    quote = ""
    for place in range(at, min(len(text), at + TAG_LONGEST)):
        c = text[place]
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c == ">":
            return place
    return at + TAG_LONGEST + 1


def _attributes(rest: str) -> Iterator[tuple[str, str]]:
    for match in _ATTRIBUTE.finditer(rest):
        yield match[1].lower(), html.unescape(match[2] or match[3] or match[4] or "")


def _is_hidden(rest: str, around: bool) -> bool:
    said = dict(_attributes(rest))
    if re.search(r"(?:^|\s)hidden(?:\s|$|=|/)", rest, re.I) or said.get("aria-hidden") == "true":
        return True
    if re.search(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", said.get("style", ""), re.I):
        return True
    if said.get("role") in ("navigation", "complementary", "search", "banner", "contentinfo", "menu"):
        return True
    return around and any(
        _FURNITURE.search(said.get(name, "")) for name in ("class", "id", "aria-label", "data-component")
    )


def _note_meta(read: _Read, rest: str) -> None:
    said = dict(_attributes(rest))
    name, content = said.get("property") or said.get("name") or said.get("itemprop") or "", said.get("content", "")
    if name == "og:title" and not read.title:
        read.title = content
    if name == "og:site_name" and not read.outlet:
        read.outlet = content
    if name.lower() in ("article:published_time", "datepublished", "date", "pubdate") and not read.published:
        read.published = _day_in(content)


_DATED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_PUBLISHER = re.compile(r'"publisher"\s*:\s*\{[^{}]{0,400}?"name"\s*:\s*"([^"]{1,120})"')


def _note_raw(read: _Read, name: str, rest: str) -> None:
    if name == "title":
        told = html.unescape(rest[rest.find(">") + 1 :])
        title, bar, outlet = told.rpartition(" | ")
        read.title = read.title or (title if bar else told)
        read.outlet = read.outlet or (outlet if bar else "")
    elif name == "script" and "ld+json" in rest[:200]:
        if (match := _DATED.search(rest)) and not read.published:
            read.published = _day_in(match[1])
        if (match := _PUBLISHER.search(rest)) and not read.outlet:
            read.outlet = match[1]


def _day_in(text: str) -> str:
    return next((found for each in TONGUES if (found := day_of(text[:100], each))), "")
