"""Layout and files of other programs' questions: taken along as the bank's own, or named as what is lost."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from trainhub.exams.bank.content import ItemBody, Medium, Option
from trainhub.exams.bank.details import Matching, Scene
from trainhub.exams.bank.exchange.limits import clean_shown
from trainhub.exams.bank.limits_media import LONGEST_DESCRIPTION, MOST_MEDIA
from trainhub.exams.bank.media.cleaning import CleanMedium
from trainhub.exams.bank.media.naming import free_name
from trainhub.exams.bank.rich import clean_html, read_nodes, tag_for, words
from trainhub.exams.bank.texts import media_in_order, rich_texts
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

Files = Callable[[str], bytes | None]
"""What a file of questions holds under a name that a question uses; None if nothing."""

HOLDABLE = frozenset({"table", "sub", "sup", "img", "audio", "video", "source", "object"})
"""What plain text loses and layout keeps."""

Names = Mapping[str, str]
"""Digests of files by the names that texts beside this one have for them."""

NOWHERE: Names = MappingProxyType({})

_OPEN, _CLOSE = "\ue000", "\ue001"
_REGION = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_NUMBERED = "file-number-"
_PLACE = re.compile(rf'<(img|audio|video) src="{_NUMBERED}(\d+)">')
_SHOWING = ("img", "audio", "video", "object", "embed")
_DATA = re.compile(
    r"data:[\w/+.-]*(?:;[\w.+-]+=[\w.+-]*){0,5};base64,([A-Za-z0-9+/=\s]+)", re.ASCII | re.IGNORECASE
)
_LONGEST_HTML = 200_000


def no_files(_name: str) -> bytes | None:
    """Hold nothing."""
    return None


@dataclass
class Carrying:
    """The files that a question shows, taken along while it is read.

    Args:
        files: what its source holds.
        elsewhere: what the rest of its case shows.
        media: what was taken, by the names that the source uses.
        problems: what could not be taken, and why.
        notes: what a person should know.
    """

    files: Files = no_files
    elsewhere: Names = field(default_factory=dict)
    media: dict[str, tuple[Medium, CleanMedium]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def laid_out(self, text: str) -> str | None:
        """Return HTML as a marked piece of the bank's own, its files taken; None if one cannot be taken."""
        if len(text) > _LONGEST_HTML or _OPEN in text or _CLOSE in text:
            return None
        before, names = len(self.problems), list[str]()
        try:
            root = lxml_html.fragment_fromstring(text, create_parent="div")
        except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
            return None
        for element in list(root.iter(*_SHOWING)):
            self._replace(element, names)
        if len(self.problems) > before:
            return None
        inner = str(lxml_html.tostring(root, encoding="unicode"))
        clean = clean_html(inner.removeprefix("<div>").removesuffix("</div>"))
        return _OPEN + _PLACE.sub(lambda found: f'<{found[1]} src="{names[int(found[2])]}">', clean) + _CLOSE

    @staticmethod
    def is_laid(text: str) -> bool:
        """Tell whether a text is one whose layout was kept."""
        return _OPEN in text

    def _replace(self, element: etree._Element, names: list[str]) -> None:
        """Put a place for the name of our file where one is shown; serialising would encode the name."""
        named = element.get("src") or element.get("data") or ""
        source = element.find("source")
        if not named and source is not None:
            named = source.get("src") or ""
        said = element.get("alt") or element.get("title") or element.get("aria-label") or ""
        said = said or " ".join("".join(str(each) for each in element.itertext()).split())
        medium = self.take(named.strip(), said)
        tail = element.tail
        element.clear()
        if medium is not None:
            element.tag = tag_for(medium.content_type)
            element.set("src", f"{_NUMBERED}{len(names)}")
            names.append(medium.name)
        element.tail = tail

    def take(self, named: str, said: str) -> Medium | None:
        """Return the file that a question calls by some name, cleaned; None if there is none, with a reason.

        Args:
            named: as the source calls it.
            said: what the source says of it.
        """
        if named in self.media:
            return self.media[named][0]
        shown = "data:" if named[:5].lower() == "data:" else named.rpartition("/")[2][:60] or named[:60]
        content = self.content_of(named)
        if content is None or len(self.media) >= MOST_MEDIA:
            self.problems.append(
                _("The question shows files that are not taken in yet: %(names)s.", names=shown)
            )
            return None
        try:
            clean = clean_shown(content)
        except Invalid as problem:
            self.problems.append(f"{shown}: {problem}")
            return None
        same = next((each for each, kept in self.media.values() if kept.digest == clean.digest), None)
        if same is not None:
            self.media[named] = (same, clean)
            return same
        name = self._name("file" if shown == "data:" else unquote(shown), clean)
        description = "".join(each for each in said if each.isprintable())[:LONGEST_DESCRIPTION].strip()
        if not description:
            description = name
            self.notes.append(
                _("The file “%(name)s” has no description; its name stands in for it.", name=name)
            )
        medium = Medium(name, clean.digest, clean.content_type, description)
        self.media[named] = (medium, clean)
        return medium

    def content_of(self, named: str) -> bytes | None:
        """Return what a question calls by some name, also what an address holds in itself."""
        return _data(named) or self.files(named)

    def _name(self, wanted: str, clean: CleanMedium) -> str:
        """Return the name that a file gets: the one that the rest of the case has for it, or a free one."""
        known = next((name for name, digest in self.elsewhere.items() if digest == clean.digest), None)
        taken = [each.name for each, _kept in self.media.values()]
        return known or free_name(wanted, clean.content_type, [*taken, *self.elsewhere])


