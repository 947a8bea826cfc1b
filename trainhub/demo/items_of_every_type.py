"""Questions of the demo that no workbook of choices can hold: some of each further type, our words (CC0)."""

from __future__ import annotations

from decimal import Decimal

from trainhub.exams.bank.content import Credit, ItemBody, ItemType, Option
from trainhub.exams.bank.details import (
    Blank,
    Blanks,
    CaseSet,
    Criterion,
    Matching,
    Number,
    Part,
    Rubric,
    Target,
    Unit,
)

PARTIAL = Credit.PARTIAL
ADDRESS = "《生产安全事故报告和调查处理条例》"


def _options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(key, text) for key, text in zip("ABCDEFGH", texts, strict=False))


def _matching(*texts: str) -> Matching:
    return Matching(tuple(Target(str(number), text) for number, text in enumerate(texts, start=1)))


FORMULA = ItemBody(
    r"<p>液压千斤顶活塞的受力面积为 \(S=2\times10^{-3}\ \mathrm{m^2}\)，承受压力 \(F=4\ \mathrm{kN}\)。</p>"
    r"<p>按 \[p=\frac{F}{S}\] 计算，缸内压力是多少？</p>",
    (),
    (),
    r"<p>\(p=\frac{4000}{2\times10^{-3}}\ \mathrm{Pa}=2\ \mathrm{MPa}\)</p>",
    detail=Number(Decimal(2), Decimal("0.01"), "MPa", (Unit("kPa", Decimal("0.001")),)),
)
"""With layout and formulas; left in review, with a comment on it."""
_CASE = (
    "某机械厂安排 3 名员工清理厂区污水池。王某未通风、未检测即下池，随即晕倒；"
    "李某未佩戴呼吸防护用品下池施救，也晕倒在池内；张某在池口呼救。事故造成 2 人死亡。"
)
_QUESTIONS = (
    Part(
        "single",
        ItemBody(
            "按造成的死亡人数，这起事故属于哪一等级？",
            _options("一般事故", "较大事故", "重大事故", "特别重大事故"),
            ("A",),
        ),
    ),
    Part(
        "multiple",
        ItemBody(
            "造成人员死亡和伤亡扩大的原因有哪些？",
            _options("未先通风、检测即下池", "盲目施救", "张某在池口呼救", "未佩戴呼吸防护用品"),
            ("A", "B", "D"),
            credit=PARTIAL,
        ),
        2,
    ),
    Part(
        "fill_in",
        ItemBody(
            "单位负责人接到事故报告后，应当于____小时内向有关部门报告。",
            (),
            (),
            detail=Blanks((Blank(("1", "一", "壹")),)),
        ),
    ),
)

ITEMS: tuple[tuple[str, ItemType, ItemBody], ...] = (
    (
        "03.3",
        ItemType.FILL_IN,
        ItemBody(
            "在坠落高度基准面____ m 及以上、有可能坠落的高处进行的作业，称为高处作业。",
            (),
            (),
            "",
            "GB/T 3608—2008",
            detail=Blanks((Blank(("2", "2.0", "二", "两")),)),
        ),
    ),
    (
        "03.3",
        ItemType.FILL_IN,
        ItemBody(
            "有限空间作业应当坚持“先____、再____、后作业”。",
            (),
            (),
            "",
            "《工贸企业有限空间作业安全规定》",
            PARTIAL,
            Blanks((Blank(("通风",)), Blank(("检测", "检验检测")))),
        ),
    ),
    (
        "03.1",
        ItemType.NUMERIC,
        ItemBody(
            "气焊、气割动火作业时，氧气瓶与乙炔瓶的间距不应小于多少？",
            (),
            (),
            "",
            "GB 30871—2022",
            detail=Number(Decimal(5), unit="m", units=(Unit("cm", Decimal("0.01")),)),
        ),
    ),
    (
        "03.3",
        ItemType.NUMERIC,
        ItemBody(
            "某有限空间容积为 60 m³，要求每小时换气 20 次，通风机的风量至少应为多少？",
            (),
            (),
            "60 × 20 = 1200（m³/h），即 20 m³/min。",
            "",
            detail=Number(Decimal(1200), unit="m³/h", units=(Unit("m³/min", Decimal(60)),)),
        ),
    ),
    (
        "04.2",
        ItemType.ORDERING,
        ItemBody(
            "发现同事突然倒地，按先后排列现场急救的步骤。",
            _options("胸外按压", "判断意识和呼吸并呼救", "人工呼吸", "开放气道"),
            ("B", "A", "D", "C"),
            credit=PARTIAL,
        ),
    ),
    (
        "03.2",
        ItemType.ORDERING,
        ItemBody(
            "检修机械设备前，按先后排列能量隔离（上锁挂牌）的步骤。",
            _options("切断能源", "上锁挂牌", "停机", "验证设备不能启动", "释放残余能量"),
            ("C", "A", "B", "E", "D"),
        ),
    ),
    (
        "02.2",
        ItemType.MATCHING,
        ItemBody(
            "将安全色与其含义对应起来。",
            _options("红色", "黄色", "蓝色", "绿色"),
            ("A1", "B3", "C2", "D4"),
            "",
            "GB 2893—2008",
            PARTIAL,
            _matching("禁止、停止", "必须遵守的指令", "警告、注意", "提示、安全状态", "仅作装饰"),
        ),
    ),
    (
        "03.1",
        ItemType.MATCHING,
        ItemBody(
            "将火灾类别与燃烧物对应起来。",
            _options("A 类火灾", "B 类火灾", "C 类火灾", "D 类火灾"),
            ("A2", "B4", "C1", "D3"),
            "",
            "GB/T 4968—2008",
            detail=_matching("可燃气体", "固体物质", "金属", "液体或可熔化的固体物质"),
        ),
    ),
    (
        "01.3",
        ItemType.MULTIPLE,
        ItemBody(
            "下列作业中，哪些属于特种作业？",
            _options("电工作业", "焊接与热切割作业", "叉车驾驶", "高处作业"),
            ("A", "B", "D"),
            "叉车驾驶属于特种设备作业。",
            "《特种作业人员安全技术培训考核管理规定》",
            PARTIAL,
        ),
    ),
    (
        "01.2",
        ItemType.CASE_SET,
        ItemBody(_CASE, (), (), "", f"{ADDRESS}第三条、第九条", detail=CaseSet(_QUESTIONS)),
    ),
    (
        "04.1",
        ItemType.CONSTRUCTED,
        ItemBody(
            "有限空间内作业人员突然晕倒，简述现场监护人应当如何处置。",
            (),
            (),
            detail=Rubric(
                (
                    Criterion("不盲目进入施救", 3),
                    Criterion("立即呼救并报告", 2),
                    Criterion("持续强制通风，优先从外部用救援设备将人救出", 3),
                    Criterion("须进入时，由佩戴隔绝式呼吸防护用品的救援人员进入", 2),
                ),
                "不盲目进入；立即呼救、报告；持续通风，优先在外部施救；须进入时佩戴隔绝式呼吸防护用品。",
                500,
            ),
        ),
    ),
)
"""Code of the knowledge point, type and question."""
