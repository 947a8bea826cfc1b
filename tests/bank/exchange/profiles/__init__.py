"""What QTI 2.2 and 3.0 ask of the elements that our exports use, against which tests hold every file.

The schemas of the standard are not part of the project. The profiles say in our own words what was
read there: see docs/exchange.md for the sources and for what they leave out.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from posixpath import normpath

from lxml import etree

HERE = Path(__file__).parent


@cache
def profile(name: str) -> etree.RelaxNG:
    """Return one of the profiles."""
    return etree.RelaxNG(etree.parse(HERE / f"{name}.rng"))


def assert_valid(package: bytes, version: str) -> None:
    """Hold every file of a package against the profile of its version, and every name against the package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = set(archive.namelist())
        for name in sorted(names):
            if name.endswith(".xml"):
                kind = "manifest" if name == "imsmanifest.xml" else "qti"
                root = etree.fromstring(archive.read(name))
                checked = profile(f"{kind}-{version}")
                assert checked.validate(root), f"{name}: {checked.error_log.last_error}"
                _assert_references(root, name)
                for each in root.iter():
                    for address in (each.get("href"), each.get("src"), each.get("data")):
                        if address and "://" not in address:
                            assert normpath(f"{name.rpartition('/')[0]}/{address}".lstrip("/")) in names
        _assert_whole(etree.fromstring(archive.read("imsmanifest.xml")), names)


def _assert_references(root: etree._Element, name: str) -> None:
    """Hold identifiers against each other: what the schemas say by xs:ID and xs:IDREF, and by Schematron."""
    responses = root.iter("{*}responseDeclaration", "{*}qti-response-declaration")
    declared = {each.get("identifier"): each for each in responses}
    identified = [each.get("id") for each in root.iter() if each.get("id")] + list(declared)
    assert len(set(identified)) == len(identified), name
    outcomes = {
        each.get("identifier") for each in root.iter("{*}outcomeDeclaration", "{*}qti-outcome-declaration")
    }
    for each in root.iter():
        answered = each.get("responseIdentifier") or each.get("response-identifier")
        assert answered is None or answered in declared, name
        shown = each.get("outcomeIdentifier") or each.get("outcome-identifier")
        assert shown is None or shown in outcomes, name
        most = each.get("maxChoices") or each.get("max-choices")
        if answered is not None and most is not None:
            assert (most == "1") == (declared[answered].get("cardinality") == "single"), name
    for each in root.iter("{*}variable", "{*}correct", "{*}mapResponse", "{*}qti-variable", "{*}qti-correct"):
        assert each.get("identifier") in declared, name


def _assert_whole(manifest: etree._Element, names: set[str]) -> None:
    space = manifest.nsmap[None]
    resources = manifest.findall(f".//{{{space}}}resource")
    known = [each.get("identifier") for each in resources]
    needed = {each.get("identifierref") for each in manifest.iter(f"{{{space}}}dependency")}
    told = {each.get("href") for each in manifest.iter(f"{{{space}}}file")}
    assert len(set(known)) == len(known) and needed <= set(known)
    assert told | {"imsmanifest.xml"} == names
