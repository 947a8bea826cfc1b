"""What the machine check says, in the reader's language: its script holds no text of its own."""

from __future__ import annotations

from trainhub.kernel.i18n import _, once_per_language


@once_per_language
def texts_of_the_check() -> dict[str, str]:
    """Return the texts of the machine check by name; ``{…}`` stands for what the script puts in."""
    return _verdicts() | _browser() | _machine() | _network()


def _verdicts() -> dict[str, str]:
    return {
        "good": _("This machine can hold the exam."),
        "warn": _("This machine can hold the exam; read the remarks first."),
        "bad": _(
            "This browser cannot hold the exam. Use another machine, or a newer browser, and check again."
        ),
        "running": _("Checking"),
        "stateGood": _("Good"),
        "stateWarn": _("Caution"),
        "stateBad": _("Lacking"),
        "stateInfo": _("Information"),
        "yes": _("Works"),
        "no": _("Does not work"),
    }


def _browser() -> dict[str, str]:
    return {
        "browser": _("Browser"),
        "unknownBrowser": _("A browser that is not known here; what it can do decides."),
        "oldBrowser": _(
            "{name} is older than {least}; the exam is tried from {least} on. Use a newer browser or another "
            "machine if there is one."
        ),
        "modules": _("Scripts of the exam page (modules)"),
        "fetch": _("Requests that can be broken off (fetch, AbortController)"),
        "dialog": _("Dialogs"),
        "pages": _("Pages that change in place"),
        "random": _("Random numbers"),
        "cookies": _("Cookies"),
        "storage": _("Settings on this machine (localStorage)"),
        "journal": _("Answers kept on this machine (IndexedDB), written and read back"),
        "journalLost": _(
            "Without network, answers would be kept only as long as the page stays open. A private "
            "window does that."
        ),
    }


def _machine() -> dict[str, str]:
    return {
        "space": _("Free space for answers"),
        "spaceFree": _("{count} MB"),
        "spaceUnknown": _("The browser does not say."),
        "spaceShort": _("{count} MB. Little: perhaps a private window, or a full disk."),
        "screen": _("Screen"),
        "screenSize": _("{width} × {height} points"),
        "screenSmall": _("{width} × {height} points. Small; the page works, with more scrolling."),
        "input": _("Input"),
        "mouse": _("Mouse"),
        "touch": _("Touch"),
        "mouseAndTouch": _("Mouse and touch"),
        "keyboard": _("Keyboard"),
        "keyboardAsk": _("Press any key to try it."),
        "voices": _("Reading aloud"),
        "voicesFound": _("A voice of this machine reads {language}."),
        "voicesNone": _("This machine has no voice for {language}; the button to read aloud stays hidden."),
        "language": _("English"),
    }


def _network() -> dict[str, str]:
    return {
        "connection": _("Way to the server and back"),
        "connectionTime": _("{median} ms, varying by {jitter} ms"),
        "connectionSlow": _(
            "{median} ms, varying by {jitter} ms. Slow; the exam works, saving takes a moment."
        ),
        "connectionNone": _("The server did not answer."),
        "clock": _("Clock of this machine"),
        "clockRight": _("Differs from the server by {count} s."),
        "clockWrong": _(
            "Differs from the server by {count} s. The exam goes by the server's clock; set yours "
            "all the same."
        ),
    }
