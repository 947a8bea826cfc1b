"""What a row of the register rests on, in the reader's words; the register keeps it as it was stated."""

from __future__ import annotations

from typing import Any

from trainhub.kernel.i18n import _, _l

SOURCES: dict[str, Any] = {
    "appointment": _l("appointment to the sitting"),
    "assembly": _l("assembly of the paper"),
    "bank": _l("work in the item bank"),
    "cases": _l("desk of accident cases"),
    "certificates": _l("issue of certificates"),
    "class": _l("entry of the class"),
    "declaration": _l("the person's own declaration"),
    "declaration of earlier teaching": _l("declaration of earlier teaching"),
    "declaration of the invigilator": _l("declaration of the invigilator"),
    "exam site": _l("entry of the exam site"),
    "grant": _l("grant of the duty"),
    "grant revoked": _l("revocation of the duty"),
    "joined records": _l("two records found to be of one person"),
    "marking": _l("marking of the sitting"),
    "merger": _l("merger of two organisations"),
    "opening": _l("opening of the paper"),
    "organisations": _l("entry of the organisation"),
    "papers": _l("work on the paper"),
    "plan": _l("plan of the sitting"),
    "publication": _l("publication of the results"),
    "register of exam staff": _l("entry in the register of exam staff"),
    "registration": _l("registration for the sitting"),
    "registration withdrawn": _l("withdrawal of the registration"),
    "released": _l("release of the response"),
    "seating": _l("seating of the sitting"),
    "sheets": _l("entry of answer sheets"),
    "training record": _l("signed training record"),
    "withdrawn": _l("withdrawal of the appointment"),
}


def what_it_rests_on(source: str) -> Any:
    """Return what a row rests on in the reader's language; what is unknown here stays as it was stated."""
    kind, _space, code = source.partition(" ")
    if source in SOURCES or not code:
        return SOURCES.get(source, source)
    if kind == "class":
        return _("class %(code)s", code=code)
    if kind == "override":
        code, withdrawn, _rest = code.partition(" withdrawn")
        if withdrawn:
            return _("withdrawal of override %(code)s", code=code)
        return _("override %(code)s", code=code)
    return source
