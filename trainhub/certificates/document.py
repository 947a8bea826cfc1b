"""The sheet of a proof (考核合格证明): whose it is, what for, until when, where it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape

from trainhub.kernel.pdf import GREY, INK, Document
from trainhub.kernel.typeface import text_width

TITLE = "安全生产考核合格证明"
TITLE_EN = "Proof of a passed work-safety examination"
GOLD = HexColor("#9a7b2f")


@dataclass(frozen=True)
class Facts:
    """What a proof says; no ID number, so that a lost sheet gives nobody's identity away.

    Args:
        number: of the certificate.
        holder: name.
        qualification: name in Chinese.
        qualification_en: name in English.
        examined_on: day of the sitting.
        site: name of the exam site.
        issued_on: first day.
        valid_to: last day.
        authority: who issues.
        verify_url: where the QR code leads.
        verify_page: the page to type by hand.
        national_lookup: where the national certificate is looked up.
    """

    number: str
    holder: str
    qualification: str
    qualification_en: str
    examined_on: date
    site: str
    issued_on: date
    valid_to: date
    authority: str
    verify_url: str
    verify_page: str
    national_lookup: str


def draw(facts: Facts) -> bytes:
    """Return the unsigned sheet, one A4 page across."""
    sheet = Document("exam", TITLE, TITLE_EN, footer=f"{facts.number}", size=landscape(A4))
    sheet.canvas.setSubject(facts.number)
    sheet.canvas.setKeywords(f"{facts.number}; valid-to={facts.valid_to.isoformat()}")
    sheet.new_page()
    _frame(sheet)
    _heading(sheet)
    _statement(sheet, facts)
    _fields(sheet, facts)
    _check(sheet, facts)
    _note(sheet, facts)
    return sheet.bytes()


def _frame(sheet: Document) -> None:
    colour = sheet.mark.colour
    sheet.box(12, 22, sheet.width - 24, sheet.height - 40, edge=colour, radius=2.5)
    sheet.box(13.6, 23.6, sheet.width - 27.2, sheet.height - 43.2, edge=GOLD, radius=2)


def _heading(sheet: Document) -> None:
    middle = sheet.width / 2
    sheet.text(middle, 42, TITLE, 30, colour=sheet.mark.colour, align="centre", strong=True)
    sheet.text(middle, 49.5, TITLE_EN, 10.5, colour=GREY, align="centre")
    sheet.line(middle - 42, 54, middle + 42, 54, colour=GOLD)


def _statement(sheet: Document, facts: Facts) -> None:
    sheet.text(28, 70, facts.holder, _fitting(facts.holder), colour=INK, strong=True)
    text = (
        f"于 {_day(facts.examined_on)} 在{facts.site}参加安全生产理论考试，"
        f"成绩合格，具备“{facts.qualification}”相应的安全生产知识和管理能力。特此证明。"
    )
    y = sheet.paragraph(28, 81, text, 168, 13.5)
    english = (
        f"has passed the theory examination for “{facts.qualification_en}” held on "
        f"{facts.examined_on.isoformat()}."
    )
    sheet.paragraph(28, y + 0.5, english, 168, 9.5, colour=GREY)


def _fitting(name: str) -> float:
    size = 24.0
    while size > 9 and text_width(name, size) > 165:
        size -= 0.5
    return size


def _fields(sheet: Document, facts: Facts) -> None:
    period = f"{facts.issued_on.isoformat()} 至 {facts.valid_to.isoformat()}"
    sheet.labelled(28, 118, "证明编号", "Number", facts.number, 13, 84)
    sheet.labelled(118, 118, "考核类别", "Qualification", facts.qualification, 13, 80)
    sheet.labelled(28, 137, "有效期", "Valid", period, 13, 84)
    sheet.labelled(118, 137, "签发机关", "Issued by", facts.authority, 13, 80)


def _check(sheet: Document, facts: Facts) -> None:
    left, top, size = sheet.width - 88, 62, 58
    sheet.box(left - 4, top - 4, size + 8, size + 27, fill=sheet.mark.tint, radius=2)
    sheet.qr(left, top, size, facts.verify_url)
    middle = left + size / 2
    sheet.text(middle, top + size + 7, "扫码核验真伪", 12, align="centre", strong=True)
    sheet.text(middle, top + size + 12, "Scan to verify", 8, colour=GREY, align="centre")
    sheet.text(middle, top + size + 18, facts.verify_page, 7.5, colour=GREY, align="centre")


def _note(sheet: Document, facts: Facts) -> None:
    sheet.line(28, 161, sheet.width - 28, 161)
    text = (
        "本证明由签发机关出具并附电子签名，仅证明本次考核合格，不是国家统一的安全生产知识和管理能力考核合格证或"
        f"特种作业操作证。国家证书请登录 {facts.national_lookup} 查询。"
        "以带电子签名的 PDF 文件为准；打印件请扫码或凭编号核验。"
    )
    y = sheet.paragraph(28, 167.5, text, sheet.width - 56, 9.5, colour=INK)
    english = (
        "This is a signed proof of the issuing authority, not the national certificate, which is looked up "
        f"at {facts.national_lookup}. The signed PDF file counts; check a print by the code or the number."
    )
    sheet.paragraph(28, y + 0.3, english, sheet.width - 56, 7.5, colour=GREY)


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
