"""A form that was sent: whatever keeps its deed from being done, its page comes back as it was filled.

A view says before its deed on which page the form stands (``take_form``). If the form lacks something, or
what it asks for is refused anywhere further on, the deed is undone as always, and the answer is that page:
with the reason on top of it, the focus there, and everything that was typed still in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from trainhub.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Refused

Form = TypeVar("Form", bound=FlaskForm)


class Placed(str):
    """What is wrong at a field that stands beside the form, such as a cell of a grid.

    Args:
        said: the sentence.
        at: the mark of the field on the page.
    """

    __slots__ = ("at",)
    at: str

    def __new__(cls, said: str, at: str) -> Placed:
        """Say it of a place."""
        placed = super().__new__(cls, said)
        placed.at = at
        return placed


@dataclass
class SentForm:
    """A form that somebody sent (提交的表单).

    Args:
        form: its fields; None where the view reads them itself.
        page: makes the page that it stands on, with the form as it was sent.
        at: name of the field at which a refusal stands that says of no other; None: on top of the page alone.
        problem: why the deed was not done, where there is no form to say it.
        refused: by which rule it was not.
        is_to_be_corrected: whether it is the form that lacks something, and not the hour or another's deed.
    """

    form: Any
    page: Callable[[], ResponseReturnValue]
    at: str | None = None
    problem: str = ""
    refused: Refused | None = None
    is_to_be_corrected: bool = True

    def hear(self, error: DomainError) -> None:
        """Take in why the deed was not done."""
        name = error.about if self.form is not None and error.about in self.form else self.at
        if isinstance(error, Refused):
            self.refused = error
        if isinstance(error, Incomplete):
            return
        self.is_to_be_corrected = isinstance(error, Invalid)
        if self.form is None:
            self.problem = str(error)
        elif error.about.startswith("#"):
            self.form.form_errors.append(Placed(str(error), error.about[1:]))
        elif name is None or self.refused is not None:
            self.form.form_errors.append(str(error))
        else:
            self.form[name].errors = [*self.form[name].errors, str(error)]


class Incomplete(Invalid):
    """Fields of the form say what they lack."""

    def __init__(self, message: object = "") -> None:
        super().__init__(message)


def take_form(form: Any, page: Callable[[], ResponseReturnValue], *, at: str | None = None) -> None:
    """Take a form that was sent; from here on its page comes back if its deed is not done.

    Args:
        form: what was sent; None where the view reads it itself.
        page: makes the page that it stands on.
        at: name of the field at which a refusal of the deed stands.

    Raises:
        Incomplete: a field lacks something, or holds what it cannot.
    """
    g.sent_form = SentForm(form, page, at)
    if form is not None and not form.validate_on_submit():
        raise Incomplete


def stand_on(form: Any, page: Callable[[], ResponseReturnValue]) -> None:
    """Say on which page a form stands that the view checked itself; it comes back if its deed is refused.

    Args:
        form: what was sent.
        page: makes the page that it stands on.
    """
    g.sent_form = SentForm(form, page)


def lacking() -> list[tuple[str, str]]:
    """Return field and sentence of each thing that the sent form lacks, for whoever gets no page of it.

    What no single field lacks has none.
    """
    sent: SentForm | None = g.get("sent_form")
    return [] if sent is None or sent.form is None else lacks_of(sent.form)


def lacks_of(form: Any) -> list[tuple[str, str]]:
    """Return field and sentence of each thing that a form lacks; no field where it is about all of it."""
    found = [("", str(error)) for error in form.form_errors]
    for field in form:
        found += [(str(field.label.text), said) for said in _sentences(field.errors)]
    return found


def _sentences(errors: Any) -> list[str]:
    """Return what is said of a field and of those within it."""
    if isinstance(errors, Mapping):
        return [said for each in errors.values() for said in _sentences(each)]
    if isinstance(errors, list | tuple):
        return [said for each in errors for said in _sentences(each)]
    return [str(errors)] if errors else []


def come_back(error: DomainError) -> Response | None:
    """Return the page of the form whose deed was not done, None where there is none to come back to."""
    sent: SentForm | None = g.pop("sent_form", None)
    if sent is None or not isinstance(error, Invalid | Conflict | Forbidden | NotFound | Refused):
        return None
    sent.hear(error)
    g.came_back = sent
    try:
        answer = make_response(sent.page())
    except DomainError:
        # What the page was of is gone as well, or nobody's to see any more.
        g.came_back = None
        return None
    answer.status_code = error.status
    return answer


def page_of(endpoint: str, **parts: object) -> ResponseReturnValue:
    """Return the page of another view, where a form stands on it that is sent elsewhere."""
    return current_app.ensure_sync(current_app.view_functions[endpoint])(**parts)  # type: ignore[no-any-return]


def came_back() -> SentForm | None:
    """Return the form whose page comes back in this request."""
    found: SentForm | None = g.get("came_back")
    return found


def shown(kind: type[Form], address: str | None = None, *, key: object = "", **values: object) -> Form:
    """Return a form for a page: as it was sent, if it comes back, else a new one.

    Args:
        kind: class of the form.
        address: to which it is sent, where a page has several of the kind.
        key: tells these apart, for the marks of their fields.
        values: what stands in a new one.
    """
    back = came_back()
    sent = back.form if back is not None and _is_of(address) else None
    form: Form = sent if type(sent) is kind else kind(formdata=None, **values)
    for field in form if key else ():
        field.id = f"{field.id}-{key}"
    return form


def sent_to(address: str) -> SentForm | None:
    """Return the form whose page comes back, if it was sent to an address; for forms that stand in rows."""
    return came_back() if _is_of(address) else None


def _is_of(address: str | None) -> bool:
    return came_back() is not None and address in (None, request.path)


def typed(name: str, otherwise: object = "", address: str | None = None) -> object:
    """Return what was typed into a field without a form object, if its page comes back.

    Args:
        name: of the field.
        otherwise: what stands in it on a page that is shown anew.
        address: to which the form is sent, where a page has several with such a field.
    """
    return request.form.get(name, "") if _is_of(address) else otherwise


def was_chosen(name: str, value: object, otherwise: bool = False, address: str | None = None) -> bool:
    """Tell whether a box without a form object was ticked, if its page comes back; see ``typed``."""
    return str(value) in request.form.getlist(name) if _is_of(address) else otherwise


def install(app: Flask) -> None:
    """Give an application's templates what they know of a form that comes back."""
    app.jinja_env.globals.update(came_back=came_back, sent_to=sent_to, typed=typed, was_chosen=was_chosen)
