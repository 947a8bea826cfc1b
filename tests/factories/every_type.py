"""A sound question of every type, with secrets in its key that no candidate's page may hold."""

from __future__ import annotations

from decimal import Decimal

from trainhub.exams.bank.content import Credit, ItemBody, ItemType, Medium, Option
from trainhub.exams.bank.details import (
    Blank,
    Blanks,
    CaseSet,
    Criterion,
    Matching,
    Number,
    Part,
    Region,
    Rubric,
    Scene,
    Target,
    Unit,
)
from trainhub.exams.bank.media import clean_medium
from trainhub.kernel.resources import PACKAGE


def options(*texts: str) -> tuple[Option, ...]:
    """Options with letters of their own."""
    return tuple(Option(key, text) for key, text in zip("ABCDEFGH", texts, strict=False))


def targets(*texts: str) -> tuple[Target, ...]:
    """The right side of a matching."""
    return tuple(Target(str(number), text) for number, text in enumerate(texts, start=1))


TRUE_FALSE = ItemBody("进入有限空间前必须先通风、再检测、后作业。", (), ("T",))
SINGLE = ItemBody("灭火器的压力表指针在哪一区域表示正常？", options("红区", "绿区", "黄区"), ("B",))
MULTIPLE = ItemBody(
    "下列哪些属于特种作业？",
    options("高压电工作业", "电梯驾驶", "高处作业", "焊接作业"),
    ("A", "C", "D"),
    credit=Credit.PARTIAL,
)
FILL_IN = ItemBody(
    "坠落高度基准面____米及以上为高处作业；安全带应____挂____用。",
    (),
    (),
    credit=Credit.PARTIAL,
    detail=Blanks(
        (Blank(("2.0", "贰"), tolerance=Decimal("0.05")), Blank(("高处", "高")), Blank(("低处", "低")))
    ),
)
NUMERIC = ItemBody(
    "某容器的设计压力是多少？",
    (),
    (),
    detail=Number(Decimal("1.637"), Decimal("0.013"), "MPa", (Unit("kPa", Decimal("0.001")),)),
)
ORDERING = ItemBody(
    "按先后排列心肺复苏的步骤。",
    options("胸外按压", "开放气道", "人工呼吸", "判断意识"),
    ("D", "A", "B", "C"),
    credit=Credit.PARTIAL,
)
MATCHING = ItemBody(
    "把安全色与含义连起来。",
    options("红色", "黄色", "蓝色"),
    ("A3", "B1", "C2"),
    credit=Credit.PARTIAL,
    detail=Matching(targets("警告", "指令", "禁止", "提示")),
)
CONSTRUCTED = ItemBody(
    "简述动火作业前应落实的措施。",
    (),
    (),
    detail=Rubric(
        (Criterion("办理动火审批", 2), Criterion("清除可燃物并配备灭火器材", 3)), "先审批，再清理。", 500
    ),
)
CASE_SET = ItemBody(
    "某车间一名焊工未办理审批即在油罐旁动火，引起爆燃。",
    (),
    (),
    detail=CaseSet(
        (
            Part("single", SINGLE, 1),
            Part("multiple", MULTIPLE, 3),
            Part("numeric", NUMERIC, 2),
            Part("matching", MATCHING, 2),
        )
    ),
)
WORKSHOP = clean_medium((PACKAGE / "demo" / "media" / "workshop.png").read_bytes())
"""The picture of the hazards, as a bank keeps it."""

HAZARD_SPOTTING = ItemBody(
    "图中有四处隐患，请逐一标出。",
    (),
    (),
    detail=Scene(
        "workshop.png",
        (
            Region("砂轮无防护罩", ((1250, 4950), (2300, 6550)), is_ellipse=True),
            Region("未戴安全帽", ((3100, 5600), (3800, 5600), (3800, 6600), (3100, 6600))),
            Region("电缆浸在水中", ((4100, 8550), (5900, 9700)), is_ellipse=True),
            Region("安全出口被堵", ((7700, 5450), (9500, 5450), (9500, 7900), (7700, 7900))),
        ),
        50,
        10,
    ),
    media=(Medium("workshop.png", WORKSHOP.digest, "image/png", "车间：砂轮机、两名工人、配电箱和出口"),),
)
EVERY_TYPE = {
    ItemType.TRUE_FALSE: TRUE_FALSE,
    ItemType.SINGLE: SINGLE,
    ItemType.MULTIPLE: MULTIPLE,
    ItemType.FILL_IN: FILL_IN,
    ItemType.NUMERIC: NUMERIC,
    ItemType.ORDERING: ORDERING,
    ItemType.MATCHING: MATCHING,
    ItemType.CONSTRUCTED: CONSTRUCTED,
    ItemType.CASE_SET: CASE_SET,
    ItemType.HAZARD_SPOTTING: HAZARD_SPOTTING,
}
"""One of each type that a bank keeps."""

RIGHT = {
    ItemType.TRUE_FALSE: "T",
    ItemType.SINGLE: "B",
    ItemType.MULTIPLE: ["A", "C", "D"],
    ItemType.FILL_IN: ["2.0", "高", "低"],
    ItemType.NUMERIC: "1.637 MPa",
    ItemType.ORDERING: ["D", "A", "B", "C"],
    ItemType.MATCHING: ["A3", "B1", "C2"],
    ItemType.CONSTRUCTED: "先办理动火审批。\n再清除可燃物，配备灭火器。",
    ItemType.CASE_SET: ["B", ["A", "C", "D"], "1637 kPa", ["A3", "B1", "C2"]],
    ItemType.HAZARD_SPOTTING: ["1800,5800", "3500,6000", "5000,9000", "8000,6000"],
}
"""A response to each that earns everything; people say so of the constructed one."""
