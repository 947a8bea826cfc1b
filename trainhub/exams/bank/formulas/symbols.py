"""The signs of a formula: each with its LaTeX name, its character, and its words in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a sign is, as MathML tells apart."""

    LETTER = "letter"
    OPERATOR = "operator"
    BIG = "big"
    FUNCTION = "function"
    LIMIT = "limit"
    SPACE = "space"


@dataclass(frozen=True)
class Sign:
    """A sign that has a name.

    Args:
        command: in LaTeX, or the character itself.
        shown: the characters by which it is drawn.
        kind: what it is.
        zh: how it is read in Chinese.
        en: how it is read in English.
    """

    command: str
    shown: str
    kind: Kind
    zh: str
    en: str


_GREEK = """
alpha α 阿尔法¦beta β 贝塔¦gamma γ 伽马¦delta δ 德尔塔¦epsilon ϵ 艾普西龙¦varepsilon ε 艾普西龙
zeta ζ 泽塔¦eta η 伊塔¦theta θ 西塔¦vartheta ϑ 西塔¦iota ι 约塔¦kappa κ 卡帕¦lambda λ 拉姆达¦mu μ 缪
nu ν 纽¦xi ξ 克西¦pi π 派¦rho ρ 柔¦sigma σ 西格马¦tau τ 陶¦upsilon υ 宇普西龙¦phi ϕ 斐¦varphi φ 斐
chi χ 希¦psi ψ 普西¦omega ω 欧米伽¦Gamma Γ 大写伽马¦Delta Δ 大写德尔塔¦Theta Θ 大写西塔
Lambda Λ 大写拉姆达¦Xi Ξ 大写克西¦Pi Π 大写派¦Sigma Σ 大写西格马¦Phi Φ 大写斐¦Psi Ψ 大写普西
Omega Ω 大写欧米伽¦ell ℓ 艾尔¦hbar ℏ 约化普朗克常数¦partial ∂ 偏¦nabla ∇ 梯度算子¦infty ∞ 无穷大
emptyset ∅ 空集¦angle ∠ 角¦triangle △ 三角形
"""
_EN = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "hbar": "h bar", "nabla": "nabla",
    "infty": "infinity", "emptyset": "the empty set", "angle": "angle", "ell": "l",
}  # fmt: skip
_OPERATORS = """
+ + 加 plus¦- − 减 minus¦= = 等于 equals¦< < 小于 is less than¦> > 大于 is greater than
/ / 除以 divided by¦* ∗ 星号 star¦( ( 左括号 open bracket¦) ) 右括号 close bracket
[ [ 左方括号 open square bracket¦] ] 右方括号 close square bracket¦\\{ { 左花括号 open brace
\\} } 右花括号 close brace¦| | 竖线 bar¦, , , ,¦; ; ; ;¦: : 比 to¦. . 点 point¦! ! 的阶乘 factorial
? ? 问号 question mark¦\\% % 百分之 percent¦\\times × 乘 times¦\\cdot ⋅ 乘 times¦\\div ÷ 除以 divided by
\\pm ± 正负 plus or minus¦\\mp ∓ 负正 minus or plus¦\\le ≤ 小于等于 is at most
\\ge ≥ 大于等于 is at least¦\\ne ≠ 不等于 is not equal to¦\\approx ≈ 约等于 is about
\\equiv ≡ 恒等于 is identical to¦\\sim ∼ 相似于 is similar to¦\\cong ≅ 全等于 is congruent to
\\propto ∝ 正比于 is proportional to¦\\ll ≪ 远小于 is much less than¦\\gg ≫ 远大于 is much greater than
\\to → 趋于 to¦\\leftarrow ← 左箭头 from¦\\Rightarrow ⇒ 推出 implies
\\Leftrightarrow ⇔ 等价于 if and only if¦\\rightleftharpoons ⇌ 可逆 in balance with
\\uparrow ↑ 上箭头 up¦\\downarrow ↓ 下箭头 down¦\\in ∈ 属于 in¦\\notin ∉ 不属于 not in
\\subset ⊂ 真包含于 is a subset of¦\\subseteq ⊆ 包含于 is a subset of or equals¦\\cup ∪ 并 union
\\cap ∩ 交 intersection¦\\land ∧ 且 and¦\\lor ∨ 或 or¦\\neg ¬ 非 not¦\\forall ∀ 对任意 for all
\\exists ∃ 存在 there is¦\\perp ⊥ 垂直于 is perpendicular to¦\\parallel ∥ 平行于 is parallel to
\\because ∵ 因为 because¦\\therefore ∴ 所以 therefore¦\\ldots … 等等 and so on¦\\cdots ⋯ 等等 and so on
\\vdots ⋮ 等等 and so on¦\\circ ∘ 圈 ring¦\\degree ° 度 degrees¦\\prime ′ 撇 prime¦\\bullet ∙ 点 bullet
\\oplus ⊕ 异或 exclusive or¦\\mid ∣ 整除 given¦\\langle ⟨ 左尖括号 open angle bracket
\\rangle ⟩ 右尖括号 close angle bracket¦\\| ‖ 双竖线 double bar¦\\lfloor ⌊ 左下取整 open floor
\\rfloor ⌋ 右下取整 close floor¦\\lceil ⌈ 左上取整 open ceiling¦\\rceil ⌉ 右上取整 close ceiling
"""
_BIG = """
sum ∑ 求和 the sum¦prod ∏ 连乘 the product¦int ∫ 积分 the integral¦iint ∬ 二重积分 the double integral
oint ∮ 环路积分 the closed integral¦bigcup ⋃ 并集 the union¦bigcap ⋂ 交集 the intersection
"""
_FUNCTIONS = """
sin 正弦 sine¦cos 余弦 cosine¦tan 正切 tangent¦cot 余切 cotangent¦sec 正割 secant¦csc 余割 cosecant
arcsin 反正弦 arc sine¦arccos 反余弦 arc cosine¦arctan 反正切 arc tangent¦sinh 双曲正弦 hyperbolic sine
cosh 双曲余弦 hyperbolic cosine¦tanh 双曲正切 hyperbolic tangent¦log 对数 log¦ln 自然对数 natural log
lg 常用对数 common log¦exp 指数函数 exponential¦det 行列式 determinant¦arg 辐角 argument¦deg 次数 degree
"""
_LIMITS = (
    "lim 极限 the limit¦max 最大值 the maximum¦min 最小值 the minimum¦sup 上确界 supremum¦inf 下确界 infimum"
)


