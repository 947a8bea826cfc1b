"""A formula in words, Chinese and English, for who hears it instead of seeing it.

A short part is said as people say it (a over b, b 分之 a); of a long one it is said where it begins and ends,
so that formulas that differ do not sound alike.
"""

from __future__ import annotations

import re

from trainhub.exams.bank.formulas.symbols import ACCENTS, LINES, SIGNS, UNITS, Kind
from trainhub.exams.bank.formulas.tree import (
    Accent,
    Fence,
    Fraction,
    Grid,
    Leaf,
    Letter,
    Mark,
    Number,
    Part,
    Root,
    Row,
    Scripts,
    Text,
    Upright,
    Whole,
    only,
)

_TENTH = {"2": ("平方", "squared"), "3": ("立方", "cubed")}
_DEGREES = (Mark("\\circ"), Mark("\\degree"))


def spoken(part: Part, language: str) -> str:
    """Return a formula in words of a language, ``zh`` or ``en``."""
    said = (_Chinese() if language.startswith("zh") else _English()).say(part)
    said = re.sub(r"\s+", " ", said).strip()
    return re.sub(r" ([,，;:])", r"\1", said)


class _English:
    """Says formulas in English."""

    place = 1

    def sign(self, command: str) -> str:
        """Return the words of a sign."""
        sign = SIGNS[command]
        said = (sign.zh, sign.en)[self.place]
        return said if command == "," else f" {said} "

    def unit(self, text: str) -> str:
        """Return the words of upright letters."""
        return UNITS[text][self.place] if text in UNITS else text

    def say(self, part: Part) -> str:
        """Return the words of a part."""
        return self.leaf(part) if isinstance(part, Leaf) else self.whole(part)

    def leaf(self, part: Leaf) -> str:
        """Return the words of what has no parts."""
        match part:
            case Number(text) | Text(text):
                return f" {text} "
            case Letter(text):
                return f" {self.letter(text)} "
            case Upright(text):
                return f" {self.unit(text)} "
            case Mark(command):
                return self.sign(command)

    def whole(self, part: Whole) -> str:
        """Return the words of what has parts."""
        match part:
            case Row(parts):
                return self.row(parts)
            case Fraction(above, below):
                return self.fraction(above, below)
            case Root(inside, degree):
                return self.root(inside, degree)
            case Scripts(base, sub, sup):
                return self.scripts(base, sub, sup)
            case Fence(left, inside, right):
                return self.fence(left, inside, right)
            case Accent(command, inside):
                return self.accent(ACCENTS[command][1 + self.place], inside)
            case Grid(name, rows):
                return self.lines(rows) if name in LINES else self.grid(rows)

    def letter(self, text: str) -> str:
        """Return the name of a letter; a capital is a different quantity."""
        return text if text.islower() else f"capital {text}"

    def row(self, parts: tuple[Part, ...]) -> str:
        """Return parts one after the other."""
        return "".join(self.say(each) for each in parts)

    def fraction(self, above: Row, below: Row) -> str:
        if _is_short(above) and _is_short(below):
            return f" {self.say(above)} over {self.say(below)} "
        above_said, below_said = self.say(above), self.say(below)
        return f" the fraction with numerator {above_said} and denominator {below_said}, end fraction, "

    def root(self, inside: Row, degree: Row | None) -> str:
        name = "the square root of"
        if degree is not None:
            told = self.say(degree).strip()
            name = "the cube root of" if told == "3" else f"the root of degree {told} of"
        return f" {name} {self.say(inside)}{'' if _is_short(inside) else ', end root,'} "

    def scripts(self, base: Part, sub: Row | None, sup: Row | None) -> str:
        if isinstance(base, Mark) and SIGNS[base.command].kind in (Kind.BIG, Kind.LIMIT):
            return self.between(self.sign(base.command), sub, sup)
        said = self.base(base)
        if sub is not None:
            said += f" sub {self.say(sub)}{'' if _is_short(sub) else ', end sub,'} "
        return said + (self.power(sup) if sup is not None else "")

    def base(self, base: Part) -> str:
        """Return the words of what bears an index or a power."""
        return (
            self.say(base)
            if not isinstance(base, Row) or not base.parts
            else f" the whole of {self.say(base)}, "
        )

    def between(self, name: str, sub: Row | None, sup: Row | None) -> str:
        """Return the words of a sum, an integral or a limit with its bounds."""
        start = f" from {self.say(sub)} " if sub is not None and sup is not None else ""
        if sub is not None and sup is None:
            start = f" over {self.say(sub)} "
        return name + start + (f" to {self.say(sup)} " if sup is not None else "") + " of "

    def power(self, sup: Row) -> str:
        inner = only(sup)
        if inner in _DEGREES:
            return " degrees "
        if sup.parts and all(each == Mark("\\prime") for each in sup.parts):
            return " prime " * len(sup.parts)
        if isinstance(inner, Number) and inner.text in _TENTH:
            return f" {_TENTH[inner.text][1]} "
        return f" to the power {self.say(sup)}{'' if _is_short(sup) else ', end power,'} "

    def fence(self, left: str, inside: Row, right: str) -> str:
        if (left, right) == ("|", "|"):
            return f" the absolute value of {self.say(inside)}, end absolute value, "
        said = self.say(inside)
        before = "" if left == "." else self.sign(left)
        return before + said + ("" if right == "." else self.sign(right))

    def accent(self, name: str, inside: Row) -> str:
        return f" {self.say(inside)} {name} "

    def grid(self, rows: tuple[tuple[Row, ...], ...]) -> str:
        lines = [
            f"row {place}: " + "; ".join(self.say(cell) for cell in row)
            for place, row in enumerate(rows, start=1)
        ]
        return f" table of {len(rows)} rows, " + ", ".join(lines) + ", end table, "

    def lines(self, rows: tuple[tuple[Row, ...], ...]) -> str:
        """Return the words of lines below each other."""
        said = [f"line {place}: {self.row(row)}" for place, row in enumerate(rows, start=1)]
        return f" {len(rows)} lines, " + ", ".join(said) + ", end lines, "


