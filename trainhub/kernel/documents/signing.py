"""Signing a PDF: PAdES with ECDSA P-256, certified so that no later change is allowed (DocMDP level 1).

ETSI EN 319 142-1; ISO 32000-2, 12.8. What is attached is signed with the rest (ISO 32000-2, 7.11.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from trainhub.kernel.documents.identity import SigningFiles

# pyHanko is large, and few processes sign anything: whoever does waits for it the first time.
if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

FIELD = "Signature"
_ROOM_FOR_SIGNATURE = 8192


def sign(
    document: bytes,
    files: SigningFiles,
    *,
    signer: str,
    reason: str,
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a document with a signature over all of it.

    Args:
        document: an unsigned PDF.
        files: of who signs.
        signer: the name that PDF readers show.
        reason: shown by PDF readers.
        attachments: JSON files by name that travel inside the document.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    target = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(document))
    for name, content in (attachments or {}).items():
        _attach(writer, name, content)
    signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
            name=signer,
            reason=reason,
        ),
        signer=_signer(files),
    ).sign_pdf(writer, output=target, bytes_reserved=_ROOM_FOR_SIGNATURE)
    return target.getvalue()


def _attach(writer: IncrementalPdfFileWriter, name: str, content: bytes) -> None:
    from pyhanko.pdf_utils import embed

    held = embed.EmbeddedFileObject.from_file_data(writer, data=content, mime_type="application/json")
    embed.embed_file(writer, embed.FileSpec(file_spec_string=name, embedded_data=held))


@cache
def _signer(files: SigningFiles) -> signers.SimpleSigner:
    from pyhanko.sign import signers

    load: Any = signers.SimpleSigner.load
    loaded: signers.SimpleSigner | None = load(str(files.key), str(files.certificate))
    if loaded is None:
        raise RuntimeError("the signing key and its certificate do not load")
    return loaded
