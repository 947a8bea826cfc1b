"""Finds the folders that stand at the top of the tree and travel inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: str) -> Path:
    """Tell where ``templates`` or ``migrations`` lies, in a checkout as well as in an installed wheel.

    Args:
        name: the folder's name at the top of the tree.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: neither place has it; the message names both.
    """
    # Inside the package first: beside an installed package stand the folders of strangers.
    places = (PACKAGE / name, PACKAGE.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"no folder {name!r}: looked in {places[0]} and {places[1]}")
