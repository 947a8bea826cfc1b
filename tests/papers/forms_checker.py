"""An independent reading of a blueprint: what forms it allows, and the best of them, by trying everything."""

from itertools import combinations, combinations_with_replacement

UNIT = 10_000


def matches(item, cell):
    return all(cell[name] in (None, item[name]) for name in ("type", "knowledge_point", "level"))


def fills(items, cells):
    """Tell whether each item can go to a cell of its own kind so that every cell has its count."""
    places = [cell for cell in cells for _place in range(cell["count"])]
    if len(places) != len(items):
        return False

    def place(number, left):
        if number == len(items):
            return True
        return any(
            matches(items[number], cell) and place(number + 1, left[:at] + left[at + 1 :])
            for at, cell in enumerate(left)
        )

    return place(0, places)


def possible_forms(items, cells):
    """Return every set of items that fills the cells without enemies."""
    count = sum(cell["count"] for cell in cells)
    found = []
    for form in combinations(items, count):
        groups = [group for each in form for group in each["enemy_group"].split(";") if group]
        if len(set(groups)) == len(groups) and fills(form, cells):
            found.append(form)
    return found


def allowed(forms, wanted):
    """Tell whether forms share and use items no more than they may, and keep the tolerance."""
    used = [each["id"] for form in forms for each in form]
    for form in forms:
        for each in form:
            most = wanted.get("max_exposure")
            if most is not None and each["exposure"] + used.count(each["id"]) > most:
                return False
            if each["last_used"] and each["last_used"] <= wanted.get("min_distance", 0):
                return False
        goal = wanted.get("facility") or {}
        if goal.get("tolerance") is not None:
            mean = sum(each["facility"] for each in form) / len(form)
            if abs(mean - goal["target"]) > goal["tolerance"] + 1e-9:
                return False
    most = wanted.get("max_overlap")
    ids = [{each["id"] for each in form} for form in forms]
    return most is None or all(len(one & other) <= most for one, other in combinations(ids, 2))


def cost(forms, wanted):
    """Return the worst distance from the target facility, or the spread, plus the spread of information."""

    def whole(value):
        return round(value * UNIT)

    sums = [sum(whole(each["facility"]) for each in form) for form in forms]
    information = [
        sum(whole(each["discrimination"] ** 2 * each["facility"] * (1 - each["facility"])) for each in form)
        for form in forms
    ]
    goal = wanted.get("facility")
    if goal:
        target = round(goal["target"] * UNIT * len(forms[0]))
        away = max(abs(each - target) for each in sums)
    else:
        away = max(sums) - min(sums)
    return away + max(information) - min(information)


def best(items, wanted):
    """Return the least cost of any allowed forms; None if there are none."""
    possible = possible_forms(items, wanted["cells"])
    costs = [
        cost(forms, wanted)
        for forms in combinations_with_replacement(possible, wanted["forms"])
        if allowed(forms, wanted)
    ]
    return min(costs, default=None)
