"""The picture on which crosses were set, for whoever enters them; of the key nothing."""

from __future__ import annotations

from trainhub.exams.bank.content import Medium
from trainhub.exams.bank.details import Scene
from trainhub.exams.bank.media import clear_media
from trainhub.exams.delivery.form import Place
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.delivery.models_on_paper import Reading
from trainhub.exams.delivery.on_paper.settling import form_of
from trainhub.exams.delivery.types import response_form
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l


def has_picture(place: Place) -> bool:
    """Tell whether crosses on a picture are entered at a place; moments of a film never are."""
    return response_form(place.type).ON_PAPER.has_picture(place.targets)


def picture_at(reading: Reading, at: int) -> tuple[bytes, str]:
    """Return the picture of a place and its kind.

    Args:
        reading: of the sheet that somebody has in hand.
        at: the place, from 0.

    Raises:
        NotFound: no crosses are entered there.
        ChangedMedium: the picture is not what the question says it is.
    """
    sheet = reading.sheet
    form = form_of(sheet)
    if not (at < len(form) and has_picture(form[at])):
        raise NotFound(_l("There is no picture at this place."))
    attempt = sheet.attempt
    paper = paper_of(attempt.paper_code or attempt.sitting.paper_code, attempt.sitting.code)
    item = next(each for each in paper.items if each.number == form[at].number)
    medium = _shown(item.body.media, item.body.detail)
    return clear_media(item.item_code, item.body)[medium.digest], medium.content_type


def _shown(media: tuple[Medium, ...], scene: Scene) -> Medium:
    return next(each for each in media if each.name == scene.medium)
