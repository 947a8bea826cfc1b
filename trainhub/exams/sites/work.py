"""What waits for a site manager: applications to inspect, sites to admit, suspended ones to look into."""

from __future__ import annotations

from typing import Any

from flask import url_for

from trainhub.exams.sites.models import SiteState
from trainhub.exams.sites.register import sites_of
from trainhub.governance.duties import organisations_for
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.separation.duties import Duty


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return a line for every site that waits for the person."""
    if Duty.MANAGE_SITES not in duties:
        return []
    titles = {
        SiteState.APPLIED: (_("Inspect the site"), "info"),
        SiteState.INSPECTED: (_("Admit the inspected site"), "info"),
        SiteState.SUSPENDED: (_("Look into the suspended site"), "warn"),
    }
    tasks = []
    for site in sites_of(organisations_for(person, Duty.MANAGE_SITES)):
        if SiteState(site.state) in titles:
            title, tone = titles[SiteState(site.state)]
            tasks.append(Task(title, url_for("sites.show_site", code=site.code), detail=site.name, tone=tone))
    return tasks
