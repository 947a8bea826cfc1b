"""The outer wall of every page: security headers, read-only reads, error pages that help, health."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import text
from werkzeug.exceptions import HTTPException, InternalServerError

from trainhub.kernel import db as database
from trainhub.kernel import sent_forms
from trainhub.kernel.access import open_to_all
from trainhub.kernel.database_errors import comes_right
from trainhub.kernel.errors import DomainError, NotSignedIn, Refused
from trainhub.kernel.i18n import _, choose_language
from trainhub.kernel.logs import log

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; media-src 'self' blob:; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)

RETRY_AFTER_S = "3"

health = Blueprint("kernel", __name__)


@health.get("/healthz")
@open_to_all("a load balancer asks whether the process lives")
def live() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@open_to_all("a load balancer asks whether the process can work")
def ready() -> ResponseReturnValue:
    """Say whether the database answers."""
    try:
        database.db.session.execute(text("SELECT 1"))
    except Exception as problem:
        log().error("not ready", error=type(problem).__name__)
        return jsonify(status="database does not answer"), 503
    return jsonify(status="ok")


def install(app: Flask) -> None:
    """Put the wall around an application."""
    app.register_blueprint(health)
    app.before_request(database.start_reading)
    app.teardown_request(lambda _error: database.stop_reading())
    app.after_request(_headers)
    sent_forms.install(app)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    if response.status_code == 503 and "Retry-After" in headers:
        # What the limiter says of its own limit would be read as when to come again.
        headers["Retry-After"] = RETRY_AFTER_S
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static":
        if request.args.get("v"):
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif headers.get("Cache-Control", "no-cache") == "no-cache":
        # A file that is sent says "no-cache" by itself: that lets a browser keep it on its disk.
        headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    """Tell whether the request asks for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.is_json or best == "application/json"


def error_page(status: int, message: str, **details: Any) -> ResponseReturnValue:
    """Answer with a page (or JSON) that says what happened and what to do."""
    if wants_json():
        return jsonify(error=message, status=status, request_id=g.get("request_id")), status
    # A page with 401 would have to name a scheme of HTTP by which one signs in.
    shown = 403 if status == 401 else status
    known = status if status in (400, 401, 403, 404, 409, 413, 422, 429, 500, 503) else 400
    page = render_template(
        f"errors/{known}.html", message=message, status=shown, request_id=g.get("request_id"), **details
    )
    return page, shown


def _in_sentences(lacks: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{name}{_(': ')}{lack}" if name else lack for name, lack in lacks)


def answer_with_form(form: Any, page: Callable[[], str], status: int = 422) -> ResponseReturnValue:
    """Answer with the page of a form that lacks something, or say in JSON what it lacks.

    Args:
        form: as it was sent, with what it lacks among its errors.
        page: makes the page that it stands on.
        status: of the answer.
    """
    if wants_json() and status >= 400:
        return error_page(status, _in_sentences(sent_forms.lacks_of(form)))
    return page(), status


def _domain_error(error: DomainError) -> ResponseReturnValue:
    database.db.session.rollback()
    for keep in current_app.extensions.get("refusals", ()):
        keep(error)
    if isinstance(error, NotSignedIn) and not wants_json():
        return _to_the_door()
    log().info("refused", kind=type(error).__name__, rule=getattr(getattr(error, "rule", None), "id", None))
    said = str(error) or _in_sentences(sent_forms.lacking())
    if not wants_json() and (page := sent_forms.come_back(error)) is not None:
        return page
    return error_page(error.status, said, refused=error if isinstance(error, Refused) else None)


def _to_the_door() -> ResponseReturnValue:
    """Have somebody sign in; what they sent waits on this page, and goes through no process but its own."""
    if request.method != "POST":
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
    fields, token = to_send_again(), request.form.get("csrf_token", "")
    return error_page(401, "", fields=fields, token=token)


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    return error_page(
        400, _("This form is too old or came from another page. Go back, reload and send it again.")
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        # An error page that asks the database fails with it.
        return _unforeseen(error.original_exception)
    # What werkzeug says by itself is English and for programmers; the page of the status says it better.
    said = "" if error.description == type(error).description else str(error.description or "")
    return error_page(error.code, said)


def _database_gone(error: Exception) -> ResponseReturnValue:
    """Ask to come again where the database does not answer; the page is made without asking it once more."""
    log().error("database does not answer", error=type(getattr(error, "orig", error)).__name__)
    if wants_json():
        answer = jsonify(
            error=_("The site cannot answer just now"), status=503, request_id=g.get("request_id")
        )
    else:
        template = current_app.jinja_env.get_template("errors/503.html")
        known = {"status": 503, "request_id": g.get("request_id"), "language": choose_language()}
        if request.method == "POST":
            token = request.form.get("csrf_token", "")
            known |= {"is_sent": True, "fields": to_send_again(), "token": token}
        answer = current_app.make_response(template.render(known))
    answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer, 503


def to_send_again() -> list[tuple[str, str]]:
    """Return what was typed, so that the page can send it again; nothing where a page must not hold it.

    Passwords do not travel back, and files cannot.
    """
    fields = [each for each in request.form.items(multi=True) if each[0] != "csrf_token"]
    has_files = any(file.filename for _name, file in request.files.items(multi=True))
    if has_files or any(is_secret(name) for name, _value in fields):
        return []
    return fields


def is_secret(name: str) -> bool:
    """Tell whether a field of a form holds a password."""
    return "pass" in name or name in ("old", "new", "again")


def _unforeseen(error: Exception) -> ResponseReturnValue:
    if comes_right(error):
        return _database_gone(error)
    database.db.session.rollback()
    log().error("unforeseen", exc_info=error)
    return error_page(500, _("Something failed on our side. Nothing of this act was kept."))
