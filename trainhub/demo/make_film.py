"""Make the film of the demo, ``media/before-the-shift.mp4``, and its captions; needs ffmpeg, run it by hand.

    python -m trainhub.demo.make_film

The film is our own: slides drawn here, chimes computed here. It is given to everybody under CC0 (see
``media/LICENSE``). Key frames stand two seconds apart, and the index of the file is in front, so that
browsers start and seek at once.
"""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).with_name("media")
FONT = Path(__file__).parents[1] / "kernel" / "fonts" / "NotoSansSC-Regular.ttf"
SIZE = WIDTH, HEIGHT = 960, 540
RATE = 10
SLIDE_SECONDS = 9
SOUND_RATE = 22_050
GREEN, DARK, PALE, AMBER = (27, 107, 74), (16, 44, 32), (240, 246, 242), (214, 137, 16)


@dataclass(frozen=True)
class Slide:
    """One step of the film: a heading, and lines that appear one after the other."""

    heading: str
    lines: tuple[str, ...]


SLIDES = (
    Slide(
        "班前五分钟",
        (
            "开工之前，先停五分钟。",
            "看人、看物、看环境、看方法，",
            "把隐患挡在第一道工序之前。",
        ),
    ),
    Slide(
        "一、看人",
        (
            "休息够不够，身体有没有不适？",
            "该持证的岗位，证件在不在有效期内？",
            "新来的同事，谁带他？",
        ),
    ),
    Slide(
        "二、看防护",
        (
            "安全帽扣好下颏带，",
            "高处作业挂牢安全带：高挂低用，",
            "防护用品不齐，不上岗。",
        ),
    ),
    Slide(
        "三、看设备",
        (
            "防护罩、急停、联锁，一个都不能少。",
            "检修先断电、上锁、挂牌，",
            "再验电，确认无电才动手。",
        ),
    ),
    Slide(
        "四、看环境",
        (
            "通道畅通，孔洞有盖，临边有栏。",
            "有限空间：先通风，再检测，后作业。",
            "上方有人作业，下方不得站人。",
        ),
    ),
    Slide(
        "五、看方法",
        (
            "今天的活，危险在哪里？",
            "谁指挥，谁监护，怎么联络？",
            "情况变了，先停下来重新商量。",
        ),
    ),
    Slide(
        "遇到险情",
        (
            "先撤人，再报告，不盲目施救。",
            "牢记集合地点和报警电话：",
            "119 火警，120 急救。",
        ),
    ),
    Slide(
        "说“不”的权利",
        (
            "从业人员有权拒绝违章指挥",
            "和强令冒险作业，",
            "有权在紧急情况下撤离。",
        ),
    ),
)


def seconds() -> int:
    """Return the length of the film."""
    return len(SLIDES) * SLIDE_SECONDS


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def _frame(slide: Slide, number: int, shown: int, progress: float) -> Image.Image:
    image = Image.new("RGB", SIZE, PALE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 112), fill=GREEN)
    draw.text((56, 56), slide.heading, font=_font(44), fill="white", anchor="lm")
    draw.text((WIDTH - 48, 60), f"{number} / {len(SLIDES)}", font=_font(26), fill=PALE, anchor="rm")
    for place, line in enumerate(slide.lines[:shown]):
        top = 176 + place * 84
        draw.rounded_rectangle((56, top + 4, 64, top + 52), 4, fill=AMBER)
        draw.text((92, top + 28), line, font=_font(36), fill=DARK, anchor="lm")
    draw.text((WIDTH - 48, 480), "安全培训 · 班前教育", font=_font(22), fill=GREEN, anchor="rm")
    draw.rectangle((0, HEIGHT - 12, WIDTH, HEIGHT), fill=(214, 226, 219))
    draw.rectangle((0, HEIGHT - 12, round(WIDTH * progress), HEIGHT), fill=GREEN)
    return image


def frames() -> Iterator[bytes]:
    """Yield the pictures of the film, ten a second."""
    total = seconds() * RATE
    for number in range(total):
        place, within = divmod(number, SLIDE_SECONDS * RATE)
        shown = min(3, 1 + within // (RATE * 2))
        whole_seconds = number // RATE
        yield _frame(SLIDES[place], place + 1, shown, whole_seconds / (seconds() - 1)).tobytes()


def sound() -> bytes:
    """Return the chimes: two soft notes at the beginning of each slide."""
    samples = bytearray()
    for number in range(seconds() * SOUND_RATE):
        at = number / SOUND_RATE % SLIDE_SECONDS
        level = sum(
            math.exp(-3 * (at - start)) * math.sin(2 * math.pi * tone * (at - start))
            for start, tone in ((0.0, 523.25), (0.35, 659.25))
            if at >= start
        )
        samples += struct.pack("<h", round(level * 5_000))
    return bytes(samples)


def captions() -> str:
    """Return the captions, a cue a slide."""
    cues = ["WEBVTT", ""]
    for number, slide in enumerate(SLIDES):
        start, end = number * SLIDE_SECONDS, (number + 1) * SLIDE_SECONDS
        cues += [f"{_stamp(start)} --> {_stamp(end)}", slide.heading + "：" + "".join(slide.lines), ""]
    return "\n".join(cues)


def _stamp(second: int) -> str:
    return f"00:{second // 60:02d}:{second % 60:02d}.000"


def make(target: Path) -> None:
    """Make the film."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise SystemExit("ffmpeg is needed to make the film")
    with tempfile.TemporaryDirectory() as folder:
        track = Path(folder) / "sound.wav"
        with wave.open(str(track), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SOUND_RATE)
            file.writeframes(sound())
        pictures = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE)]
        video = ["-c:v", "libx264", "-preset", "veryslow", "-tune", "stillimage", "-crf", "33"]
        keys = [
            "-pix_fmt",
            "yuv420p",
            "-g",
            str(2 * RATE),
            "-keyint_min",
            str(2 * RATE),
            "-sc_threshold",
            "0",
        ]
        audio = ["-c:a", "aac", "-b:a", "16k", "-movflags", "+faststart", "-map_metadata", "-1"]
        inputs = [*pictures, "-i", "-", "-i", str(track)]
        command = [ffmpeg, "-loglevel", "error", "-y", *inputs, *video, *keys, *audio, str(target)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603
        assert process.stdin is not None
        for picture in frames():
            process.stdin.write(picture)
        process.stdin.close()
        if process.wait():
            raise SystemExit("ffmpeg failed")


if __name__ == "__main__":
    make(FOLDER / "before-the-shift.mp4")
    (FOLDER / "before-the-shift.zh.vtt").write_text(captions(), encoding="utf-8")
