"""`o3` of e3nn, without torch's compiler: e3nn marks one function as none to compile, and for that mark alone torch
would load its compiler, which takes 1.7 s of each start of a program. Nothing is compiled here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def _without_the_mark() -> Iterator[None]:
    def unchanged(function: Any = None, *_: Any, **__: Any) -> Any:
        return (lambda function: function) if function is None else function

    mark = torch.compiler.disable
    torch.compiler.disable = unchanged  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.compiler.disable = mark


with _without_the_mark():
    from e3nn import o3

__all__ = ["o3"]
