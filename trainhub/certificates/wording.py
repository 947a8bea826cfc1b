"""What a verdict means, in words that a guard at a gate understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainhub.certificates.examination import Verdict, Why
from trainhub.kernel.i18n import _l


@dataclass(frozen=True)
class Words:
    """A verdict for a reader.

    Args:
        answer: yes or no, in a few words.
        tone: good, warn or bad, for colour beside the words.
        advice: what to do.
    """

    answer: Any
    tone: str
    advice: Any


VERDICTS = {
    Verdict.GENUINE: Words(
        _l("Genuine and valid"),
        "good",
        _l("Compare the name below with the ID card of the person before you."),
    ),
    Verdict.REVOKED: Words(
        _l("Genuine once, revoked now: not valid"),
        "bad",
        _l("Do not accept it. The exam centre can say more."),
    ),
    Verdict.EXPIRED: Words(
        _l("Genuine, but expired: not valid any more"), "warn", _l("Ask for a newer certificate.")
    ),
    Verdict.ALTERED: Words(
        _l("Altered: not genuine"),
        "bad",
        _l("Do not accept it. Ask for the original file, or verify by number."),
    ),
    Verdict.INCOMPLETE: Words(
        _l("Incomplete: a part of the file is missing"),
        "warn",
        _l("The file may be damaged on its way. Ask for it again, or verify by number."),
    ),
    Verdict.FOREIGN: Words(
        _l("Not issued here"), "bad", _l("This authority did not sign this file. Do not accept it as ours.")
    ),
    Verdict.UNREADABLE: Words(
        _l("Unreadable: this cannot be checked"),
        "warn",
        _l("Choose the PDF file of the certificate; a photo or a scan cannot be checked, its number can."),
    ),
}

REASONS = {
    Why.WHOLE: _l("The register knows it, and every byte is as it was signed."),
    Why.NOT_A_PDF: _l("The file is not a PDF, or not one that can be read."),
    Why.TOO_LARGE: _l("The file is larger than any certificate of ours."),
    Why.TOO_LONG: _l("Reading the file took too long."),
    Why.END_MISSING: _l("The end of the file is missing."),
    Why.SIGNATURE_MISSING: _l("The signature is missing: it was cut off or never there."),
    Why.NO_SIGNATURE: _l("The file carries no signature of ours."),
    Why.OTHER_SIGNER: _l("The file is signed by somebody else."),
    Why.SAME_NAME_OTHER_KEY: _l(
        "The signer uses our name, but not our key: somebody imitates this authority."
    ),
    Why.CONTENT_CHANGED: _l("The content was changed after it was signed."),
    Why.REVISION_APPENDED: _l("Something was appended after it was signed."),
    Why.SIGNATURE_REWRITTEN: _l("The bytes of the signature were rewritten."),
    Why.NOT_WHAT_WE_ISSUED: _l("It differs from the file that was issued under this number."),
    Why.NOT_IN_REGISTER: _l("The register knows no certificate with the number in this file."),
    Why.REVOKED: _l("It was revoked after it was issued."),
    Why.EXPIRED: _l("Its period of validity is over."),
    Why.REGISTER_NOT_ASKED: _l("Checked by the file alone: whether it was revoked is not known."),
}
