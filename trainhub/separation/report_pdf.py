"""The proof report on paper: the sections one after another, then the ledger, then how to check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape

from trainhub.kernel.i18n import _, in_language, ngettext
from trainhub.kernel.pages import local_time
from trainhub.kernel.pdf import GREY, INK, Document
from trainhub.separation.report import text_of

LEFT = 15.0
TOP = 24.0
GOOD, BAD = HexColor("#14694a"), HexColor("#b3261e")
_PEOPLE_OF_THE_ROSTER = ("candidate.", "sitting.eligibility")
_SMALL = 7.5


def draw(report: Mapping[str, Any], json_hash: str, certificate: str) -> bytes:
    """Return the unsigned sheets of a report, in the report's own language.

    Args:
        report: plain values.
        json_hash: of the signed JSON that is attached.
        certificate: fingerprint of the certificate that signs.
    """
    with in_language(report["language"]):
        other = "Proof report on separation" if report["language"] != "en" else "考培分离证明报告"
        sheet = Document(
            "oversight",
            report["title"],
            other,
            footer=f"{report['sitting']} · {report['made_at'][:19]}Z",
            size=landscape(A4),
        )
        sheet.canvas.setSubject(f"proof-report {report['sitting']}")
        sheet.new_page()
        y = _summary(sheet, report)
        for section in report["sections"]:
            y = _section(sheet, y, section)
        y = _ledger(sheet, y, report["ledger"])
        _checking(sheet, y, json_hash, certificate)
        return sheet.bytes()


def _summary(sheet: Document, report: Mapping[str, Any]) -> float:
    count = report["audit"]["violations"]
    words = (
        _("No rule is violated in this sitting.")
        if not count
        else ngettext("%(num)s violation of rules", "%(num)s violations of rules", count)
    )
    sheet.text(LEFT, TOP + 5, words, 17, colour=BAD if count else GOOD, strong=True)
    missing = [
        text_of(row["wall"])
        for section in report["sections"]
        if section["id"] == "walls"
        for row in section["rows"]
        if not row["stands"]["code"]
    ]
    standing = (
        _("All four walls stand.") if not missing else _("Missing walls: %(names)s", names="、".join(missing))
    )
    made = _("Made at %(moment)s (Beijing time)", moment=_moment(report["made_at"]))
    sheet.text(LEFT, TOP + 12, f"{standing}  ·  {made}  ·  {report['names_text']}", 9.5, colour=GREY)
    return TOP + 20


def _moment(text: str) -> str:
    return local_time(datetime.fromisoformat(text))


def _section(sheet: Document, y: float, section: Mapping[str, Any]) -> float:
    y = _heading(sheet, y, section["title"], section["note"])
    rows = section["rows"] if section["printed"] is None else section["rows"][: section["printed"]]
    if not rows:
        sheet.text(LEFT, y + 1, section["nothing"] or "–", 9.5, colour=INK)
        return y + 8
    ids = [column["id"] for column in section["columns"]]
    cells = [[text_of(row[each]) for each in ids] for row in rows]
    widths = _widths(sheet, [float(column["weight"]) for column in section["columns"]])
    y = sheet.table(LEFT, y, widths, [[column["title"] for column in section["columns"]], *cells], size=8.5)
    if len(rows) < len(section["rows"]):
        left = len(section["rows"]) - len(rows)
        sheet.text(
            LEFT,
            y + 5,
            ngettext(
                "… and %(num)s more row in the attached JSON.",
                "… and %(num)s more rows in the attached JSON.",
                left,
            ),
            8.5,
            colour=GREY,
        )
        y += 6
    return y + 8


def _heading(sheet: Document, y: float, title: str, note: str) -> float:
    if y > sheet.height - 48:
        sheet.new_page()
        y = TOP
    sheet.text(LEFT, y + 3, title, 12.5, colour=sheet.mark.colour, strong=True)
    y += 7
    if note:
        y = sheet.paragraph(LEFT, y + 1, note, sheet.width - 2 * LEFT, 8.5, colour=GREY)
    return y


def _widths(sheet: Document, weights: Sequence[float]) -> list[float]:
    whole = sheet.width - 2 * LEFT
    return [whole * weight / sum(weights) for weight in weights]


def _ledger(sheet: Document, y: float, ledger: Mapping[str, Any]) -> float:
    entries = ledger["entries"]
    printed = [each for each in entries if not each["kind"].startswith(_PEOPLE_OF_THE_ROSTER)]
    note = ngettext(
        "%(num)s entry about this sitting; %(left)s about single candidates stand in the JSON alone.",
        "%(num)s entries about this sitting; %(left)s about single candidates stand in the JSON alone.",
        len(entries),
        left=len(entries) - len(printed),
    )
    y = _heading(sheet, y, _("Ledger"), note)
    heading = [_("When"), _("Decision"), _("Leaf of the ledger")]
    rows = [[_moment(each["at"]), each["text"], each["leaf_hash"]] for each in printed]
    if rows:
        y = sheet.table(LEFT, y, _widths(sheet, (1.2, 2, 4)), [heading, *rows], size=_SMALL) + 4
    return y + 4


def _checking(sheet: Document, y: float, json_hash: str, certificate: str) -> None:
    y = _heading(sheet, y, _("How to check this report"), "")
    words = _(
        "The signature covers this whole file and the JSON attached to it, which says the same for machines. "
        "Check both without asking us: trainhub separation verify-report FILE --certificate CERTIFICATE. "
        "Get the certificate from the supervising authority, not from whoever hands you the report."
    )
    y = sheet.paragraph(LEFT, y + 1, words, sheet.width - 2 * LEFT, 9)
    sheet.text(LEFT, y + 2, f"SHA-256 report.json  {json_hash}", _SMALL, colour=GREY)
    sheet.text(LEFT, y + 6, f"SHA-256 certificate  {certificate}", _SMALL, colour=GREY)
