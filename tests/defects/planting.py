"""A defect is put into a function's own code, and taken out again.

    >>> import pytest
    >>> from repatria.deal.ratio import scaled
    >>> with pytest.MonkeyPatch.context() as patch:
    ...     plant(patch, "repatria.deal.ratio:scaled", "bound * max(", "2 * bound * max(")
    ...     scaled(1, {"north": 3, "south": 2})
    6
    >>> scaled(1, {"north": 3, "south": 2})
    3
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest


def plant(patch: pytest.MonkeyPatch, where: str, old: str, new: str) -> None:
    """Change `old` into `new` in the function `where` ("module:function", "module:Class.method").

    Raises:
        AssertionError: if the function's source does not have `old` exactly once: the list of defects is out of date.
    """
    module_name, _, qualname = where.partition(":")
    module = importlib.import_module(module_name)
    function = _function(module, qualname)
    source = inspect.getsource(function)
    assert source.count(old) == 1, f"{where}: {source.count(old)} times {old!r}"
    whole = inspect.getsource(module)
    assert whole.count(source) == 1
    changed = compile(whole.replace(source, source.replace(old, new)), str(module.__file__), "exec", dont_inherit=True)
    patch.setattr(function, "__code__", next(code for code in _codes(changed) if code.co_qualname == qualname))


def _function(module: ModuleType, qualname: str) -> FunctionType:
    found: Any = module
    for name in qualname.split("."):
        found = found.__dict__[name]
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, cached_property):
        found = found.func
    assert isinstance(found, FunctionType), qualname
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