class _Chinese(_English):
    """Says formulas in Chinese."""

    place = 0

    def letter(self, text: str) -> str:
        """Return the name of a letter; a capital is a different quantity."""
        return text if text.islower() else f"大写 {text}"

    def row(self, parts: tuple[Part, ...]) -> str:
        """Return parts one after the other; percent is said before its number."""
        said: list[str] = []
        for part in parts:
            if part == Mark("\\%") and said and said[-1].strip().replace(".", "").isdigit():
                said[-1] = f" 百分之 {said[-1]}"
            else:
                said.append(self.say(part))
        return "".join(said)

    def fraction(self, above: Row, below: Row) -> str:
        if _is_short(above) and _is_short(below):
            return f" {self.say(below)} 分之 {self.say(above)} "
        return f" 分数，分子 {self.say(above)}，分母 {self.say(below)}，分数结束， "

    def root(self, inside: Row, degree: Row | None) -> str:
        told = f"{self.say(degree).strip()} 次" if degree is not None else ""
        if _is_short(inside):
            return f" {told}根号 {self.say(inside)} "
        return f" {told}根号下 {self.say(inside)}，根号结束， "

    def scripts(self, base: Part, sub: Row | None, sup: Row | None) -> str:
        if isinstance(base, Mark) and SIGNS[base.command].kind in (Kind.BIG, Kind.LIMIT):
            return self.between(self.sign(base.command), sub, sup)
        said = self.base(base)
        if sub is not None:
            said += f" 下标 {self.say(sub)}{'' if _is_short(sub) else '，下标结束，'} "
        return said + (self.power(sup) if sup is not None else "")

    def base(self, base: Part) -> str:
        """Return the words of what bears an index or a power."""
        return self.say(base) if not isinstance(base, Row) or not base.parts else f" 整体 {self.say(base)}， "

    def between(self, name: str, sub: Row | None, sup: Row | None) -> str:
        """Return the words of a sum, an integral or a limit with its bounds."""
        if sub is not None and sup is not None:
            return f" 从 {self.say(sub)} 到 {self.say(sup)} {name}， "
        if sub is not None:
            return f" 对 {self.say(sub)} {name}， "
        return f" 到 {self.say(sup)} {name}， " if sup is not None else name

    def power(self, sup: Row) -> str:
        inner = only(sup)
        if inner in _DEGREES:
            return " 度 "
        if sup.parts and all(each == Mark("\\prime") for each in sup.parts):
            return " 撇 " * len(sup.parts)
        if isinstance(inner, Number) and inner.text in _TENTH:
            return f" 的{_TENTH[inner.text][0]} "
        if _is_short(sup):
            return f" 的 {self.say(sup)} 次方 "
        return f" 的幂，指数 {self.say(sup)}，指数结束， "

    def fence(self, left: str, inside: Row, right: str) -> str:
        if (left, right) == ("|", "|"):
            return f" 绝对值 {self.say(inside)}，绝对值结束， "
        return super().fence(left, inside, right)

    def accent(self, name: str, inside: Row) -> str:
        return f" {self.say(inside)} 的{name} "

    def grid(self, rows: tuple[tuple[Row, ...], ...]) -> str:
        lines = [
            f"第 {place} 行：" + "；".join(self.say(cell) for cell in row)
            for place, row in enumerate(rows, start=1)
        ]
        return f" {len(rows)} 行的表，" + "，".join(lines) + "，表结束， "

    def lines(self, rows: tuple[tuple[Row, ...], ...]) -> str:
        said = [f"第 {place} 行：{self.row(row)}" for place, row in enumerate(rows, start=1)]
        return f" 共 {len(rows)} 行，" + "，".join(said) + "，各行结束， "


def _is_short(row: Row) -> bool:
    """Tell whether where a part ends is heard without being said."""
    inner = only(row)
    if isinstance(inner, Number | Letter | Upright | Text | Mark):
        return True
    if isinstance(inner, Row):
        signed = len(inner.parts) == 2 and inner.parts[0] == Mark("-")
        return signed and isinstance(inner.parts[1], Number | Letter)
    return (
        isinstance(inner, Scripts)
        and all(
            each is None
            or (len(each.parts) == 1 and isinstance(each.parts[0], Number | Letter | Upright | Text | Mark))
            for each in (inner.sub, inner.sup)
        )
        and isinstance(inner.base, Letter | Upright)
    )
