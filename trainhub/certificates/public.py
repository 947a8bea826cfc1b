"""The public pages: verify by number, by the QR code's address, by the file; and the root certificate."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from trainhub.certificates.authority import root_certificate
from trainhub.certificates.examination import MAXIMUM_BYTES
from trainhub.certificates.numbers import parse_number
from trainhub.certificates.verification import Finding, verify_number, verify_pdf
from trainhub.certificates.wording import REASONS, VERDICTS
from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.documents.identity import fingerprint
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
from trainhub.people.limits import limiter
from trainhub.regulations import qualification

verify = Blueprint("verify", __name__, url_prefix="/verify")

_UPLOAD = MAXIMUM_BYTES + 64 * 1024


@verify.get("")
@open_to_all("anybody may ask whether a certificate is genuine")
@limiter.limit("60 per minute")
def ask() -> ResponseReturnValue:
    """Show the question, or go to the answer for a typed number."""
    text = request.args.get("number", "")[:60]
    if not text.strip():
        return render_template("certificates/verify.html", typed="", fingerprint=_fingerprint())
    number = parse_number(text)
    if number is None:
        message = _("A number looks like KH2026-7F3K-9QWD-2MXP. Look at the certificate again.")
        page = render_template(
            "certificates/verify.html", typed=text, message=message, fingerprint=_fingerprint()
        )
        return page, 422
    return redirect(url_for(".by_number", number=number))


@verify.get("/<number>")
@open_to_all("a QR code on a certificate leads here")
@limiter.limit("30 per minute;300 per hour")
def by_number(number: str) -> ResponseReturnValue:
    """Answer for a number; an unknown one and an impossible one get the same answer."""
    finding = verify_number(number)
    if finding is None:
        return render_template("certificates/unknown.html", number=number[:40]), 404
    return _answer(finding, by_file=False)


@verify.post("/file")
@open_to_all("anybody may check a file; nothing is kept or changed")
@limiter.limit("10 per minute;60 per hour")
def by_file() -> ResponseReturnValue:
    """Answer for an uploaded file, which is read, judged and forgotten."""
    request.max_content_length = _UPLOAD
    upload = request.files.get("file")
    data = upload.stream.read(MAXIMUM_BYTES + 1) if upload is not None else b""
    if not data:
        take_form(None, ask)
        raise Invalid(_("Choose the PDF file of the certificate first."))
    return _answer(verify_pdf(data), by_file=True)


@verify.get("/root.crt")
@open_to_all("the root certificate lets anybody check a file without asking us")
def root() -> ResponseReturnValue:
    """Hand out the root certificate."""
    headers = {"Content-Disposition": "attachment; filename=trainhub-root.crt"}
    return Response(root_certificate(), mimetype="application/x-x509-ca-cert", headers=headers)


def _answer(finding: Finding, *, by_file: bool) -> str:
    certificate = finding.certificate
    named = (
        None if certificate is None else qualification(certificate.qualification, on=certificate.issued_on)
    )
    return render_template(
        "certificates/answer.html",
        finding=finding,
        words=VERDICTS[finding.verdict],
        reason=REASONS[finding.why],
        certificate=certificate,
        qualification=named,
        by_file=by_file,
        asked_at=clock.now(),
    )


def _fingerprint() -> str | None:
    try:
        return fingerprint(root_certificate())
    except NotFound:
        return None


@verify.record_once
def _without_token(state: BlueprintSetupState) -> None:
    """A check of a file changes nothing, so it needs no token, and its size is limited before it is read."""
    state.app.extensions["csrf"].exempt(by_file)
