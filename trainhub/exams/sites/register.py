"""The register of sites: application, inspection, admission, suspension; an owner who trains is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from trainhub import ledger, separation
from trainhub.exams.sites.independence import require_independent
from trainhub.exams.sites.models import ExamRoom, Site, SiteInspection, SiteState
from trainhub.exams.sites.standard import site_standard, spare_machines_needed
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l, for_any_reader
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.regulations import value


def get_site(code: str, *, centres: Sequence[int] | None = None) -> Site:
    """Return a site by code.

    Args:
        code: of the site.
        centres: ids of the exam centres whose sites the person may see; None in the house itself.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    statement = select(Site).where(Site.code == code)
    if centres is not None:
        statement = statement.where(Site.centre_id.in_(centres))
    site = db.session.scalar(statement)
    if site is None:
        raise NotFound(_l("There is no such site."))
    return site


def sites_of(centres: Sequence[int]) -> list[Site]:
    """Return the sites of some exam centres in the order of their codes."""
    return list(db.session.scalars(select(Site).where(Site.centre_id.in_(centres)).order_by(Site.code)))


def usable_sites(centres: Sequence[int]) -> list[Site]:
    """Return the sites of some exam centres at which sittings may be planned."""
    return [site for site in sites_of(centres) if site.state == SiteState.ACTIVE and site.rooms]


def require_usable(site: Site, *, by: Person) -> None:
    """Refuse a site that is not active or whose owner is linked to a training body.

    Raises:
        Conflict: the site is not active.
        Refused: S-03, the owner trains or is linked to who trains.
    """
    if site.state != SiteState.ACTIVE:
        raise Conflict(
            _("The site %(name)s is not active: %(reason)s", name=site.name, reason=site.state_reason or "–")
        )
    require_independent(site.organisation, by=by)


def add_site(
    organisation: Organisation, code: str, name: str, address: str, *, centre: Organisation, by: Person
) -> Site:
    """Record the application of an organisation to be an exam site.

    Raises:
        Invalid: code, name or address are missing or have another form.
        Conflict: the code is taken.
        Refused: S-03, the organisation trains or is linked to who trains.
    """
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,29}", code):
        raise Invalid(_("A code has 2 to 30 capital letters, digits and hyphens."))
    if not name.strip() or not address.strip():
        raise Invalid(_("A site needs a name and an address."))
    lock("site", code)
    if db.session.scalar(select(Site.id).where(Site.code == code)):
        raise Conflict(_("The code %(code)s is taken.", code=code))
    require_independent(organisation, by=by)
    separation.relations.state_organisation(
        organisation, by, kind=OrganisationKind.EXAM_SITE, source="exam site"
    )
    site = Site(
        code=code,
        name=name.strip(),
        address=address.strip(),
        organisation=organisation,
        centre=centre,
        district=organisation.district,
        state=SiteState.APPLIED,
    )
    db.session.add(site)
    db.session.flush()
    ledger.append("site.applied", by=by, side="exam", site=code, organisation=organisation.code)
    return site


def add_room(
    site: Site, code: str, name: str, seats: int, *, seats_per_row: int = 6, spare_machines: int, by: Person
) -> ExamRoom:
    """Add an examination room to a site.

    Raises:
        Invalid: more seats than the law allows in a room, or too few spare machines.
        Conflict: the site has a room of this code.
    """
    hold_site(site)
    most = int(value("site.room.max_candidates", on=clock.today()))
    spare = spare_machines_needed(seats, clock.today())
    if not name.strip() or not re.fullmatch(r"[A-Za-z0-9-]{1,20}", code):
        raise Invalid(_("A room needs a name and a code of letters and digits."))
    if not 1 <= seats <= most or not 1 <= seats_per_row <= seats:
        raise Invalid(_("A room has 1 to %(most)s seats, in rows.", most=most))
    if spare_machines < spare:
        raise Invalid(
            _(
                "A room with %(seats)s seats needs at least %(spare)s spare machines.",
                seats=seats,
                spare=spare,
            )
        )
    if any(room.code == code for room in site.rooms):
        raise Conflict(_("The code %(code)s is taken.", code=code))
    room = ExamRoom(
        site=site,
        code=code,
        name=name.strip(),
        seats=seats,
        seats_per_row=seats_per_row,
        spare_machines=spare_machines,
    )
    db.session.add(room)
    db.session.flush()
    ledger.append("site.room.added", by=by, side="exam", site=site.code, room=code, seats=seats)
    return room


