"""The page on which exam staff declare whom they must not judge."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from trainhub.exams.staffing.declarations import declarations_of, declare_close
from trainhub.exams.staffing.register import STAFF_DUTIES
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person

blueprint = Blueprint("declarations", __name__, url_prefix="/exam/declarations")


class DeclarationForm(FlaskForm):  # type: ignore[misc]
    """Whom one is close to."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=60)])
    id_number = StringField(
        _l("ID number"),
        [DataRequired(), Length(max=18)],
        description=_l("Relatives, and whoever else you should not judge. It is kept encrypted."),
    )


@blueprint.get("")
@requires(*STAFF_DUTIES)
def list_declarations() -> ResponseReturnValue:
    """Show what one has declared, and the form for more."""
    return _page(DeclarationForm(formdata=None))


def _page(form: DeclarationForm) -> str:
    return render_template("staffing/declarations.html", form=form, rows=declarations_of(current_person()))


@blueprint.post("")
@requires(*STAFF_DUTIES)
@writes
def declare() -> ResponseReturnValue:
    """Declare that one is close to somebody."""
    form = DeclarationForm()
    take_form(form, lambda: _page(form), at="id_number")
    declare_close(form.name.data.strip(), form.id_number.data.strip(), by=current_person())
    flash(_("Your declaration is on record. You will not be put on duty where this person sits."), "success")
    return redirect(url_for(".list_declarations"))
