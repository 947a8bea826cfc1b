"""Two reviewers take known items of two centres out of use at once: they wait for each other."""

import threading

import pytest

from tests.factories.bank import make_approved, make_bank, make_staff
from tests.factories.people import give_duty, make_officer, make_organisation
from tests.on_postgres import application_on_postgres
from trainhub.exams.bank import conflicts, items
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Item
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import relations
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres


def make_known(codes, monkeypatch):
    """A centre with two items in use whose author begins to teach for them."""
    staff = make_staff()
    numbers = iter(codes)
    with monkeypatch.context() as there:
        there.setattr(items, "readable_code", lambda _length: next(numbers))
        bank = make_bank(staff)
        make_approved(bank, staff, number=len(codes))
    body = make_organisation(OrganisationKind.TRAINING_BODY)
    period = (clock.today(), clock.today())
    relations.state_class(f"CLASS-{body.code}", body, bank.qualification, *period, by=None)
    relations.state_taught(staff.author, f"CLASS-{body.code}", body, *period, by=None, source="class")
    return staff.centre


def test_who_retires_items_of_two_centres_in_another_order_waits_and_both_are_done(tmp_path, monkeypatch):
    with application_on_postgres(tmp_path) as app:
        with transaction():
            one, other = (make_known(codes, monkeypatch) for codes in (("1", "4"), ("2", "3")))
            reviewers = [make_officer(Duty.REVIEW_ITEMS, one) for _each in range(2)]
            for each in reviewers:
                give_duty(each, Duty.REVIEW_ITEMS, other)
            reviewer_ids = [each.id for each in reviewers]
        both_hold_their_first, problems = threading.Barrier(2), []
        withdraw = conflicts.withdraw_live

        def withdraw_and_wait(item, by):
            withdraw(item, by)
            try:
                both_hold_their_first.wait(0.5)
            except threading.BrokenBarrierError:
                pass

        def retire(by_id, codes):
            try:
                with app.app_context(), transaction():
                    conflicts.retire_known(codes, "命题人员已担任教员", by=db.session.get_one(Person, by_id))
            except Exception as problem:
                problems.append(problem)

        monkeypatch.setattr(conflicts, "withdraw_live", withdraw_and_wait)
        works = zip(reviewer_ids, (["Q-1", "Q-3"], ["Q-2", "Q-4"]), strict=True)
        threads = [threading.Thread(target=retire, args=each) for each in works]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)

        assert problems == []
        assert {newest_version(each).state for each in db.session.query(Item)} == {"retired"}