def _data(named: str) -> bytes | None:
    """Return what an address holds in itself."""
    told = _DATA.fullmatch(unquote(named)) if named[:5].lower() == "data:" else None
    try:
        return None if told is None else base64.b64decode(told[1], validate=False)
    except (binascii.Error, ValueError):
        return None


def with_texts(body: ItemBody, change: Callable[[str], str]) -> ItemBody:
    """Return a question each of whose texts that may be rich was changed."""
    detail = body.detail
    if isinstance(detail, Matching):
        detail = Matching(tuple(replace(each, text=change(each.text)) for each in detail.targets))
    return replace(
        body,
        stem=change(body.stem),
        options=tuple(Option(each.key, change(each.text)) for each in body.options),
        explanation=change(body.explanation),
        detail=detail,
    )


def settled(body: ItemBody, carrying: Carrying) -> ItemBody:
    """Return a question whose marked pieces have become layout; without any it stays plain.

    The picture in which hazards are comes behind those that the texts show.
    """
    media = {medium.name: medium for medium, _clean in carrying.media.values()}
    if any(_OPEN in text for text in rich_texts(body)):
        laid = replace(with_texts(body, _html), rich=True)
        body = replace(laid, media=media_in_order(laid, media.values()))
    if isinstance(body.detail, Scene) and body.detail.medium in media:
        body = replace(body, media=tuple(dict.fromkeys((*body.media, media[body.detail.medium]))))
    return body


def _html(text: str) -> str:
    return clean_html("".join(_pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    at = 0
    for found in _REGION.finditer(text):
        yield html.escape(text[at : found.start()], quote=False).replace("\n", "<br>")
        yield found[1]
        at = found.end()
    yield html.escape(text[at:], quote=False).replace("\n", "<br>")


def bare(text: str) -> str:
    """Return a text with its marked pieces as they are, for one that is HTML already."""
    return _REGION.sub(lambda found: found[1], text)


def without_marks(text: str) -> str:
    """Return a text that may hold marked pieces in words, for a question that is not taken in."""
    return _REGION.sub(lambda found: words(read_nodes(found[1]), lambda _element: ""), text)
