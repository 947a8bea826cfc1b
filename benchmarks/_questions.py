"""Invented questions by the thousand, and twins of them: with other figures, order, words, or a negation."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from trainhub.exams.bank.content import ItemBody, ItemType, Option

PLACES = (
    "受限空间内/高处平台上/易燃易爆库房/配电室/锅炉房/地下管廊/脚手架/施工现场/化工装置区/粉尘车间/船舶舱室/桥梁工地/冷库/"
    "污水池旁/隧道掌子面/加油站/危险品码头/铸造车间/电梯井道/矿井巷道/屋面/储罐区/洁净厂房/热处理车间"
).split("/")
WORKS = (
    "动火/吊装/临时用电/盲板抽堵/断路/清淤/涂装/拆除/焊接/爆破/巡检/检修/搬运/充装/取样/装卸/调试/清洗/切割/开挖/浇筑/除锈/"
    "更换阀门/敷设电缆/安装支架/校验仪表/试压/打磨/灌浆/测量"
).split("/")
CONDITIONS = (
    "发现气体浓度超标/遇到雷雨大风/照明忽然中断/监护人临时离开/警报器鸣响/通风机停转/作业票过期/电缆绝缘破损/有人晕倒/温度持续上升/"
    "邻近管线泄漏/消防水压偏低/吊索出现断丝/地面积水结冰/防护栏缺失/液位计失灵/静电跨接松脱/承包商新换班组/夜间视线受阻/压力表指针摆动/"
    "安全阀起跳/冷却水断流/皮带跑偏/风向突然改变/接地线被盗"
).split("/")
WHO = "现场负责人/监护人员/班组长/操作人员/安全管理人员/值班电工/主要负责人/驾驶员/司索工/检修人员".split("/")
ACTS = (
    "停止作业并撤离/切断电源挂牌/重新检测气体/报告调度室/补办作业许可/设置警戒区域/启动应急预案/关闭上游阀门/佩戴空气呼吸器/清点人员/"
    "更换合格部件/加强通风置换/用水雾稀释/隔离能量源/通知相邻单位/增派监护/降低运行负荷/检查接地电阻/清除可燃杂物/搭设防护棚/复核计算书/"
    "填写交接班记录/封存事故现场/拨打急救电话/疏散周边群众/校准探测器/张贴警示标志/核对介质名称/固定活动部件/放空残余压力"
).split("/")
LIMITS = "分钟/米/小时/千帕/度/个月".split("/")
FRAMES = (
    "在{place}进行{work}作业，{condition}时，{who}应当立即{act}，{second}。",
    "{place}{work}过程中{condition}，{who}必须在{figure}{unit}以内{act}，然后{second}。",
    "{who}负责{place}的{work}，一旦{condition}，应先{second}再{act}，间隔为{figure}{unit}。",
)
SYNONYMS = (
    "应当/必须 立即/马上 作业/工作 检查/检验 人员/员工 发现/察觉 使用/采用 设置/布置 停止/中止 加强/强化 "
    "通知/告知 单位/企业 报告/汇报 撤离/离开 检测/测定 清除/清理 过程/期间 负责/主管 更换/调换 "
    "切断/断掉 现场/工地 启动/开启 忽然/突然"
).split()
NEGATIONS = (("应当", "不得"), ("必须", "严禁"), ("应先", "不应先"), ("以内", "以外"), ("正确", "错误"))


def question(chance: Random) -> tuple[ItemType, ItemBody]:
    """Return a question drawn at random."""
    said = {
        "place": chance.choice(PLACES),
        "work": chance.choice(WORKS),
        "condition": chance.choice(CONDITIONS),
        "who": chance.choice(WHO),
        "figure": chance.randrange(2, 90),
        "unit": chance.choice(LIMITS),
    }
    said["act"], said["second"], *others = chance.sample(ACTS, 8)
    if chance.random() < 0.5:
        text = chance.choice(FRAMES).format(**said)
        return ItemType.TRUE_FALSE, ItemBody(text, (), (chance.choice("TF"),))
    stem = "{place}进行{work}作业时{condition}，{who}首先采取的正确处置是（ ）。".format(**said)
    texts = [f"{others[each]}，{others[each + 1]}" for each in range(4)]
    options = tuple(Option(key, text) for key, text in zip("ABCD", texts, strict=True))
    return ItemType.SINGLE, ItemBody(stem, options, (chance.choice("ABCD"),))


def questions(count: int, seed: int = 1) -> list[tuple[ItemType, ItemBody]]:
    """Return so many questions of which no two are written alike."""
    chance, seen, found = Random(seed), set(), []
    while len(found) < count:
        kind, body = question(chance)
        written = (body.stem, body.options)
        if written not in seen:
            seen.add(written)
            found.append((kind, body))
    return found


def other_figures(body: ItemBody, chance: Random) -> ItemBody | None:
    """Return a twin with other digits, or None where there are none."""
    stem = re.sub(r"\d+", lambda found: str(int(found[0]) + chance.randrange(1, 9)), body.stem)
    return None if stem == body.stem else replace(body, stem=stem)


def other_order(body: ItemBody, chance: Random) -> ItemBody | None:
    """Return a twin whose options stand in another order, with other punctuation."""
    if not body.options:
        return None
    texts = [option.text.replace("，", ",") for option in body.options]
    right = texts[ord(body.answer[0]) - ord("A")]
    chance.shuffle(texts)
    options = tuple(Option(key, text) for key, text in zip("ABCD", texts, strict=True))
    answer = ("ABCD"[texts.index(right)],)
    stem = body.stem.replace("首先采取", "应首先采取").replace("，", " ")
    return replace(body, stem=stem, options=options, answer=answer)


def other_words(body: ItemBody, chance: Random) -> ItemBody | None:
    """Return a twin with one or two words swapped for others of their meaning, and a word of grammar more."""
    stem, changed = body.stem, 0
    for pair in chance.sample(SYNONYMS, len(SYNONYMS)):
        one, other = pair.split("/")
        if one in stem and changed < 2:
            stem, changed = stem.replace(one, other, 1), changed + 1
    place = stem.find("，")
    return replace(body, stem=stem[:place] + chance.choice("了的") + stem[place:]) if changed else None


def negated(body: ItemBody) -> ItemBody | None:
    """Return a twin that says the contrary."""
    for one, other in NEGATIONS:
        if one in body.stem:
            return replace(body, stem=body.stem.replace(one, other, 1))
    return None


def near_but_other(body: ItemBody, chance: Random) -> ItemBody:
    """Return a question in the same form of words about something else."""
    stem = body.stem
    for words in (PLACES, CONDITIONS, ACTS, WORKS):
        for word in words:
            if word in stem:
                stem = stem.replace(word, chance.choice([each for each in words if each != word]))
                break
    others = chance.sample(ACTS, 4)
    options = tuple(Option(each.key, text) for each, text in zip(body.options, others, strict=False))
    return replace(body, stem=stem, options=options)
