"""A sound or film, opened in a process of its own and written anew; codec, length and size count."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from trainhub.exams.bank.limits_media import LARGEST_FRAME, LONGEST_MS
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l

PROBE = Path(__file__).with_name("recording_probe.py")
SECONDS_ALLOWED = 90
REASONS: dict[str, Any] = {
    "unreadable": _l("The recording cannot be read. It may be damaged or cut off."),
    "empty": _l("The file holds neither sound nor film."),
    "codec": _l(
        "Browsers would not play this recording. Film: H.264 with AAC in MP4, VP8, VP9 or AV1 in WebM; "
        "sound: MP3, AAC, Opus, Vorbis, WAV with 16 bits."
    ),
    "structure": _l("The recording has too many pieces."),
    "slow": _l("Reading the recording took too long."),
}


def recording_anew(sent: bytes, container: str) -> tuple[bytes, str, int | None, int | None, int]:
    """Return a recording written anew: bytes, content type, width, height, length in milliseconds.

    Raises:
        Invalid: it is broken, too long, too large, or nothing that browsers play.
    """
    command = [sys.executable, "-P", str(PROBE), container]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=sent, capture_output=True, timeout=SECONDS_ALLOWED, check=False
        )
    except subprocess.TimeoutExpired:
        raise _refusal("slow") from None
    line, _end, content = done.stdout.partition(b"\n")
    try:
        facts: dict[str, Any] = json.loads(line)
    except ValueError:
        raise _refusal("unreadable") from None
    if "refused" in facts:
        raise _refusal(facts["refused"])
    content_type, duration = facts["content_type"], facts["duration_ms"]
    most = LONGEST_MS[content_type.partition("/")[0]]
    if not 0 < duration <= most:
        raise Invalid(_("The recording is longer than %(most)s minutes.", most=most // 60_000))
    if (facts["width"] or 0) * (facts["height"] or 0) > LARGEST_FRAME:
        raise Invalid(_("The picture of the film is too large; 1920 × 1080 is enough."))
    return content, content_type, facts["width"], facts["height"], duration


def _refusal(reason: str) -> Invalid:
    return Invalid(str(REASONS[reason]))
