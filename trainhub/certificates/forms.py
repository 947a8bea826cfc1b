"""Forms of certificates."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from trainhub.kernel.i18n import _l


class RevocationForm(FlaskForm):  # type: ignore[misc]
    """Why a certificate is revoked."""

    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(min=5, max=500)])
