"""How likeness is said to people."""

from __future__ import annotations

from typing import Any

from trainhub.exams.bank.alike.comparing import Difference
from trainhub.kernel.i18n import _l

DIFFERENCES: dict[str, tuple[Any, str]] = {
    Difference.NEGATION: (_l("differs by a negation or an opposite"), "warn"),
    Difference.FIGURE: (_l("differs by a figure"), "warn"),
    Difference.KEY: (_l("says the same with another key"), "bad"),
    Difference.WORDING: (_l("says the same in other words"), "info"),
    Difference.NONE: (_l("says the same word for word"), "info"),
}
"""Words and tone of each difference."""
