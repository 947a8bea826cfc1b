"""What the name of a question file says of it, held against what stands in it."""

from __future__ import annotations

from typing import Any

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l

_TEXTS = frozenset({"gift", "aiken", "csv", "text"})
_BY_ENDING: dict[str, frozenset[str]] = {
    **dict.fromkeys(("xlsx", "xlsm", "xltx", "xltm"), frozenset({"xlsx"})),
    **dict.fromkeys(("docx", "docm", "dotx"), frozenset({"docx"})),
    **dict.fromkeys(("csv", "tsv", "txt", "text", "gift", "aiken"), _TEXTS),
    **dict.fromkeys(("xml", "qti"), frozenset({"markup"})),
    "zip": frozenset({"package"}),
}
"""What may stand in a file whose name ends so; texts are not held against each other."""

_OTHER = frozenset(
    """
    json pdf doc xls ppt pptx rtf odt ods wps et html htm md
    png jpg jpeg gif bmp webp svg tif tiff mp3 mp4 wav ogg webm avi mov
    exe dll msi bat cmd com scr sh ps1 js vbs jar apk py
    rar 7z gz tar bz2 xz iso db sqlite sql
    """.split()
)
"""Endings of files that hold no questions, whatever stands in this one."""

_SHAPES: dict[str, Any] = {
    "xlsx": _l("an Excel workbook"),
    "docx": _l("a Word document"),
    "csv": _l("a text with columns (CSV)"),
    "gift": _l("a text in GIFT"),
    "aiken": _l("a text in Aiken"),
    "text": _l("a text of numbered questions"),
    "markup": _l("an XML file"),
    "package": _l("a package of files (zip)"),
}


def require_fitting(name: str, form: str, *, is_package: bool) -> None:
    """Refuse a file whose name says that it is something else; without a known ending it says nothing.

    Args:
        name: of the file, empty if it has none.
        form: what was found in it.
        is_package: whether it is packed.

    Raises:
        Invalid: name and content contradict each other.
    """
    ending = name.rpartition(".")[2].strip().lower() if "." in name else ""
    if ending not in _BY_ENDING and ending not in _OTHER:
        return
    shape = form if form in _SHAPES else "package" if is_package else "markup"
    if shape not in _BY_ENDING.get(ending, frozenset()):
        raise Invalid(
            _(
                "The name ends in “.%(ending)s”, but the file is %(shape)s. Somebody may have renamed it: "
                "look what it is, give it the right ending and send it again.",
                ending=ending,
                shape=_SHAPES[shape],
            )
        )
