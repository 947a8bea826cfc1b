"""Pages of the room."""

from __future__ import annotations

from trainhub.kernel.rooms import Room

room = Room(name="courses", side="training")