def inspect_site(site: Site, findings: Mapping[str, bool], note: str, *, by: Person) -> SiteInspection:
    """Record how a site was found against the standard of today.

    Args:
        site: which.
        findings: whether each point of the standard is met, by its code.
        note: what else was seen.
        by: the inspecting person.

    Raises:
        Invalid: a point of the standard has no finding.
    """
    hold_site(site)
    standard = site_standard(clock.today())
    missing = [point.name for point in standard.points if point.code not in findings]
    if missing:
        raise Invalid(_("No finding is given for: %(points)s", points="、".join(missing)))
    passed = all(findings[point.code] for point in standard.points if point.required)
    kept = {point.code: bool(findings[point.code]) for point in standard.points}
    inspection = SiteInspection(
        site_id=site.id,
        standard_version=standard.version,
        findings=kept,
        passed=passed,
        note=note.strip(),
        inspected_by_id=by.id,
        inspected_at=clock.now(),
    )
    db.session.add(inspection)
    if passed and site.state == SiteState.APPLIED:
        _move(site, SiteState.INSPECTED, "")
    elif not passed and site.state == SiteState.ACTIVE:
        with for_any_reader():
            _move(site, SiteState.SUSPENDED, _("An inspection found that a required point is not met."))
    db.session.flush()
    ledger.append(
        "site.inspected",
        by=by,
        side="exam",
        site=site.code,
        passed=passed,
        standard=standard.version,
        findings=kept,
    )
    return inspection


def last_inspection(site: Site) -> SiteInspection | None:
    """Return the newest inspection of a site."""
    statement = (
        select(SiteInspection).where(SiteInspection.site_id == site.id).order_by(SiteInspection.id.desc())
    )
    return db.session.scalar(statement.limit(1))


def hold_site(site: Site) -> None:
    """Let deeds about a site wait for each other until this one ends, and read it as it is then."""
    lock("site", site.code)
    db.session.flush()
    db.session.refresh(site)


def activate_site(site: Site, *, by: Person) -> None:
    """Admit a site that was inspected by today's standard and meets every required point.

    Raises:
        Conflict: it was not inspected by this standard, or a required point is not met.
        Refused: S-03, the owner trains or is linked to who trains.
    """
    hold_site(site)
    if site.state == SiteState.ACTIVE:
        raise Conflict(_("The site is active already."))
    inspection = last_inspection(site)
    if inspection is None or inspection.standard_version != site_standard(clock.today()).version:
        raise Conflict(_("The site has not been inspected by the standard of today."))
    if not inspection.passed:
        raise Conflict(_("The last inspection found that a required point is not met."))
    require_independent(site.organisation, by=by)
    _move(site, SiteState.ACTIVE, "")
    ledger.append("site.activated", by=by, side="exam", site=site.code, inspection=inspection.id)


def suspend_site(site: Site, reason: str, *, by: Person) -> None:
    """Stop the use of a site until it is inspected and admitted again.

    Raises:
        Invalid: no reason is given.
        Conflict: the site is not active.
    """
    hold_site(site)
    if not reason.strip():
        raise Invalid(_("Give the reason."))
    if site.state != SiteState.ACTIVE:
        raise Conflict(_("The site is not active."))
    _move(site, SiteState.SUSPENDED, reason.strip())
    ledger.append("site.suspended", by=by, side="exam", site=site.code)


def _move(site: Site, state: SiteState, reason: str) -> None:
    site.state = state
    site.state_reason = reason
