"""The only audit log: append-only, a salted leaf per decision, written in the transaction of the act.

The tree over the leaves, its signed heads and its proofs are computed from what stands here.
"""

from trainhub.ledger.append import append
from trainhub.ledger.models import Entry

__all__ = ["Entry", "append"]
