"""Draw the pictures of the demo and of practice; run it by hand.

``media/workshop.png`` is the workshop of the demo's hazard spotting, ``media/pressure-gauge.png`` the gauge
of a choice, and ``static/img/practice-yard.png`` the yard of practice. All of it is drawn here from lines
and areas, our own work (CC0, see ``media/LICENSE``).
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
SCALE = 2


class Sheet:
    """A picture drawn at twice its size, so that its edges are smooth."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        self.size = (width, height)
        self.picture = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.picture)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: str, edge: str = "#333333"
    ) -> None:
        """Draw a rectangle."""
        self.pen.rectangle(self._at(left, top, right, bottom), fill=fill, outline=edge, width=2 * SCALE)

    def oval(
        self, left: float, top: float, right: float, bottom: float, fill: str, edge: str = "#333333"
    ) -> None:
        """Draw an ellipse."""
        self.pen.ellipse(self._at(left, top, right, bottom), fill=fill, outline=edge, width=2 * SCALE)

    def shape(self, *corners: tuple[float, float], fill: str) -> None:
        """Draw a polygon."""
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=fill, outline="#333333")

    def line(self, *corners: tuple[float, float], colour: str = "#333333", width: int = 3) -> None:
        """Draw a line from corner to corner."""
        places = [(x * SCALE, y * SCALE) for x, y in corners]
        self.pen.line(places, fill=colour, width=width * SCALE, joint="curve")

    def _at(self, *places: float) -> list[float]:
        return [each * SCALE for each in places]

    def save(self, path: Path) -> None:
        """Write the picture."""
        small = self.picture.resize(self.size, Image.Resampling.LANCZOS)
        small.quantize(64).save(path, "PNG", optimize=True)


def worker(sheet: Sheet, x: float, y: float, *, helmet: bool, colour: str = "#e08a1e") -> None:
    """Draw a person who stands, feet at a place."""
    sheet.line(
        (x - 12, y), (x - 8, y - 60), (x, y - 70), (x + 8, y - 60), (x + 12, y), colour="#2b3a55", width=9
    )
    sheet.box(x - 20, y - 135, x + 20, y - 65, colour)
    sheet.line((x - 20, y - 125), (x - 38, y - 85), width=8, colour=colour)
    sheet.line((x + 20, y - 125), (x + 38, y - 90), width=8, colour=colour)
    sheet.oval(x - 17, y - 172, x + 17, y - 135, "#f0c9a0")
    if helmet:
        sheet.pen.pieslice(
            sheet._at(x - 21, y - 182, x + 21, y - 140), 180, 360, fill="#f4d21f", outline="#333333"
        )


def workshop() -> Sheet:
    """Draw a workshop with a grinder without guard, a cable in water, a blocked exit and a missing helmet."""
    sheet = Sheet(960, 600, "#e8edf2")
    sheet.box(0, 470, 960, 600, "#c3c8cf", "#c3c8cf")
    sheet.box(760, 220, 890, 470, "#7fa88b")
    sheet.box(775, 185, 875, 215, "#1f8a4c")
    sheet.shape((800, 200), (820, 190), (820, 210), fill="#ffffff")
    for row in range(2):
        for place in range(2):
            sheet.box(740 + 85 * place, 400 - 70 * row, 825 + 85 * place, 470 - 70 * row, "#b98a55")
    sheet.box(90, 380, 250, 400, "#6d7682")
    sheet.line((110, 400), (110, 480), width=8)
    sheet.line((230, 400), (230, 480), width=8)
    sheet.oval(130, 305, 210, 385, "#8d97a5")
    sheet.oval(162, 337, 178, 353, "#3b4552")
    for turn in range(0, 360, 24):
        x, y = 170 + 40 * math.cos(math.radians(turn)), 345 + 40 * math.sin(math.radians(turn))
        sheet.line((170, 345), (x, y), width=1)
    worker(sheet, 330, 520, helmet=False)
    worker(sheet, 620, 510, helmet=True, colour="#2e78b5")
    sheet.oval(400, 520, 560, 575, "#9cc7e8", "#6ea3c9")
    sheet.box(385, 60, 425, 110, "#d7dbe0")
    sheet.line((405, 110), (405, 300), (440, 420), (470, 545), (520, 550), colour="#a01818", width=5)
    sheet.box(40, 60, 130, 150, "#c81e1e")
    sheet.box(60, 75, 110, 140, "#e9e9e9")
    return sheet


def gauge() -> Sheet:
    """Draw a pressure gauge whose hand stands at 1.2 of 2.5."""
    sheet = Sheet(420, 420, "#ffffff")
    sheet.oval(20, 20, 400, 400, "#f6f7f9")
    for mark in range(26):
        turn = math.radians(135 + 270 * mark / 25)
        inner = 150 if mark % 5 == 0 else 163
        start = (210 + inner * math.cos(turn), 210 + inner * math.sin(turn))
        end = (210 + 175 * math.cos(turn), 210 + 175 * math.sin(turn))
        sheet.line(start, end, width=4 if mark % 5 == 0 else 2)
    for mark in range(0, 26, 5):
        turn = math.radians(135 + 270 * mark / 25)
        place = ((210 + 122 * math.cos(turn)) * SCALE, (210 + 122 * math.sin(turn)) * SCALE)
        sheet.pen.text(place, f"{mark / 10:g}", fill="#222222", anchor="mm", font_size=26 * SCALE)
    turn = math.radians(135 + 270 * 12 / 25)
    sheet.line(
        (210, 210), (210 + 140 * math.cos(turn), 210 + 140 * math.sin(turn)), colour="#c81e1e", width=6
    )
    sheet.oval(196, 196, 224, 224, "#333333")
    sheet.pen.text((210 * SCALE, 300 * SCALE), "MPa", fill="#222222", anchor="mm", font_size=28 * SCALE)
    return sheet


def yard() -> Sheet:
    """Draw a yard with an open shaft and a person without a helmet beneath a load."""
    sheet = Sheet(800, 500, "#dfeaf4")
    sheet.box(0, 390, 800, 500, "#cdbf9f", "#cdbf9f")
    sheet.line((60, 390), (60, 60), (520, 60), width=10, colour="#d9a514")
    sheet.line((440, 60), (440, 170), width=3)
    sheet.box(380, 170, 500, 220, "#8b6a45")
    worker(sheet, 440, 430, helmet=False)
    worker(sheet, 180, 440, helmet=True, colour="#2e78b5")
    sheet.oval(600, 410, 730, 460, "#2d2d2d")
    sheet.box(690, 250, 780, 390, "#b7bfca")
    return sheet


if __name__ == "__main__":
    workshop().save(HERE / "media" / "workshop.png")
    gauge().save(HERE / "media" / "pressure-gauge.png")
    yard().save(HERE.parent / "static" / "img" / "practice-yard.png")
