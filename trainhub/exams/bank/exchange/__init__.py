"""Exchange with other programs: question files of every usual form read without trust, and written."""

from trainhub.exams.bank.exchange.files import FORMATS, read_file

__all__ = ["FORMATS", "read_file"]
