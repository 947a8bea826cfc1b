"""Exam sites: where examinations may be held, admitted after inspection, never a place of those who train."""

from trainhub.exams.sites.models import ExamRoom, Site, SiteInspection, SiteState
from trainhub.exams.sites.register import (
    activate_site,
    add_room,
    add_site,
    get_site,
    hold_site,
    inspect_site,
    require_usable,
    sites_of,
    suspend_site,
    usable_sites,
)
from trainhub.exams.sites.standard import StandardPoint, site_standard

__all__ = [
    "ExamRoom",
    "Site",
    "SiteInspection",
    "SiteState",
    "StandardPoint",
    "activate_site",
    "add_room",
    "add_site",
    "get_site",
    "hold_site",
    "inspect_site",
    "require_usable",
    "site_standard",
    "sites_of",
    "suspend_site",
    "usable_sites",
]
