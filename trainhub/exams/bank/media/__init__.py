"""Files of items: what may come in, how it is made harmless, where it lies and who may have it."""

from trainhub.exams.bank.media.cleaning import CleanMedium, clean_medium
from trainhub.exams.bank.media.store import (
    ChangedMedium,
    bring,
    clear_media,
    get_medium,
    media_of,
    read_clear,
    require_whole,
)

__all__ = [
    "ChangedMedium", "CleanMedium", "bring", "clean_medium", "clear_media", "get_medium", "media_of",
    "read_clear", "require_whole",
]  # fmt: skip
