"""Structured logs on stderr: for people by default, one JSON object a line with RHOSCOPE_LOG_JSON=1."""

import contextlib
import logging
import sys
from typing import Any, TextIO, cast

import structlog

from core.settings import settings


class _Stderr:
    """What stands for it when something is written, None where it was closed. Where nobody reads it any more, or its
    disk is full, the line is lost and the program goes on."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()


def configure() -> None:
    """Set level and format from the settings, when a program starts; a child process leaves it to its first logger."""
    chosen = settings()
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if chosen.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr is not None and sys.stderr.isatty())
    )
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if chosen.log_json:
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[chosen.log_level]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:
    """A logger that says which module speaks: get_logger(__name__).info("read", atoms=18, seconds=0.1).

    Where nobody has set logs up, as in the workers of a cluster, they are set up here. Raises SettingsError.
    """
    if not structlog.is_configured():
        configure()
    return structlog.get_logger(name).bind(module=name)
