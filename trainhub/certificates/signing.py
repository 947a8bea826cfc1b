"""Signing a proof: PAdES with ECDSA P-256, certified so that no later change is allowed (DocMDP level 1).

ETSI EN 319 142-1; ISO 32000-2, 12.8.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from trainhub.certificates.authority import ISSUER_NAME, SigningFiles

FIELD = "Signature"
_ROOM_FOR_SIGNATURE = 8192


def sign(document: bytes, files: SigningFiles, *, reason: str) -> bytes:
    """Return a document with our signature over all of it.

    Args:
        document: an unsigned PDF.
        files: of the authority.
        reason: shown by PDF readers.
    """
    signer = _signer(files)
    target = BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
            name=ISSUER_NAME,
            reason=reason,
        ),
        signer=signer,
    ).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(document)),
        output=target,
        bytes_reserved=_ROOM_FOR_SIGNATURE,
    )
    return target.getvalue()


@cache
def _signer(files: SigningFiles) -> signers.SimpleSigner:
    load: Any = signers.SimpleSigner.load
    loaded: signers.SimpleSigner | None = load(str(files.key), str(files.certificate))
    if loaded is None:
        raise RuntimeError("the issuing key and its certificate do not load")
    return loaded
