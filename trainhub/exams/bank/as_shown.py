"""Which text of an item a person has read: whoever decides about an item decides about that one.

A page that shows items carries a mark of each. A deed that comes back with another one is not done: the item
was written anew meanwhile, and nobody has read what it says now.
"""

from __future__ import annotations

import hashlib

from trainhub.exams.bank.content import ItemType, write_body
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.vault import body_of, lock_bank
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _

UNREAD = ""
"""The mark of an item whose present text was not there yet when the page was shown."""


class Unread(Conflict):
    """An item does not say any more what the page showed (题目已改,页面未更新)."""


def mark_of(version: ItemVersion) -> str:
    """Return the mark of what a version says: its number, and a print of its text.

    Its author may write over a draft that nobody else has seen, so the number alone does not tell.
    """
    item = version.item
    said = write_body(ItemType(item.type), body_of(version))
    return f"{version.number}.{hashlib.sha256(item.code.encode() + said).hexdigest()[:16]}"


def require_as_shown(item: Item, mark: str) -> ItemVersion:
    """Return the newest version of an item if it is the one that was shown; nobody writes it anew meanwhile.

    Args:
        item: which.
        mark: what the page carried; a number alone stands for a version of a list that shows no texts.

    Raises:
        Unread: another version, or another text, stands there by now, or the mark names none.
    """
    lock_bank(item.bank)
    db.session.expire(item, ["versions"])
    version = newest_version(item)
    db.session.refresh(version)
    number, _dot, said = mark.partition(".")
    if number != str(version.number) or (said and mark != mark_of(version)):
        raise Unread(
            _("%(code)s was changed since this page was shown: read what it says now first.", code=item.code)
        )
    return version
