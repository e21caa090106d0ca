"""Processes below that of the tests, by what they run."""

import psutil


def running(module: str) -> list[psutil.Process]:
    """Those of `python -m module`; one that ends while it is looked at is none."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if module in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


def calculations() -> list[psutil.Process]:
    return running("core.jobs.child")


def predicting() -> list[psutil.Process]:
    return running("core.jobs.predicting_child")
