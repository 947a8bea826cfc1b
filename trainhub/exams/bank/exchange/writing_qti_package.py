"""Packages of QTI 2.2 or 3.0: one file an item, a file for each case, pictures, and a manifest."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import CaseSet
from trainhub.exams.bank.exchange.standing import Pair, Standing, stood
from trainhub.exams.bank.exchange.writing_qti import in_bytes, write_item, write_stimulus
from trainhub.exams.bank.exchange.writing_qti_case import Case

_KINDS = {"2.2": "imsqti_item_xmlv2p2", "3.0": "imsqti_item_xmlv3p0"}
_STIMULI = {"2.2": "imsqti_stimulus_xmlv2p2", "3.0": "imsqti_stimulus_xmlv3p0"}
_SCHEMAS = {"2.2": ("QTIv2.2 Package", "1.0.0"), "3.0": ("QTI Package", "3.0.0")}
_MANIFESTS = {
    "2.2": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "3.0": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
}


def write_package(
    items: Sequence[Pair],
    version: str = "2.2",
    files: Mapping[str, bytes] = MappingProxyType({}),
    standings: Sequence[Standing] = (),
) -> bytes:
    """Return items as a package; a case is a stimulus of its own, to which each of its questions refers."""
    manifest = etree.Element("manifest", identifier="manifest", nsmap={None: _MANIFESTS[version]})
    metadata = etree.SubElement(manifest, "metadata")
    etree.SubElement(metadata, "schema").text, number = _SCHEMAS[version]
    etree.SubElement(metadata, "schemaversion").text = number
    etree.SubElement(manifest, "organizations")
    resources = etree.SubElement(manifest, "resources")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        package = _Package(version, archive, resources, files)
        for place, (kind, body, standing) in enumerate(stood(items, standings), start=1):
            if isinstance(body.detail, CaseSet):
                package.put_case(f"{place:05d}", body, body.detail, standing)
            else:
                package.put_item(f"item{place:05d}", kind, body, f"media{place:05d}", standing.facts)
        archive.writestr("imsmanifest.xml", in_bytes(manifest))
    return target.getvalue()


@dataclass(frozen=True)
class _Package:
    """A package while it is written."""

    version: str
    archive: zipfile.ZipFile
    resources: _Element
    files: Mapping[str, bytes]

    def put_item(
        self,
        identifier: str,
        kind: ItemType,
        body: ItemBody,
        folder: str,
        facts: Mapping[str, str],
        case: Case | None = None,
    ) -> None:
        """Put an item into the package, with what it shows."""
        name = f"items/{identifier}.xml"
        written = write_item(kind, body, identifier, self.version, folder, facts, case, self.files)
        self.archive.writestr(name, written)
        resource = self._resource(identifier, _KINDS[self.version], name, body, folder)
        if case is not None:
            etree.SubElement(resource, "dependency", identifierref=case.identifier)

    def put_case(self, number: str, body: ItemBody, detail: CaseSet, standing: Standing) -> None:
        """Put a case and its questions into the package."""
        identifier, folder = f"case{number}", f"media{number}"
        name = f"stimuli/{identifier}.xml"
        self.archive.writestr(name, write_stimulus(body, identifier, self.version, folder, standing.facts))
        self._resource(identifier, _STIMULI[self.version], name, body, folder)
        for place, part in enumerate(detail.parts, start=1):
            case = Case(identifier, f"../{name}", part.weight)
            own = f"item{number}-{place:02d}"
            self.put_item(own, ItemType(part.type), part.body, f"{folder}-{place:02d}", case.facts, case)

    def _resource(self, identifier: str, kind: str, name: str, body: ItemBody, folder: str) -> _Element:
        resource = etree.SubElement(self.resources, "resource", identifier=identifier, type=kind, href=name)
        etree.SubElement(resource, "file", href=name)
        for medium in body.media:
            etree.SubElement(resource, "file", href=f"{folder}/{medium.name}")
            self.archive.writestr(f"{folder}/{medium.name}", self.files[medium.digest])
        return resource
