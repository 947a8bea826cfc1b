"""The forms of a page as a browser holds them: what stands in them, what can be typed, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html

WORDS = "Typed by hand, and not to be lost"
LONG = "长" * 12_000
TYPED = {"text", "search", "email", "tel", "url"}
BY_KIND = {"date": "2026-12-24", "datetime-local": "2026-12-24T09:00", "time": "09:00", "number": "1"}


@dataclass
class Form:
    """One form of a page.

    Args:
        element: of the page.
        address: to which it is sent.
    """

    element: lxml.html.FormElement
    address: str

    @property
    def controls(self):
        """What has a name and can be sent, wherever on the page it stands."""
        inside = self.element.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]")
        mark = self.element.get("id")
        outside = self.element.getroottree().xpath("//*[@form=$mark and @name]", mark=mark) if mark else []
        return [each for each in inside if each.get("form") in (None, mark)] + [
            each for each in outside if each not in inside and each.tag != "button"
        ]

    @property
    def names(self):
        """The names of what can be sent."""
        return {each.get("name") for each in self.controls}

    @property
    def button(self):
        """Name and value of the first button that has a name."""
        found = self.element.xpath(".//button[@name]")
        return {found[0].get("name"): found[0].get("value", "")} if found else {}


def kind_of(control):
    """What a control is: the type of an input, else the name of the element."""
    return control.get("type", "text") if control.tag == "input" else control.tag


def value_of(control):
    """What stands in a control, as it would be sent; None where nothing would."""
    if control.tag == "textarea":
        return (control.text or "").removeprefix("\n").removeprefix("\r\n")
    if control.tag == "select":
        options = control.xpath(".//option")
        chosen = [each for each in options if each.get("selected") is not None] or options[:1]
        return option_value(chosen[0]) if chosen else None
    if kind_of(control) in ("checkbox", "radio"):
        return control.get("value", "on") if control.get("checked") is not None else None
    return control.get("value", "")


def option_value(option):
    """What choosing an option sends."""
    return option.get("value", (option.text or "").strip())


def is_typed(control):
    """Tell whether a person writes words into it."""
    return control.tag == "textarea" or kind_of(control) in TYPED


def filled(control):
    """What somebody would put into a control; None for nothing."""
    kind, now = kind_of(control), value_of(control)
    if kind in ("hidden", "submit", "file", "button"):
        return now if kind == "hidden" else None
    if is_typed(control):
        return now or WORDS
    if kind == "select":
        values = [option_value(each) for each in control.xpath(".//option[not(@disabled)]")]
        return next((each for each in [now, *values] if each), "")
    if kind in ("checkbox", "radio"):
        return now
    return now or control.get("min") or BY_KIND.get(kind, WORDS)


def forms_of(page, address):
    """The forms of a page that post."""
    document = lxml.html.fromstring(page)
    path = urlsplit(address).path
    for element in document.xpath("//form[translate(@method,'POST','post')='post']"):
        yield Form(element, element.get("action") or path)


def what_to_send(form):
    """Everything of a form as somebody would fill it, one entry for each control."""
    whole = [(each, filled(each)) for each in form.controls]
    chosen = {each.get("name") for each, value in whole if value is not None}
    for place, (each, _value) in enumerate(whole):
        # Of buttons that exclude one another somebody chooses the first, of boxes every one.
        if kind_of(each) == "checkbox" or (kind_of(each) == "radio" and each.get("name") not in chosen):
            whole[place] = (each, each.get("value", "on"))
            chosen.add(each.get("name"))
    return whole


def spoilt(form):
    """Each way to fill a form wrongly: what is wrong, the control, and what is sent."""
    whole = what_to_send(form)
    done = set()
    for place, (control, _value) in enumerate(whole):
        name, kind = control.get("name"), kind_of(control)
        if name in done or kind in ("hidden", "submit", "file", "button", "password"):
            continue
        done.add(name)
        wrongs: dict[str, str | None] = {"empty": ""}
        if is_typed(control):
            wrongs["long"] = LONG
        elif kind == "select":
            wrongs = {"wrong": "nothing-of-the-kind"}
        elif kind in ("checkbox", "radio"):
            wrongs = {"empty": None, "wrong": "nothing-of-the-kind"}
        else:
            wrongs["wrong"] = "nothing-of-the-kind"
        for how, wrong in wrongs.items():
            sent = list(whole)
            if kind in ("checkbox", "radio"):
                sent = [(each, known if each.get("name") != name else None) for each, known in whole]
            sent[place] = (control, wrong)
            yield how, control, sent
