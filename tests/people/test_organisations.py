"""Organisations: recorded once, with a code that is one, found by it."""

from __future__ import annotations

import pytest

from tests.factories.people import make_organisation
from trainhub.kernel.db import transaction
from trainhub.kernel.errors import DomainError, NotFound
from trainhub.people.models import OrganisationKind
from trainhub.people.organisations import get_organisation, organisations_of_kind, record_organisation


def test_an_organisation_is_found_by_its_code_and_kind(app):
    with transaction():
        make_organisation(OrganisationKind.EXAM_SITE, "第一考点", "SITE-1", "东港区")
    found = get_organisation("SITE-1")
    assert (found.name, found.kind, found.district) == ("第一考点", "exam_site", "东港区")
    assert [each.code for each in organisations_of_kind(OrganisationKind.EXAM_SITE)] == ["SITE-1"]
    with pytest.raises(NotFound):
        get_organisation("SITE-2")


def test_a_code_belongs_to_one_organisation(app):
    with transaction():
        make_organisation(code="ORG-X")
    with pytest.raises(DomainError), transaction():
        make_organisation(code="ORG-X")


@pytest.mark.parametrize("code", ["", "a b", "机构", "../x", "<b>", "X" * 31])
def test_a_code_that_is_none_is_refused(app, code):
    with pytest.raises(DomainError), transaction():
        record_organisation(code, "某机构", OrganisationKind.ENTERPRISE, "东港区", by=None)
