"""Accident cases for tests, made by the deeds that make them in the house."""

from dataclasses import replace
from datetime import date

from tests.factories.people import make_officer, make_organisation
from trainhub.cases import approving, drafting
from trainhub.cases.facts import CaseFacts
from trainhub.people.models import OrganisationKind
from trainhub.separation.duties import Duty

FACTS = CaseFacts(
    title="传送带检修未上锁致一人死亡",
    occurred_on=date(2026, 8, 3),
    district="市北区",
    place="装配车间",
    unit="某机械企业",
    industry="manufacturing",
    accident_type="machinery",
    cause="act",
    deaths=1,
    serious_injuries=0,
    minor_injuries=0,
    missing=0,
    loss_fen=14_500_000,
    is_responsibility=True,
    events="维修工未断开电源即进入防护罩内作业，传送带突然启动。",
    rescue="现场急停并送医。",
    direct_cause="未执行断电、上锁、挂牌。",
    indirect_cause="能量隔离制度停留在纸面。",
    responsibility="车间主任被撤职。",
    lessons="谁检修谁上锁。",
    measures="全员配发个人锁具。",
    source="教学虚构案例",
)


class Authority:
    """An authority with a drafter and an approver."""

    def __init__(self):
        self.organisation = make_organisation(OrganisationKind.AUTHORITY)
        self.drafter = make_officer(Duty.DRAFT_CASES, self.organisation)
        self.approver = make_officer(Duty.APPROVE_CASES, self.organisation)

    def draft(self, **changes):
        """A draft."""
        return drafting.draft_case(replace(FACTS, **changes), self.organisation, by=self.drafter)

    def hand_in(self, film=None, **changes):
        """A case that waits for approval."""
        case = self.draft(**changes)
        if film is not None:
            drafting.give_film(case, film, by=self.drafter)
        drafting.submit(case, by=self.drafter)
        return case

    def publish(self, film=None, **changes):
        """A published case."""
        case = self.hand_in(film, **changes)
        approving.approve(case, by=self.approver)
        return case
