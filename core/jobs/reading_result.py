"""Results of other programs, read in a process of its own: as `core.reference.foreign.read`, with the errors of limits.

The answer is judged again when it comes (core.reference.foreign.parts), as for structures (core.jobs.reading).
"""

from typing import Any

from core.jobs.frames import Arrays
from core.jobs.isolated import ANSWER_LIMIT_BYTES, Isolation
from core.reference.foreign import ForeignResult, read
from core.reference.foreign.parts import from_parts, to_parts
from core.reference.foreign.read import require_size, shown_name

# A number of a cube takes two places of its text or more, and eight bytes here.
ANSWER_PER_BYTE = 5
_HYDROGEN = """\
[Molden Format]
[Atoms] AU
H 1 1 0.0 0.0 0.0
H 2 1 0.0 0.0 1.4
[GTO]
1 0
s 1 1.0
1.0 1.0

2 0
s 1 1.0
1.0 1.0

[MO]
Ene= -0.6
Spin= Alpha
Occup= 2.0
1 0.6029544827
2 0.6029544827
"""


def read_result(content: bytes, filename: str) -> ForeignResult:
    """As `core.reference.foreign.read`. Raises ReaderError besides."""
    require_size(len(content))
    name = shown_name(filename)
    limit_bytes = max(ANSWER_LIMIT_BYTES, ANSWER_PER_BYTE * len(content))
    said, arrays = Isolation.shared().run(
        result_work, {"filename": name}, content, what=name, answer_limit_bytes=limit_bytes
    )
    return from_parts(said, arrays)


def result_work(request: dict[str, Any], content: bytes) -> tuple[dict[str, Any], Arrays]:
    return to_parts(read(content, request["filename"]))


def warm_up() -> None:
    """Have everything loaded that the work needs, by doing it once."""
    result_work({"filename": "hydrogen.molden"}, _HYDROGEN.encode())
