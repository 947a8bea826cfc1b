"""Admission tickets (准考证): one page each with a QR code for check-in; all of a sitting in one file.

The QR code holds a random check-in code and nothing else: no name, no number, no address of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import select

from trainhub import regulations
from trainhub.exams.sittings.models import Candidate, CandidateState, Sitting, TicketFile
from trainhub.exams.sittings.objections import candidate_by_ticket
from trainhub.exams.sittings.plan import candidates_of, get_sitting
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.jobs import Progress, job, path_to
from trainhub.kernel.keys import seal, unseal
from trainhub.kernel.left_files import LeftFiles, has_any
from trainhub.kernel.pages import mask_id
from trainhub.kernel.pdf import GREY, RULE, WHITE, Document
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.kernel.typeface import text_width
from trainhub.people.models import Person
from trainhub.people.persons import id_number_of

QR_PREFIX = "TRAINHUB-TICKET:"


@dataclass(frozen=True)
class Ticket:
    """What is printed on a ticket.

    Args:
        number: ticket number.
        check_in: content of the QR code.
        name: of the candidate.
        id_number: masked.
        employer: as registered.
        qualification_zh: what is examined.
        qualification_en: the same in English.
        day: day and weekday.
        starts: time of the beginning.
        entry: from when to when one is let in.
        minutes: length.
        site: name of the site.
        address: of the site.
        room: name of the room.
        seat: number of the seat.
        sitting: code of the sitting.
        centre: who holds the examination.
    """

    number: str
    check_in: str
    name: str
    id_number: str
    employer: str
    qualification_zh: str
    qualification_en: str
    day: str
    starts: str
    entry: str
    minutes: int
    site: str
    address: str
    room: str
    seat: str
    sitting: str
    centre: str


def ticket_of(candidate: Candidate) -> Ticket:
    """Return what the ticket of a candidate says.

    Raises:
        Conflict: the candidate is withdrawn, not eligible, or has no seat yet.
    """
    sitting = candidate.sitting
    if candidate.state != CandidateState.REGISTERED or candidate.room is None:
        raise Conflict(_("There is no ticket before a seat is given."))
    start = clock.local(sitting.starts_at)
    known = regulations.qualification(sitting.qualification, on=start.date())
    return Ticket(
        number=candidate.ticket_number,
        check_in=QR_PREFIX + candidate.check_in_code,
        name=candidate.person.name,
        id_number=mask_id(id_number_of(candidate.person)),
        employer=candidate.employer_name,
        qualification_zh=known.name_zh,
        qualification_en=known.name_en,
        day=f"{start:%Y-%m-%d} 周{'一二三四五六日'[start.weekday()]} {start:%a}",
        starts=f"{start:%H:%M}",
        entry=f"{clock.local(sitting.entry_from):%H:%M} – {clock.local(sitting.entry_until):%H:%M}",
        minutes=sitting.minutes,
        site=sitting.site.name,
        address=sitting.site.address,
        room=candidate.room.exam_room.name,
        seat=f"{candidate.seat_number:02d}",
        sitting=sitting.code,
        centre=sitting.organisation.name,
    )


def candidate_by_check_in(text: str) -> Candidate | None:
    """Return the candidate whose ticket was scanned (QR content) or typed (ticket number), or None."""
    code = text.strip()
    if code.startswith(QR_PREFIX):
        wanted = code.removeprefix(QR_PREFIX)
        return db.session.scalar(select(Candidate).where(Candidate.check_in_code == wanted))
    return candidate_by_ticket(code)


def print_tickets(tickets: Sequence[Ticket], progress: Progress | None = None) -> bytes:
    """Return a PDF with one page a ticket."""
    centre = tickets[0].centre if tickets else ""
    document = Document("exam", "准考证", "Admission ticket", footer=centre)
    for number, ticket in enumerate(tickets, start=1):
        document.new_page()
        _pass(document, ticket)
        _rules(document, ticket)
        if progress is not None and number % 50 == 0:
            progress.tell(number, len(tickets), _("Printing tickets"))
    return document.bytes()


def _pass(document: Document, ticket: Ticket) -> None:
    """Draw the pass: what and when on the left, seat and code on the torn-off part on the right."""
    left, top, width, height, stub = 15.0, 26.0, 180.0, 115.0, 58.0
    document.box(left, top, width, height, fill=WHITE, edge=RULE, radius=4)
    document.box(left, top, width, 22, fill=document.mark.tint, radius=4)
    document.text(left + 8, top + 10, ticket.qualification_zh, 17, colour=document.mark.colour, strong=True)
    document.text(left + 8, top + 17, f"{ticket.qualification_en} · 理论考试 Theory", 8.5, colour=GREY)
    document.text(left + width - 8, top + 10, ticket.number, 13, align="right", strong=True)
    document.text(left + width - 8, top + 17, "准考证号 Ticket number", 8, colour=GREY, align="right")
    tear = left + width - stub
    document.line(tear, top + 26, tear, top + height - 4, dashed=True)
    _left_part(document, ticket, left + 8, top + 34, tear - left - 14)
    _stub(document, ticket, tear, top + 26, stub)


def _left_part(document: Document, ticket: Ticket, x: float, y: float, width: float) -> None:
    half = width / 2
    document.labelled(x, y, "姓名", "Name", ticket.name, 16, half - 4)
    document.labelled(x + half, y, "身份证号", "ID number", ticket.id_number, 11, half)
    y += 19
    document.labelled(x, y, "日期", "Date", ticket.day, 12, half + 6)
    document.labelled(x + half + 10, y, "开考时间", "Starts", ticket.starts, 16, half - 10)
    y += 18
    document.labelled(x, y, "入场时间", "Entry", ticket.entry, 12, half)
    document.labelled(x + half + 10, y, "时长", "Length", f"{ticket.minutes} 分钟 min", 11, half - 10)
    y += 17
    document.labelled(x, y, "考点", "Site", f"{ticket.site}　{ticket.address}", 10.5, width)
    y += 15
    document.labelled(x, y, "工作单位", "Employer", ticket.employer, 9.5, width)


def _stub(document: Document, ticket: Ticket, x: float, y: float, width: float) -> None:
    centre = x + width / 2
    document.qr(centre - 20, y, 40, ticket.check_in)
    document.text(centre, y + 43, "扫码签到 Scan to check in", 7, colour=GREY, align="centre")
    document.text(centre, y + 52, ticket.room, 11, align="centre", strong=True)
    document.text(centre, y + 57, "考场 Room", 7.5, colour=GREY, align="centre")
    document.text(centre, y + 73, ticket.seat, 38, colour=document.mark.colour, align="centre", strong=True)
    document.text(centre, y + 79, "座位号 Seat", 7.5, colour=GREY, align="centre")


RULES = (
    ("凭本准考证和本人有效身份证原件入场，人证一致方可参加考试。", "Bring this ticket and your own ID card."),
    ("迟于入场截止时间到达的，不得入场。", "Nobody is let in after the end of entry."),
    (
        "手机、智能手表等通讯工具和资料一律存放在指定处，考试中使用即按违纪处理。",
        "Leave telephones, watches and papers at the place shown.",
    ),
    (
        "按座位号就座，服从监考员安排，考试全程录像。",
        "Take your seat; the whole examination is recorded on video.",
    ),
    (
        "作答即时保存；设备有故障请举手，所耽误的时间由监考员登记。",
        "Answers are saved as you give them; raise your hand if a machine fails.",
    ),
    (
        "考试结果在公布后通知本人；对报名或成绩有异议，可在考试端“本人异议”页面提出。",
        "You are told the result; object on the page “Objections” if this was not you.",
    ),
)


def _rules(document: Document, ticket: Ticket) -> None:
    y = 155.0
    document.text(15, y, "考生须知", 12, strong=True)
    document.text(15 + text_width("考生须知", 12) + 3, y, "Please note", 8.5, colour=GREY)
    y += 8
    for number, (rule, english) in enumerate(RULES, start=1):
        document.text(15, y, f"{number}.", 9.5)
        y = document.paragraph(21, y, rule, 170, 9.5)
        y = document.paragraph(21, y - 0.6, english, 170, 7.5, colour=GREY) + 2
    document.text(15, y + 4, f"场次 Sitting {ticket.sitting}", 8, colour=GREY)


sealed_by_master(TicketFile, "file_key", lambda row: f"tickets:{row.id}", in_file=True)


@job("sittings.tickets", again=True)
def print_all(progress: Progress, sitting_code: str, by_id: str) -> str:
    """Print all tickets of a sitting into one file, kept sealed."""
    with reading():
        sitting = get_sitting(sitting_code)
        tickets = [ticket_of(each) for each in candidates_of(sitting) if each.room is not None]
        sitting_id = sitting.id
    if not tickets:
        raise Conflict(_("There is no ticket before a seat is given."))
    content = print_tickets(tickets, progress)
    file_id = random_id()
    file_key = storage.put(BytesIO(seal("exam", content, f"tickets:{file_id}")), ".tickets")
    with transaction():
        row = TicketFile(
            id=file_id, sitting_id=sitting_id, file_key=file_key, tickets=len(tickets), made_by_id=by_id
        )
        row.made_at = clock.now()
        db.session.add(row)
    progress.tell(len(tickets), len(tickets), _("Done"))
    return path_to("sittings.ticket_file", code=sitting_code, file_id=file_id)


def last_ticket_file(sitting: Sitting) -> TicketFile | None:
    """Return the newest file of all tickets."""
    statement = select(TicketFile).where(TicketFile.sitting_id == sitting.id)
    return db.session.scalar(statement.order_by(TicketFile.made_at.desc()).limit(1))


def read_ticket_file(sitting: Sitting, file_id: str) -> bytes:
    """Return a file of all tickets of a sitting.

    Raises:
        NotFound: this sitting has no such file.
    """
    statement = select(TicketFile).where(TicketFile.id == file_id, TicketFile.sitting_id == sitting.id)
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound(_l("There is no such file."))
    return unseal("exam", storage.read(row.file_key), f"tickets:{file_id}")


def tickets_of_person(person: Person) -> list[Candidate]:
    """Return a person's own registrations, newest sitting first."""
    statement = (
        select(Candidate)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(Candidate.person_id == person.id)
        .order_by(Sitting.starts_at.desc())
    )
    return list(db.session.scalars(statement))


SWEEPING = LeftFiles(".tickets", TicketFile.file_key, has_any(TicketFile.id)).chore
