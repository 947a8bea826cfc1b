"""Read a stranger's film in a process of its own, bounded in time and memory, for ``kernel.film``.

It stands alone (no import of the house): it starts quickly, and nothing of the house is in its memory.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

import av
from av.error import FFmpegError
from av.video.stream import VideoStream

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 120
PACKETS = 4_000_000
CODECS = {
    "mp4": ({"h264"}, {"aac", "mp3"}),
    "matroska": ({"vp8", "vp9", "av1"}, {"opus", "vorbis"}),
}
PART_SECONDS = 4
LONGEST_PART_SECONDS = 20


class NotAFilm(Exception):
    """The file is refused; the text is one of the codes that ``kernel.film`` explains."""


def probe(path: str, container: str) -> dict[str, Any]:
    """Return what a film is and where its parts lie.

    Args:
        path: of the file.
        container: ``mp4`` or ``matroska``, as its first bytes say.

    Raises:
        NotAFilm: it is not a film of that kind.
    """
    with av.open(path, format=container, options={"protocol_whitelist": "file"}) as film:
        if not film.streams.video:
            raise NotAFilm("no_picture")
        video = film.streams.video[0]
        _check_codecs(film, container)
        size = {"width": video.codec_context.width, "height": video.codec_context.height}
        codec = video.codec_context.name
        parts, duration = _parts(film, video)
    with av.open(path, format=container, options={"protocol_whitelist": "file"}) as film:
        if next(iter(film.decode(video=0)), None) is None:
            raise NotAFilm("no_picture")
    return {"duration_ms": round(duration * 1000), "codec": codec, "parts": parts, **size}


def _check_codecs(film: Any, container: str) -> None:
    pictures, sounds = CODECS[container]
    for stream in film.streams.video:
        if stream.codec_context.name not in pictures:
            raise NotAFilm("codec")
    for stream in film.streams.audio:
        if stream.codec_context.name not in sounds:
            raise NotAFilm("codec")


def _parts(film: Any, video: VideoStream) -> tuple[list[list[float]], float]:
    """Cut the film at key frames, about every four seconds; each part knows its bytes."""
    assert video.time_base is not None
    origin = video.start_time or 0
    parts: list[list[float]] = []
    end = 0.0
    for count, packet in enumerate(film.demux(video)):
        if packet.size == 0 or packet.pts is None:
            continue
        if count > PACKETS or packet.pos is None or packet.pos < 0:
            raise NotAFilm("structure")
        starts = max(0.0, float((packet.pts - origin) * video.time_base))
        end = max(end, starts + float((packet.duration or 0) * video.time_base))
        since = starts - parts[-1][0] if parts else None
        if since is None or (packet.is_keyframe and since >= PART_SECONDS) or since >= LONGEST_PART_SECONDS:
            parts.append([starts, packet.pos, packet.pos + packet.size - 1])
        else:
            parts[-1][1] = min(parts[-1][1], packet.pos)
            parts[-1][2] = max(parts[-1][2], packet.pos + packet.size - 1)
    if not parts:
        raise NotAFilm("no_picture")
    return parts, end


def main(path: str, container: str) -> None:
    """Print the film's facts, or the code of what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    av.logging.set_level(av.logging.PANIC)
    try:
        answer = probe(path, container)
    except NotAFilm as refusal:
        answer = {"refused": str(refusal)}
    except (FFmpegError, ValueError, MemoryError, OverflowError):
        answer = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
