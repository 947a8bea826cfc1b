"""An independent reading of the form of exchange: what an instance allows, without the planner's code."""

from datetime import datetime
from itertools import combinations


def moment(text):
    return datetime.fromisoformat(text)


def overlap(one, other):
    return moment(one[0]) < moment(other[1]) and moment(other[0]) < moment(one[1])


def may(instance, person, sitting, duty, pairs):
    """Tell whether one person may do a duty at one sitting, taken alone."""
    if duty not in person["duties"] or (person["id"], sitting["id"]) in pairs:
        return False
    if duty == "assessor" and sitting["qualification"] not in person.get("qualifications", ()):
        return False
    cross = instance.get("settings", {}).get("cross_district")
    if (duty == "inspector" or cross) and person.get("district", "") == sitting["district"]:
        return False
    if duty == "inspector" and person.get("site") and person["site"] == sitting["site"]:
        return False
    period = (sitting["starts_at"], sitting["ends_at"])
    return not any(overlap(each, period) for each in person.get("unavailable", ()))


def complaints(instance, assignments):
    """Return everything in a plan that the instance does not allow."""
    sittings = {each["id"]: each for each in instance["sittings"]}
    people = {each["id"]: each for each in instance["people"]}
    pairs = {(each["person"], each["sitting"]) for each in instance.get("forbidden", ())}
    found = []
    for each in assignments:
        if not may(instance, people[each["person"]], sittings[each["sitting"]], each["duty"], pairs):
            found.append(("may not", each))
    for one, other in combinations(assignments, 2):
        if one["person"] == other["person"]:
            first, second = sittings[one["sitting"]], sittings[other["sitting"]]
            if first is second or overlap(
                (first["starts_at"], first["ends_at"]), (second["starts_at"], second["ends_at"])
            ):
                found.append(("twice at once", one, other))
    for person in people.values():
        count = sum(each["person"] == person["id"] for each in assignments)
        if count > person.get("max_sittings", count):
            found.append(("too often", person["id"]))
    for sitting in sittings.values():
        for duty, needed in sitting["needs"].items():
            there = sum((each["sitting"], each["duty"]) == (sitting["id"], duty) for each in assignments)
            if there > needed:
                found.append(("too many", sitting["id"], duty))
    return found


def most_places(instance):
    """Return how many places can be staffed at most, by trying everything."""
    places = [
        (sitting, duty)
        for sitting in instance["sittings"]
        for duty, needed in sitting["needs"].items()
        for _place in range(needed)
    ]

    def best(number, chosen):
        if number == len(places):
            return len(chosen)
        sitting, duty = places[number]
        found = best(number + 1, chosen)
        for person in instance["people"]:
            tried = [*chosen, {"sitting": sitting["id"], "person": person["id"], "duty": duty}]
            if found < len(places) and not complaints(instance, tried):
                found = max(found, best(number + 1, tried))
        return found

    return best(0, [])


OF_THE_PERSON = ("qualification", "district", "site")
"""What a person has or has not wherever they go: lifted at one place, it is lifted at all."""


def lifted(instance, shortages, leave_out=None):
    """Return the instance with all that keeps places empty lifted, but for one reason.

    Args:
        leave_out: sitting, duty and name of the reason; its name alone leaves it in force everywhere.
    """
    changed = {
        **instance,
        "people": [{**each} for each in instance["people"]],
        "forbidden": [*instance.get("forbidden", ())],
    }
    people = {each["id"]: each for each in changed["people"]}
    sittings = {each["id"]: each for each in instance["sittings"]}
    extra = {}
    for short in shortages:
        sitting = sittings[short["sitting"]]
        for reason in short["because"]:
            name = reason.get("rule") or reason["shortage"]
            if leave_out in ((short["sitting"], short["duty"], name), name):
                continue
            if "rule" in reason:
                changed["forbidden"] = [
                    each
                    for each in changed["forbidden"]
                    if (each["sitting"], each.get("rule", "forbidden")) != (sitting["id"], name)
                ]
            elif name == "people":
                for number in range(reason["missing"]):
                    code = f"new {sitting['id']} {short['duty']} {number}"
                    extra[code] = {
                        "id": code,
                        "duties": [short["duty"]],
                        "qualifications": [sitting["qualification"]],
                        "district": "elsewhere",
                        "max_sittings": 1,
                    }
            else:
                for one in reason["people"]:
                    _lift(people[one], name, sitting)
    changed["people"] = [*people.values(), *extra.values()]
    return changed


def _lift(person, name, sitting):
    period = (sitting["starts_at"], sitting["ends_at"])
    if name == "unavailable":
        person["unavailable"] = [each for each in person["unavailable"] if not overlap(each, period)]
    elif name == "qualification":
        person["qualifications"] = [*person.get("qualifications", ()), sitting["qualification"]]
    elif name == "district":
        person["district"] = "elsewhere"
    elif name == "site":
        person["site"] = ""
    elif name == "max_sittings":
        person["max_sittings"] += 1
