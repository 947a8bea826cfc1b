"""Pages of the room."""

from __future__ import annotations

from trainhub.exams.delivery import models as models  # the tables are known before the pages are
from trainhub.kernel.rooms import Room

room = Room(name="exams.delivery", side="exam")
