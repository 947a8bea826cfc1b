"""The resident ID number (公民身份号码): 18 characters with a check character, GB 11643-1999.

Numbers of 15 digits were given until 1999: the year has two digits, and there is no check character. Whoever
still writes theirs so is the same person; cards with 15 digits are no longer valid as proof.
"""

from __future__ import annotations

from datetime import date

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def parse_id_number(text: str) -> str:
    """Return an ID number in its one written form.

    Args:
        text: as typed; blanks and a lower-case x are forgiven, and 15 digits are made 18 characters.

    Raises:
        Invalid: the length, a character, the birth date or the check character is wrong; the sentence
            says which.
    """
    number = "".join(text.split()).upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        number = _of_eighteen(number)
    if len(number) != 18:
        raise Invalid(
            _("An ID number has 18 characters, this one has %(count)s.", count=len(number)), about="id_number"
        )
    if not number[:17].isascii() or not number[:17].isdigit() or number[17] not in "0123456789X":
        raise Invalid(_("An ID number has 17 digits and then a digit or X."), about="id_number")
    try:
        born = birth_date(number)
    except ValueError:
        raise Invalid(_("The birth date within the ID number does not exist."), about="id_number") from None
    if born.year < 1900:
        raise Invalid(_("The birth date within the ID number does not exist."), about="id_number")
    if check_character(number) != number[17]:
        raise Invalid(
            _("The check character of the ID number is wrong: a digit was mistyped."), about="id_number"
        )
    return number


def _of_eighteen(number: str) -> str:
    """Return the 18 characters that a number of 15 digits became: the century, and the check character."""
    body = f"{number[:6]}19{number[6:]}"
    return body + check_character(body)


def check_character(number: str) -> str:
    """Return the check character that the first 17 digits demand (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11]


def birth_date(number: str) -> date:
    """Return the birth date within an ID number; ValueError if there is no such day."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age_on(number: str, day: date) -> int:
    """Return the full years of the holder of an ID number on a day."""
    born = birth_date(number)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
