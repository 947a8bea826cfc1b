"""Read a stranger's sound or film in a process of its own and write it anew, for ``recordings``.

It stands alone (no import of the house): nothing of the house is in its memory, and its time and memory are
bounded. The file comes through standard input and leaves through standard output, after a line of JSON: it
never lies on a disk in clear.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

import av
from av.error import FFmpegError

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
PACKETS = 500_000
_SOUNDS = {
    "mp4": {"aac", "mp3", "mp3float"},
    "matroska": {"opus", "vorbis"},
    "ogg": {"opus", "vorbis"},
    "mp3": {"mp3", "mp3float"},
    "wav": {"pcm_s16le", "pcm_u8"},
}
_FILMS = {"mp4": {"h264"}, "matroska": {"vp8", "vp9", "av1"}}
_AUDIO_TYPES = {
    "mp4": "audio/mp4",
    "matroska": "audio/webm",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
}
_FILM_TYPES = {"mp4": "video/mp4", "matroska": "video/webm"}
_WRITTEN_AS = {"mp4": "mp4", "matroska": "webm", "ogg": "ogg", "mp3": "mp3", "wav": "wav"}


class Refused(Exception):
    """The file is refused; the text is one of the codes that ``recordings`` explains."""


def anew(sent: bytes, container: str) -> tuple[dict[str, Any], bytes]:
    """Return what a recording is, and its streams in a container written here: no tag, no rest.

    Raises:
        Refused: it is no recording that browsers play.
    """
    with av.open(io.BytesIO(sent), "r", format=container) as source:
        streams = _streams(source, container)
        for stream in streams:
            if next(iter(source.decode(stream)), None) is None:
                raise Refused("unreadable")
            source.seek(0)
    out = io.BytesIO()
    with av.open(io.BytesIO(sent), "r", format=container) as source:
        streams = _streams(source, container)
        length = _copy(source, streams, out, container)
        facts: dict[str, Any] = {"duration_ms": round(length * 1000), "width": None, "height": None}
        pictures = [each for each in streams if each.type == "video"]
        facts["content_type"] = (_FILM_TYPES if pictures else _AUDIO_TYPES)[container]
        if pictures:
            facts |= {"width": pictures[0].codec_context.width, "height": pictures[0].codec_context.height}
    return facts, out.getvalue()


def _streams(source: Any, container: str) -> list[Any]:
    """Return one picture and one sound of a file, each of a kind that browsers play."""
    films = [each for each in source.streams.video if not _is_cover(each)]
    found = [*films[:1], *source.streams.audio[:1]]
    if not found:
        raise Refused("empty")
    for each in found:
        allowed = _FILMS.get(container, set()) if each.type == "video" else _SOUNDS[container]
        if each.codec_context.name not in allowed:
            raise Refused("codec")
    return found


def _is_cover(stream: Any) -> bool:
    return stream.codec_context is None or stream.codec_context.name in ("mjpeg", "png", "gif", "bmp")


def _copy(source: Any, streams: list[Any], out: io.BytesIO, container: str) -> float:
    options = {"fflags": "+bitexact", "map_metadata": "-1"}
    length = 0.0
    with av.open(out, "w", format=_WRITTEN_AS[container], options=options) as target:
        copies = {each.index: target.add_stream_from_template(each) for each in streams}
        for copy in copies.values():
            copy.metadata.clear()
        for count, packet in enumerate(source.demux(streams)):
            if packet.dts is None:
                continue
            if count > PACKETS:
                raise Refused("structure")
            moment = packet.pts if packet.pts is not None else packet.dts
            length = max(length, float((moment + (packet.duration or 0)) * packet.time_base))
            packet.stream = copies[packet.stream.index]
            target.mux(packet)
    return length


def main(container: str) -> None:
    """Write the facts as a line of JSON and then the file, or the code of what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    av.logging.set_level(av.logging.PANIC)
    content = b""
    try:
        facts, content = anew(sys.stdin.buffer.read(), container)
    except Refused as refusal:
        facts = {"refused": str(refusal)}
    except (FFmpegError, ValueError, MemoryError, OverflowError, KeyError):
        facts = {"refused": "unreadable"}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)


if __name__ == "__main__":
    main(sys.argv[1])
