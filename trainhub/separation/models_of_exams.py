"""Relations that the examination side states: content, sittings, staff, marks, certificates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel.db import EXAM_SIDE
from trainhub.separation.relation import OfItem, OfPaper, OfSitting, Relation


class Related(Relation):
    """Two persons are close: relatives, or one asked not to judge the other (回避申报)."""

    __tablename__ = "separation_related"
    __table_args__ = (EXAM_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    other_id: Mapped[str] = mapped_column(index=True)


class Qualified(Relation):
    """A person stands in the register of exam staff for a duty (考务人员名册)."""

    __tablename__ = "separation_qualified"
    __table_args__ = (EXAM_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    duty: Mapped[str]
    organisation_code: Mapped[str]
    district: Mapped[str]


class Authored(OfItem):
    """A person wrote or imported an item (命题)."""

    __tablename__ = "separation_authored"
    __table_args__ = (EXAM_SIDE,)


class Reviewed(OfItem):
    """A person reviewed an item (审题)."""

    __tablename__ = "separation_reviewed"
    __table_args__ = (EXAM_SIDE,)


class Live(Relation):
    """An item of a qualification is in use (试题在用), from its approval until it is retired."""

    __tablename__ = "separation_live"
    __table_args__ = (EXAM_SIDE,)

    item_code: Mapped[str] = mapped_column(index=True)
    qualification: Mapped[str]


class Contains(Relation):
    """A paper contains an item (试卷含题)."""

    __tablename__ = "separation_contains"
    __table_args__ = (EXAM_SIDE,)

    paper_code: Mapped[str] = mapped_column(index=True)
    item_code: Mapped[str] = mapped_column(index=True)


class Assembled(OfPaper):
    """A person assembled a paper (组卷)."""

    __tablename__ = "separation_assembled"
    __table_args__ = (EXAM_SIDE,)


class Sealed(OfPaper):
    """A person reviewed and sealed a paper (审卷封存)."""

    __tablename__ = "separation_sealed"
    __table_args__ = (EXAM_SIDE,)


class Saw(OfPaper):
    """A person saw the content of a paper before its sitting (接触试卷)."""

    __tablename__ = "separation_saw"
    __table_args__ = (EXAM_SIDE,)


class Knows(OfPaper):
    """A person wrote or reviewed an item (命审题涉卷) of a paper whose items nobody may list."""

    __tablename__ = "separation_knows"
    __table_args__ = (EXAM_SIDE,)


class Uses(Relation):
    """A sitting uses a paper (场次用卷)."""

    __tablename__ = "separation_uses"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)
    paper_code: Mapped[str] = mapped_column(index=True)


class SittingRelation(Relation):
    """Where and when a sitting is, and how large (场次安排)."""

    __tablename__ = "separation_sitting"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)
    site_code: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str]
    district: Mapped[str]
    qualification: Mapped[str]
    rooms: Mapped[int]
    candidates: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class RoomRelation(Relation):
    """A room of a sitting and how many candidates sit there (场次考场)."""

    __tablename__ = "separation_room"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)
    room_code: Mapped[str]
    candidates: Mapped[int]


class Opened(Relation):
    """A sitting was opened (开考)."""

    __tablename__ = "separation_opened"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)


class Registered(OfSitting):
    """A person is registered for a sitting, sent and trained by whom as far as known (报考)."""

    __tablename__ = "separation_registered"
    __table_args__ = (Index(None, "person_id", "sitting_code"), EXAM_SIDE)

    # In one index with the sitting: rules look for two hundred colleagues of somebody in one sitting, and
    # most of them are registered for others.
    person_id: Mapped[str] = mapped_column(index=False)
    employer_code: Mapped[str | None]
    training_body_code: Mapped[str | None]


class Appointed(OfSitting):
    """A person is appointed to a sitting for a duty (派遣), in a room or, without one, wherever needed."""

    __tablename__ = "separation_appointed"
    __table_args__ = (EXAM_SIDE,)

    duty: Mapped[str]
    room_code: Mapped[str | None]


class Marked(OfSitting):
    """A person marked a sitting (评卷)."""

    __tablename__ = "separation_marked"
    __table_args__ = (EXAM_SIDE,)


class Judged(OfSitting):
    """A response or answer sheet of a candidate (``other_id``) is or was a person's (评阅、录入).

    A response is stated when it is allotted, before they can read it, and withdrawn if it is taken from them
    unmarked; an answer sheet when they take it up to enter what stands on it.
    """

    __tablename__ = "separation_judged"
    __table_args__ = (EXAM_SIDE,)

    other_id: Mapped[str] = mapped_column(index=True)
    response_code: Mapped[str] = mapped_column(index=True)


class Corrected(OfSitting):
    """A person proposed to change a mark of a result (提出更正); ``result_code`` is the correction's code."""

    __tablename__ = "separation_corrected"
    __table_args__ = (EXAM_SIDE,)

    result_code: Mapped[str] = mapped_column(index=True)


class Confirmed(OfSitting):
    """A person approved the change of a mark (批准更正)."""

    __tablename__ = "separation_confirmed"
    __table_args__ = (EXAM_SIDE,)

    result_code: Mapped[str] = mapped_column(index=True)


class Published(OfSitting):
    """A person published the results of a sitting (发布成绩)."""

    __tablename__ = "separation_published"
    __table_args__ = (EXAM_SIDE,)


class Issued(OfSitting):
    """A person issued certificates for the results of a sitting (发证)."""

    __tablename__ = "separation_issued"
    __table_args__ = (EXAM_SIDE,)
