"""A draw of exam staff with everybody it needs."""

import secrets

from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from trainhub.exams.staffing import draws, lottery
from trainhub.exams.staffing.models_of_draws import Party
from trainhub.kernel.db import db
from trainhub.ledger import sequencing
from trainhub.separation.duties import Duty


class Drawing:
    """A centre with a sitting, invigilators and inspectors in its register, and the two parties."""

    def __init__(self, invigilators=4, inspectors=2):
        self.centre = make_centre()
        self.officer = make_officer(Duty.ASSIGN_STAFF, self.centre)
        self.supervisor = make_officer(Duty.SUPERVISE, self.centre)
        self.sitting = make_sitting(self.centre, self.officer)
        self.candidate = make_candidate(self.sitting, self.officer)
        self.invigilators = [make_staff_member(self.centre, self.officer) for _n in range(invigilators)]
        self.inspectors = [
            make_staff_member(self.centre, self.officer, Duty.INSPECT, district="elsewhere")
            for _n in range(inspectors)
        ]
        self.secrets = {party: secrets.token_hex(32) for party in Party}
        self.by = {Party.CENTRE: self.officer, Party.OVERSIGHT: self.supervisor}

    def freeze(self, *sittings, duties=(Duty.INVIGILATE, Duty.INSPECT), reason=""):
        """Freeze the pool."""
        db.session.flush()
        return draws.freeze(list(sittings) or [self.sitting], duties, reason, by=self.officer)

    def commit(self, draw, party):
        """Commit a party to its secret."""
        said = lottery.commitment(draw.code, draw.pool_hash, party, self.secrets[party])
        return draws.commit(draw, party, said, by=self.by[party])

    def reveal(self, draw, party):
        """Reveal a party's secret."""
        return draws.reveal(draw, party, self.secrets[party], by=self.by[party])

    def carry_out(self, draw):
        """Take a frozen draw to its end."""
        for party in Party:
            self.commit(draw, party)
        sign_head()
        for party in Party:
            self.reveal(draw, party)
        return draw


def sign_head():
    """Take every leaf into the tree and sign its head, as the sequencer does."""
    db.session.flush()
    sequencing.sequence()
    return sequencing.sign_head()
