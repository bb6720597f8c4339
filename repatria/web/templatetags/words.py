"""Words in templates: `{% say "web.logout" %}`, `{% say "people" n=3 %}`, `{% said message %}`; escaped, isolated.

    {% say "web.node" member=name role=role %}    a text by its id, with what stands in its places
    {% said move.message %}                       a Message that a view made
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from repatria.exchange.events import KINDS
from repatria.files.locales import load_retelling
from repatria.message import Message, Place
from repatria.problem import Problem
from repatria.report.retelling import Retold

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Any, id: str, n: int | None = None, **places: Any) -> SafeString:
    """The text of that id in the language of the page."""
    words = context["words"]
    return SafeString(conditional_escape(words.say(Message(id, places, n))))


@register.simple_tag(takes_context=True)
def said(context: Any, message: Message) -> SafeString:
    """A message as a line of its own."""
    return SafeString(conditional_escape(context["words"].sentence(message)))


@register.simple_tag(takes_context=True)
def say_of(context: Any, family: str, one: str) -> SafeString:
    """The text of one of a family of ids: what the machine calls `overdue`, in words."""
    return SafeString(conditional_escape(context["words"].say(Message(family + one))))


@register.simple_tag(takes_context=True)
def placed(context: Any, place: Place) -> SafeString:
    """What would stand in a message's place, by itself: a day, a name, a list of members."""
    return SafeString(conditional_escape(context["words"].say(Message("web.placed", {"place": place}))))


@register.simple_tag(takes_context=True)
def number(context: Any, n: int) -> SafeString:
    """A whole number as the language writes it."""
    return SafeString(conditional_escape(context["words"].number(n)))


@register.simple_tag(takes_context=True)
def way(context: Any, name: str) -> SafeString:
    """A link to another screen of the menu; nothing where whoever reads this may not open it."""
    address = reverse(name)
    for there, text, _ in context["menu"]:
        if there == address:
            return format_html('<a href="{}">{}</a>', address, text)
    return SafeString("")


@register.filter
def as_json(value: Any) -> str:
    """A value for a script, in a data attribute: escaped by the template like any other text."""
    return json.dumps(value, default=dict)


@register.simple_tag(takes_context=True)
def put(context: Any, place: Place) -> SafeString:
    """What stands in a place of a text, alone: a member's or place's name, a day, a message without a capital."""
    return SafeString(conditional_escape(context["words"].put(place)))


@register.simple_tag(takes_context=True)
def retold(context: Any, problem: Problem | Mapping[str, Any]) -> Retold:
    """A problem in the language of the page: `{% retold problem as told %}`, then told.what, told.do and so on."""
    if not isinstance(problem, Problem):
        code, where, what, do = (str(problem.get(name) or "") for name in ("code", "where", "what", "do"))
        problem = Problem(code, where, what, do, problem.get("article"))
    told = load_retelling(context["words"].code).problem(problem)
    if problem.where in KINDS:  # an entry that was to be made has no other place than its kind
        return replace(told, where=context["words"].say(Message(f"event.kind.{problem.where}")))
    return told


@register.simple_tag(takes_context=True)
def retold_text(context: Any, text: str) -> SafeString:
    """An English sentence of the program in the language of the page; as English, where it has no translation."""
    told = load_retelling(context["words"].code).sentence(text)
    if told is None:
        return format_html('<span lang="en" dir="ltr">{}</span>', text)
    return SafeString(conditional_escape(told))


@register.filter
def only(row: Mapping[str, Any]) -> Any:
    """The one value of a row that the command line prints without a heading."""
    (value,) = row.values()
    return value
