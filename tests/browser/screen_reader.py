"""Activates controls as a screen reader on Linux does: through AT-SPI, without any pointer or key.

Run as a program of its own (``python screen_reader.py NAME…``) on the bus of the browser, it presses, one
after the other and with a human pause, the controls whose accessible names contain what is given.
"""

from __future__ import annotations

import ctypes
import sys
import time

ROLES = ("radio button", "check box", "push button", "button")
DEEP = 40


def library():
    """Return libatspi with the few functions that are needed declared."""
    found = ctypes.CDLL("libatspi.so.0")
    pointer = ctypes.c_void_p
    shapes = {
        "atspi_get_desktop": (pointer, [ctypes.c_int]),
        "atspi_accessible_get_child_count": (ctypes.c_int, [pointer, pointer]),
        "atspi_accessible_get_child_at_index": (pointer, [pointer, ctypes.c_int, pointer]),
        "atspi_accessible_get_name": (pointer, [pointer, pointer]),
        "atspi_accessible_get_role_name": (pointer, [pointer, pointer]),
        "atspi_accessible_get_action_iface": (pointer, [pointer]),
        "atspi_action_do_action": (ctypes.c_int, [pointer, ctypes.c_int, pointer]),
    }
    for name, (result, arguments) in shapes.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    found.atspi_init()
    return found


def text(of):
    """Return a C string as text."""
    return ctypes.string_at(of).decode() if of else ""


def controls(atspi, node, depth=0):
    """Walk the tree below a node: every control with its name."""
    if not node or depth > DEEP:
        return
    if text(atspi.atspi_accessible_get_role_name(node, None)) in ROLES:
        yield text(atspi.atspi_accessible_get_name(node, None)).strip(), node
    for index in range(max(0, atspi.atspi_accessible_get_child_count(node, None))):
        yield from controls(atspi, atspi.atspi_accessible_get_child_at_index(node, index, None), depth + 1)


def press(atspi, wanted, patience=10.0):
    """Activate the first control whose name contains what is wanted."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        for name, node in controls(atspi, atspi.atspi_get_desktop(0)):
            if wanted in name:
                return bool(
                    atspi.atspi_action_do_action(atspi.atspi_accessible_get_action_iface(node), 0, None)
                )
        time.sleep(0.2)
    return False


if __name__ == "__main__":
    bus = library()
    for each in sys.argv[1:]:
        time.sleep(1.2)
        print(each, press(bus, each), flush=True)
