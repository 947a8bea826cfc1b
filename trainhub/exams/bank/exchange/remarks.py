"""What people wrote beside the text of an Office file (批注): no part of a question, but often a doubt."""

from __future__ import annotations

from trainhub.kernel.i18n import _

_LONGEST = 80


def told_remark(text: str) -> str:
    """Return what to say of a comment in a file."""
    said = " ".join(text.split())[:_LONGEST]
    return _("A comment stands here in the file and was left aside: %(words)s", words=said)
