"""Pages of the officer who issues and revokes, and of the person who owns a certificate."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.certificates.forms import RevocationForm
from trainhub.certificates.glance import at_a_glance
from trainhub.certificates.issuing import require_issuable, sitting_by_code
from trainhub.certificates.models import Certificate
from trainhub.certificates.public import verify
from trainhub.certificates.register import (
    find_certificate,
    issued,
    own_certificate,
    own_certificates,
    waiting_sittings,
)
from trainhub.certificates.revocation import revoke
from trainhub.certificates.witness import bear_witness
from trainhub.certificates.work import ISSUE, open_work
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel import clock, jobs, storage
from trainhub.kernel.access import signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.kernel.pages import paginate
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import take_form
from trainhub.people.models import Person
from trainhub.people.sign_in import current_person
from trainhub.regulations import qualification, qualifications
from trainhub.separation.duties import Duty

certificates = Blueprint("certificates", __name__, url_prefix="/exam/certificates")

STATES = {"valid": _l("valid"), "expired": _l("expired"), "revoked": _l("revoked")}


@certificates.get("")
@requires(Duty.ISSUE_CERTIFICATES)
def overview() -> ResponseReturnValue:
    """Show what waits to be issued, and what was issued."""
    reader = current_person()
    centres = _centres(reader)
    words, state = request.args.get("q", "").strip()[:60], request.args.get("state", "")
    return render_template(
        "certificates/overview.html",
        waiting=waiting_sittings(centres, reader),
        page=paginate(issued(centres, words, state)),
        names={each.code: each.name for each in qualifications(on=clock.today())},
        words=words,
        state=state,
        states=STATES,
    )


@certificates.post("/issue/<sitting_code>")
@requires(Duty.ISSUE_CERTIFICATES)
@writes
def issue(sitting_code: str) -> ResponseReturnValue:
    """Have the certificates of a sitting issued in the background; who published the results is refused."""
    take_form(None, overview)
    by = current_person()
    sitting = sitting_by_code(sitting_code, centres=_centres(by))
    require_issuable(sitting, by=by)
    title = _l("Issue certificates: %(sitting)s", sitting=sitting.code)
    row = jobs.start(ISSUE, title, by=by, language=choose_language(), sitting_code=sitting.code, by_id=by.id)
    return redirect(url_for("jobs.show", job_id=row.id))


@certificates.get("/<number>")
@requires(Duty.ISSUE_CERTIFICATES)
def show(number: str) -> ResponseReturnValue:
    """Show one certificate with who issued and revoked it."""
    return _page(find_certificate(number, centres=_centres(current_person())), RevocationForm())


@certificates.get("/<number>/file")
@requires(Duty.ISSUE_CERTIFICATES)
def download(number: str) -> ResponseReturnValue:
    """Hand out the signed file to the officer."""
    return _file(find_certificate(number, centres=_centres(current_person())))


@certificates.post("/<number>/revoke")
@requires(Duty.ISSUE_CERTIFICATES)
@writes
def revoke_certificate(number: str) -> ResponseReturnValue:
    """Revoke a certificate; who issued it is refused."""
    by = current_person()
    certificate = find_certificate(number, centres=_centres(by))
    form = RevocationForm()
    take_form(form, lambda: _page(certificate, form))
    revoke(certificate, form.reason.data, by=by)
    flash(_("The certificate is revoked. Whoever verifies it now is told so."), "success")
    return redirect(url_for(".show", number=certificate.number))


@certificates.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """Show the signed-in person's own certificates."""
    rows = own_certificates(current_person())
    names = {row.number: qualification(row.qualification, on=row.issued_on).name for row in rows}
    return render_template("certificates/mine.html", rows=rows, names=names, states=STATES)


@certificates.get("/mine/<number>")
@signed_in
def download_own(number: str) -> ResponseReturnValue:
    """Hand out the signed file to its owner."""
    return _file(own_certificate(current_person(), number))


def _centres(person: Person) -> list[int]:
    return organisations_for(person, Duty.ISSUE_CERTIFICATES)


def _page(certificate: Certificate, form: RevocationForm) -> str:
    return render_template(
        "certificates/certificate.html",
        certificate=certificate,
        qualification=qualification(certificate.qualification, on=certificate.issued_on),
        states=STATES,
        form=form,
        is_issuer=certificate.issued_by_id == current_person().id,
    )


def _file(certificate: Certificate) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={certificate.number}.pdf"}
    return Response(storage.read(certificate.document_key), mimetype="application/pdf", headers=headers)


room = Room(
    name="certificates",
    side="exam",
    blueprints=(certificates, verify),
    navigation=(
        NavigationEntry(_l("Certificates"), "certificates.overview", (Duty.ISSUE_CERTIFICATES,)),
        NavigationEntry(_l("My certificates"), "certificates.mine"),
        NavigationEntry(_l("Verify a certificate"), "verify.ask"),
    ),
    open_work=open_work,
    at_a_glance=at_a_glance,
    witness=bear_witness,
)
