"""Pages of the room."""

from __future__ import annotations

from trainhub.handover.witness import bear_witness
from trainhub.kernel.rooms import Room

room = Room(name="handover", side="core", witness=bear_witness)