def _lines(table: str) -> list[list[str]]:
    return [entry.split(" ") for entry in table.strip().replace("\n", "¦").split("¦")]


def _all() -> list[Sign]:
    signs = [
        Sign(
            f"\\{name}", shown, Kind.LETTER, zh, _EN.get(name, name if name.islower() else f"capital {name}")
        )
        for name, shown, zh in _lines(_GREEK)
    ]
    signs += [
        Sign(command, shown, Kind.OPERATOR, zh, " ".join(en))
        for command, shown, zh, *en in _lines(_OPERATORS)
    ]
    signs += [Sign(f"\\{name}", shown, Kind.BIG, zh, " ".join(en)) for name, shown, zh, *en in _lines(_BIG)]
    signs += [
        Sign(f"\\{name}", name, Kind.FUNCTION, zh, " ".join(en)) for name, zh, *en in _lines(_FUNCTIONS)
    ]
    signs += [Sign(f"\\{name}", name, Kind.LIMIT, zh, " ".join(en)) for name, zh, *en in _lines(_LIMITS)]
    return [*signs, Sign("\\,", "\u2009", Kind.SPACE, "", ""), Sign("\\quad", "\u2003", Kind.SPACE, "", "")]


SIGNS = {sign.command: sign for sign in _all()}
"""Every sign by the name under which it is stored."""

ALIASES = {
    "\\leq": "\\le", "\\geq": "\\ge", "\\neq": "\\ne", "\\leqslant": "\\le", "\\geqslant": "\\ge",
    "\\rightarrow": "\\to", "\\longrightarrow": "\\to", "\\implies": "\\Rightarrow",
    "\\iff": "\\Leftrightarrow", "\\gets": "\\leftarrow", "\\wedge": "\\land", "\\vee": "\\lor",
    "\\lnot": "\\neg", "\\dots": "\\ldots", "\\lbrace": "\\{", "\\rbrace": "\\}", "\\Vert": "\\|",
    "\\vert": "|", "\\lvert": "|", "\\rvert": "|", "\\ast": "*", "\\colon": ":",
    "\\varnothing": "\\emptyset", "\\;": "\\,", "\\:": "\\,", "\\ ": "\\,", "~": "\\,", "\\>": "\\,",
    "\\qquad": "\\quad", "\\bigtriangleup": "\\triangle", "\\lbrack": "[", "\\rbrack": "]",
}  # fmt: skip
"""Other names that mean one of the signs."""

