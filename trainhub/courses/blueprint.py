"""The blueprint that all pages of the room hang on."""

from flask import Blueprint

courses = Blueprint("courses", __name__, url_prefix="/training")
