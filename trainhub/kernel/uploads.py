"""Files that are sent: films alone go over the disk, everything else stays in memory until it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Request, current_app
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_IN_MEMORY = 64 * 1024 * 1024
"""Of a request that brings no film: the files of the largest question, and what is written around them."""
LARGEST_FROM_STRANGERS = 4 * 1024 * 1024
"""Of a request where nobody is signed in: a certificate that is checked. Forms are read before guards."""


def takes_films(view: View) -> View:
    """Let a view take files too large for memory: they are no secret, and lie on the disk while they come."""
    view.__takes_films__ = True  # type: ignore[attr-defined]
    return view


class HouseRequest(Request):
    """A request whose files never touch the disk in clear, unless its view takes films, nor fill memory.

    A temporary file is deleted, but its bytes stay on the disk until something else is written there.
    """

    @property
    def max_content_length(self) -> int | None:
        """How many bytes a request may have: what its view says, else what memory is given to who asks."""
        allowed = super().max_content_length
        if allowed is None or self._max_content_length is not None:
            return allowed
        if not current_user.is_authenticated:
            return min(allowed, LARGEST_FROM_STRANGERS)
        return allowed if self._takes_films() else min(allowed, LARGEST_IN_MEMORY)

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self._takes_films():
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        return BytesIO()

    def _takes_films(self) -> bool:
        view = current_app.view_functions.get(self.endpoint or "")
        return getattr(view, "__takes_films__", False)
