"""Memory that a process no longer uses, given back to the machine.

A rush leaves holes between what stays. glibc fills them with what comes next, but of each of its heaps it
gives back only the end: after the openings of an exam a process keeps some 50 MB that nobody uses. When it is
told to, it returns whole pages from within as well (malloc_trim(3)). Other C libraries are left alone.
"""

from __future__ import annotations

import ctypes
import time
from functools import cache

EVERY_S = 60.0
WORTH_BYTES = 16 * 1024 * 1024
"""Less than this is left for what comes next."""


class _Figures(ctypes.Structure):
    """What glibc's heaps hold (``struct mallinfo2``, mallinfo(3)), in bytes."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    ]


@cache
def _glibc() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2") or not hasattr(library, "malloc_trim"):
        return None
    library.mallinfo2.restype = _Figures
    return library


class GivingBack:
    """When a process last gave memory back: looking for it takes milliseconds, however little there is."""

    def __init__(self) -> None:
        self._look_at = 0.0

    def __call__(self) -> bool:
        """Give back what lies unused, if it is time and worth the while; returns whether it was.

        Other threads go on meanwhile, but who asks for memory waits while its own heap is looked through.
        """
        library = _glibc()
        if library is None or time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + EVERY_S
        if library.mallinfo2().fordblks < WORTH_BYTES:
            return False
        library.malloc_trim(0)
        return True