IGNORED = frozenset({
    "\\!", "\\limits", "\\nolimits", "\\displaystyle", "\\textstyle", "\\scriptstyle", "\\big", "\\Big",
    "\\bigg", "\\Bigg", "\\bigl", "\\bigr", "\\Bigl", "\\Bigr",
})  # fmt: skip
"""Commands that change only the looks."""

CHARACTERS = {sign.shown: sign.command for sign in SIGNS.values() if len(sign.shown) == 1} | {
    "·": "\\cdot", "•": "\\bullet", "−": "-", "–": "-", "∗": "*", "<": "<", ">": ">", "∕": "/", "∶": ":",
    "≦": "\\le", "≧": "\\ge", "⩽": "\\le", "⩾": "\\ge", "º": "\\degree", "µ": "\\mu", "Ω": "\\Omega",
    "∆": "\\Delta", "∣": "\\mid", "\u00a0": "\\,", "\u2061": "", "\u2062": "", "\u2063": "", "\u200b": "",
    "˙": "\\cdot", "⁄": "/", "′": "\\prime", "％": "\\%", "%": "\\%", "{": "\\{", "}": "\\}",
    "×": "\\times", "∥": "\\parallel", "∅": "\\emptyset", "Ø": "\\emptyset",
}  # fmt: skip
"""By which name a character is stored that stands in a formula by itself."""

ACCENTS = {
    "\\bar": ("¯", "均值", "bar"), "\\overline": ("―", "上划线", "overline"),
    "\\vec": ("→", "向量", "vector"), "\\hat": ("^", "估计值", "hat"),
    "\\tilde": ("~", "波浪号", "tilde"), "\\dot": ("˙", "一阶导数", "dot"),
    "\\ddot": ("¨", "二阶导数", "double dot"), "\\underline": ("―", "下划线", "underline"),
}  # fmt: skip
"""Signs above or below something: the sign, and its words in Chinese and English."""

FENCES = (
    "(", ")", "[", "]", "|", "\\{", "\\}", "\\|", "\\langle", "\\rangle", "\\lfloor", "\\rfloor",
    "\\lceil", "\\rceil", ".",
)  # fmt: skip
"""What may stand behind ``\\left`` and ``\\right``; the point stands for nothing."""

GRIDS = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"),
    "Bmatrix": ("\\{", "\\}"), "Vmatrix": ("\\|", "\\|"), "cases": ("\\{", "."), "aligned": ("", ""),
    "gathered": ("", ""), "array": ("", ""),
}  # fmt: skip
"""Tables of cells by their names, with what stands around them."""

LINES = ("gathered", "aligned")
"""Tables that are lines below each other: in the middle, or with something of each at one place."""

ENVIRONMENTS = {
    "gather": "gathered", "gather*": "gathered", "multline": "gathered", "multline*": "gathered",
    "align": "aligned", "align*": "aligned", "split": "aligned", "dcases": "cases", "smallmatrix": "matrix",
}  # fmt: skip
"""Other names of tables that mean one of those."""

BREAK = "\\\\"
"""The end of a line."""

UNITS = {
    "m": ("米", "metres"), "cm": ("厘米", "centimetres"), "mm": ("毫米", "millimetres"),
    "km": ("千米", "kilometres"), "kg": ("千克", "kilograms"), "g": ("克", "grams"),
    "mg": ("毫克", "milligrams"), "t": ("吨", "tonnes"), "s": ("秒", "seconds"),
    "min": ("分钟", "minutes"), "h": ("小时", "hours"), "d": ("天", "days"), "N": ("牛顿", "newtons"),
    "kN": ("千牛", "kilonewtons"), "Pa": ("帕", "pascals"), "kPa": ("千帕", "kilopascals"),
    "MPa": ("兆帕", "megapascals"), "J": ("焦耳", "joules"), "kJ": ("千焦", "kilojoules"),
    "W": ("瓦", "watts"), "kW": ("千瓦", "kilowatts"), "V": ("伏", "volts"), "kV": ("千伏", "kilovolts"),
    "A": ("安", "amperes"), "mA": ("毫安", "milliamperes"), "Hz": ("赫兹", "hertz"),
    "K": ("开尔文", "kelvins"), "L": ("升", "litres"), "mL": ("毫升", "millilitres"),
    "mol": ("摩尔", "moles"), "rad": ("弧度", "radians"), "dB": ("分贝", "decibels"),
    "lx": ("勒克斯", "lux"), "ppm": ("百万分之一", "parts per million"), "cd": ("坎德拉", "candelas"),
}  # fmt: skip
"""Words of units that stand upright."""
