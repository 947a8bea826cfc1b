"""trainhub: training and examination for work-safety qualifications, kept apart (考培分离)."""

from trainhub.app import create_app

__all__ = ["create_app"]
__version__ = "0.1.0"
