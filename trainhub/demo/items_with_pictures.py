"""Questions of the demo that show pictures: hazards in a workshop, and a gauge to be read (CC0)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainhub.exams.bank.content import ItemBody, ItemType, Medium, Option
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.media import bring, clean_medium
from trainhub.exams.bank.models import Bank

FOLDER = Path(__file__).with_name("media")
HAZARDS = (
    Region("砂轮机没有防护罩", ((1250, 4950), (2300, 6550)), is_ellipse=True),
    Region("工人未戴安全帽", ((3100, 5600), (3800, 5600), (3800, 6600), (3100, 6600))),
    Region("电缆浸在地面积水中", ((4100, 8550), (5900, 9700)), is_ellipse=True),
    Region("安全出口被货箱堵塞", ((7700, 5450), (9500, 5450), (9500, 7900), (7700, 7900))),
)


def items_with_pictures(bank: Bank, author: Any) -> list[tuple[str, ItemType, ItemBody]]:
    """Bring the pictures into a bank and return the questions that show them, each with its point."""
    workshop = _bring(
        bank, author, "workshop.png", "车间示意图：左侧砂轮机，中间两名工人和一个配电箱，右侧出口"
    )
    gauge = _bring(bank, author, "pressure-gauge.png", "压力表，量程 0 至 2.5 MPa，红色指针")
    spotting = ItemBody(
        "下图为某机械加工车间的现场，图中有 4 处事故隐患，请逐一标出。",
        (),
        (),
        "依次为：砂轮机无防护罩、未戴安全帽、电缆浸水、安全出口堵塞。",
        "《生产安全事故隐患排查治理规定》",
        detail=Scene("", HAZARDS, 50, 8),
    )
    options = ("0.6 MPa", "1.0 MPa", "<strong>1.2</strong> MPa", "2.4 MPa")
    reading = ItemBody(
        "<p>图示压力表的<strong>当前读数</strong>是多少？（1 MPa = 10<sup>6</sup> Pa）</p>",
        tuple(Option(key, text) for key, text in zip("ABCD", options, strict=True)),
        ("C",),
        "1 与 1.5 之间分 5 格，指针在第 2 格。",
    )
    return [
        ("02.2", ItemType.HAZARD_SPOTTING, with_layout(spotting, False, [workshop])),
        ("03.1", ItemType.SINGLE, with_layout(reading, True, [gauge])),
    ]


def _bring(bank: Bank, author: Any, name: str, description: str) -> Medium:
    clean = clean_medium((FOLDER / name).read_bytes())
    bring(bank, clean, by=author)
    return Medium(name, clean.digest, clean.content_type, description)
