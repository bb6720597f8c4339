"""Words in templates: `{% say "web.logout" %}`, `{% say "people" n=3 %}`, `{% said message %}`; escaped, isolated.

    {% say "web.node" member=name role=role %}    a text by its id, with what stands in its places
    {% said move.message %}                       a Message that a view made
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from repatria.message import Message, Place

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


@register.filter
def as_json(value: Any) -> str:
    """A value for a script, in a data attribute: escaped by the template like any other text."""
    return json.dumps(value, default=dict)


@register.simple_tag(takes_context=True)
def put(context: Any, place: Place) -> SafeString:
    """What stands in a place of a text, alone: a member's or place's name, a day, a message without a capital."""
    return SafeString(conditional_escape(context["words"].put(place)))


@register.filter
def only(row: Mapping[str, Any]) -> Any:
    """The one value of a row that the command line prints without a heading."""
    (value,) = row.values()
    return value
