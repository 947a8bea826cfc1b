"""Forms of delivery: they check shape, never policy."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from trainhub.kernel.i18n import _l


class EntryForm(FlaskForm):  # type: ignore[misc]
    """What a candidate types at the machine: ticket number and last six characters of the ID number."""

    ticket_number = StringField(
        _l("Ticket number"), [InputRequired(), Length(max=40)], render_kw={"autocomplete": "off"}
    )
    last_six = StringField(
        _l("Last six characters of your ID number"),
        [InputRequired(), Length(min=6, max=6)],
        render_kw={"autocomplete": "off", "maxlength": 6},
    )
