"""The pages of cases share one blueprint."""

from flask import Blueprint

cases = Blueprint("cases", __name__, url_prefix="/training/cases")
