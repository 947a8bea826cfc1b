"""The cast of the demo: invented people and organisations, and who has which duty for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainhub.kernel.i18n import _l
from trainhub.people.models import OrganisationKind as Kind
from trainhub.separation.duties import Duty

ORGANISATIONS = (
    ("BUREAU", "海川市应急管理局", Kind.AUTHORITY, "市南区"),
    ("CENTRE", "海川市安全生产考试中心", Kind.EXAM_CENTRE, "市南区"),
    ("CENTRE-2", "东港区安全生产考试中心", Kind.EXAM_CENTRE, "东港区"),
    ("ANTAI", "海川市安泰安全培训学校", Kind.TRAINING_BODY, "市北区"),
    ("HONGYUAN", "宏远职业培训学校", Kind.TRAINING_BODY, "东港区"),
    ("SITE-01", "海川职业技术学院", Kind.EXAM_SITE, "学府区"),
    ("SITE-02", "东港区公共实训基地", Kind.EXAM_SITE, "东港区"),
    ("HUAFENG", "海川华丰机械有限公司", Kind.ENTERPRISE, "市北区"),
    ("LANHAI", "蓝海化工有限公司", Kind.ENTERPRISE, "东港区"),
    ("DINGXIN", "鼎信建设工程有限公司", Kind.ENTERPRISE, "学府区"),
)


@dataclass(frozen=True)
class Role:
    """A person of the demo who signs in.

    Args:
        username: and what the person is called in the builders.
        name: of the person.
        organisation: code of whom the duties are done for; empty for those who only learn and sit exams.
        duties: held.
        born: eight digits for the ID number of learners; empty for staff, whose number is not held.
        phone: the number that the person gave; empty if none.
        said: what the person is, where no duty says it.
        ends_in_days: when the duties end, counted from today.
    """

    username: str
    name: str
    organisation: str = ""
    duties: tuple[Duty, ...] = ()
    born: str = ""
    phone: str = ""
    said: Any = ""
    ends_in_days: int = 800

    @property
    def label(self) -> Any:
        """What the person is, in the reader's language."""
        return self.said or self.duties[0].label


PASSPHRASE = "haichuan opens papers"
"""Of the opening keys of the demo's officers; each has a key of their own, under the same words."""
OPENS = _l("Paper opening officer, passphrase: haichuan opens papers")

ADMINISTRATORS = (
    Role("sysadmin", "贺文彬", "BUREAU", (Duty.ADMINISTER_SYSTEM,)),
    Role("secadmin", "陆佩珍", "BUREAU", (Duty.ADMINISTER_SECURITY,)),
    Role("auditor", "范仲衡", "BUREAU", (Duty.AUDIT,)),
)
STAFF = (
    Role("course-admin", "秦晓明", "ANTAI", (Duty.MANAGE_COURSES, Duty.ISSUE_TRAINING_RECORDS)),
    Role("instructor", "沈国华", "ANTAI", (Duty.TEACH,), ends_in_days=20),
    Role("publisher", "乔雨晴", "BUREAU", (Duty.DRAFT_CASES,)),
    Role("approver", "孟宪章", "BUREAU", (Duty.APPROVE_CASES,)),
    Role("item-author", "方志敏", "CENTRE", (Duty.AUTHOR_ITEMS,)),
    Role("item-reviewer", "顾明远", "CENTRE", (Duty.REVIEW_ITEMS,)),
    Role("paper-officer", "崔兰", "CENTRE", (Duty.ASSEMBLE_PAPERS,)),
    Role("paper-reviewer", "白立新", "CENTRE", (Duty.REVIEW_PAPERS,)),
    Role("opening-officer", "庄静安", "CENTRE", (Duty.OPEN_PAPERS,), said=OPENS),
    Role("opening-officer2", "卓文远", "CENTRE", (Duty.OPEN_PAPERS,), said=OPENS),
    Role("opening-officer3", "祁维明", "CENTRE", (Duty.OPEN_PAPERS,), said=OPENS),
    Role("site-manager", "石凯", "CENTRE", (Duty.MANAGE_SITES,)),
    Role("exam-admin", "汪海燕", "CENTRE", (Duty.ARRANGE_SITTINGS, Duty.ASSIGN_STAFF, Duty.MANAGE_SITES)),
    Role("exam-admin2", "戴建平", "CENTRE", (Duty.ARRANGE_SITTINGS,)),
    Role("invigilator", "姚春梅", "CENTRE", (Duty.INVIGILATE,)),
    Role("invigilator2", "薛立军", "CENTRE", (Duty.INVIGILATE,)),
    Role("invigilator3", "金玉洁", "CENTRE", (Duty.INVIGILATE,)),
    Role("invigilator4", "丁少杰", "CENTRE", (Duty.INVIGILATE,)),
    Role("invigilator5", "纪海宁", "CENTRE", (Duty.INVIGILATE,)),
    Role("invigilator6", "霍思远", "CENTRE", (Duty.INVIGILATE,)),
    Role("supervisor", "鲁致远", "BUREAU", (Duty.SUPERVISE,)),
    Role("supervisor2", "严慧敏", "BUREAU", (Duty.SUPERVISE,)),
    Role("inspector", "尹铁军", "BUREAU", (Duty.INSPECT,)),
    Role("marker", "江一帆", "CENTRE", (Duty.MARK,)),
    Role("marker2", "柏云舟", "CENTRE", (Duty.MARK,)),
    Role("results-officer", "余淑珍", "CENTRE", (Duty.PUBLISH_RESULTS, Duty.HANDLE_OBJECTIONS)),
    Role("sheet-clerk", "费书宁", "CENTRE", (Duty.ENTER_SHEETS,)),
    Role("sheet-clerk2", "时若兰", "CENTRE", (Duty.ENTER_SHEETS,)),
    Role("sheet-clerk3", "易怀谷", "CENTRE", (Duty.ENTER_SHEETS,)),
    Role("certificate-officer", "苏文博", "CENTRE", (Duty.ISSUE_CERTIFICATES,)),
    Role("certificate-officer2", "詹立新", "CENTRE", (Duty.ISSUE_CERTIFICATES,)),
    Role("neighbour-admin", "韦思源", "CENTRE-2", (Duty.ASSIGN_STAFF,)),
    Role("neighbour-invigilator", "骆佳宁", "CENTRE-2", (Duty.INVIGILATE,)),
)
LEARNERS = (
    Role("trainee", "林小满", born="19920315", phone="19900000001", said=_l("Trainee")),
    Role("trainee2", "钟大勇", born="19880722", said=_l("Trainee")),
    Role("candidate", "蒋秋实", born="19851109", phone="19900000003", said=_l("Candidate")),
)
EVERYBODY = (*ADMINISTRATORS, *STAFF, *LEARNERS)
