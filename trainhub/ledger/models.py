"""Table of the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel.db import CORE_LOG, Model


class Entry(Model):
    """One decision in the ledger (台账记录). Rows are only ever added; nothing here is changed or deleted.

    The leaf hash is SHA-256(0x00 ‖ salt ‖ canonical body), as a leaf in RFC 6962, section 2.1; the body is
    canonical JSON (RFC 8785) and can be erased by law without touching the hash.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (CORE_LOG,)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[str | None] = mapped_column(index=True)
    side: Mapped[str]
    body: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str]
    leaf_hash: Mapped[str] = mapped_column(unique=True)
