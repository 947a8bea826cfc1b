"""Forms of the desk as they are sent: each does its deed once, and comes back where it cannot.

Whoever stands in a noisy room presses twice, and a browser that lost its network sends again. Each form has
a mark of its own, a print of the mark and of what was sent with it is kept with the deed, and a form whose
print is known does nothing a second time. Other words with the same mark are another deed: browsers bring a
page back as it was left, and who chooses other seats on it wants something done for those.
What cannot be done is said on the page that the form stands on, beside what was typed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from trainhub.exams.invigilation.models import SentForm
from trainhub.exams.sittings import get_sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.sent_forms import take_form

FIELD = "once"
_MARK = re.compile(r"[0-9a-f]{32}")
View = Callable[..., ResponseReturnValue]


def fresh_mark() -> str:
    """Return the mark of one form of one page."""
    return random_id()


def once(page: str, *names: str) -> Callable[[View], View]:
    """Have a view do the deed of a form once, however often the form is sent; for inside of ``writes``.

    A form that came back with an error was not done, and leaves no mark. One without a mark, of a page that
    was open before there were marks, is done as it comes.

    Args:
        page: endpoint of the page to which whoever sent it again is led.
        names: of the parts of the address that this page has beside the sitting's code.
    """

    def wear(view: View) -> View:
        @wraps(view)
        def deed(code: str, **parts: str) -> ResponseReturnValue:
            mark = _print_of_what_was_sent()
            if mark and not _take(mark, code):
                address: dict[str, Any] = {name: parts[name] for name in names}
                flash(_("This was sent twice and done once."), "info")
                return redirect(url_for(page, code=code, **address))
            answer = make_response(view(code, **parts))
            if mark and answer.status_code >= 400:
                db.session.execute(delete(SentForm).where(SentForm.mark == mark))
            return answer

        return deed

    return wear


def _print_of_what_was_sent() -> str | None:
    """Return what a form with a mark is known by: mark, address, what was chosen and typed; None without.

    Raises:
        Invalid: no page of ours gave the mark.
    """
    mark = request.form.get(FIELD, "")
    if not mark:
        return None
    if not _MARK.fullmatch(mark):
        raise Invalid(
            _l("This form is too old or came from another page. Go back, reload and send it again.")
        )
    typed = sorted(each for each in request.form.items(multi=True) if each[0] != "csrf_token")
    files = sorted((name, file.filename) for name, file in request.files.items(multi=True))
    return hashlib.sha256(json.dumps([request.path, typed, files]).encode()).hexdigest()


def _take(mark: str, code: str) -> bool:
    """Keep the print of a form; returns whether it is new. Two at the same moment wait for each other.

    Raises:
        NotFound: there is no such sitting.
    """
    sitting = get_sitting(code)
    try:
        with db.session.begin_nested():
            db.session.add(SentForm(mark=mark, sitting_id=sitting.id))
    except IntegrityError:
        return False
    return True


def answered(
    form: FlaskForm, deed: Callable[[], object], page: Callable[[], str], then: str, field: str | None = None
) -> ResponseReturnValue:
    """Do what a form asks and lead on; where something lacks or it cannot be done, its page comes back.

    Args:
        form: that was sent.
        deed: what it asks for, and what is said when it is done.
        page: makes the page on which the form stands, with the form as it was sent.
        then: the address to which one is led when it is done.
        field: of the form, at which the reason of a refusal stands; None: above all of them.
    """
    take_form(form, page, at=field)
    deed()
    return redirect(then)
