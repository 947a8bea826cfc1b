"""Choosing staff for many sittings at once (考务人员编排): pure, from an instance to a plan, no database."""

from trainhub.exams.staffing.plan.instance import BadInstance, Instance, read_instance
from trainhub.exams.staffing.plan.solving import Assignment, Plan, solve

__all__ = ["Assignment", "BadInstance", "Instance", "Plan", "read_instance", "solve"]
