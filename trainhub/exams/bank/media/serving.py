"""A secret file on its way to a reader: shown as what it is, kept by nobody, able to do nothing."""

from __future__ import annotations

import io

from flask import Response, request, send_file

HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"
"""What a file may do if somebody opens it alone: be shown."""


def file_response(content: bytes, content_type: str) -> Response:
    """Return a file, or the range of it that a player asks for, under headers that let it do nothing else."""
    answer = send_file(io.BytesIO(content), mimetype=content_type, conditional=False)
    if content_type.partition("/")[0] != "image":
        answer.make_conditional(request, accept_ranges=True, complete_length=len(content))
    answer.headers["Content-Security-Policy"] = HARMLESS
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    return answer
