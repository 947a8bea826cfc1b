"""Looks for the programs that installing and testing need, and as root installs the missing ones from Debian.

Runs before anything is installed, so it uses the standard library alone.
"""

import argparse
import glob
import importlib.util
import os
import shutil
import subprocess
import sys

FIRST_PYTHON = (3, 11)
INSTALLING = {"python3-venv": lambda: importlib.util.find_spec("ensurepip")}
TESTING = {
    "chromium": lambda: shutil.which("chromium"),
    "chromium-headless-shell": lambda: shutil.which("chromium-headless-shell"),
    "firefox-esr": lambda: shutil.which("firefox-esr"),
    "postgresql": lambda: glob.glob("/usr/lib/postgresql/*/bin/initdb") or shutil.which("initdb"),
    "redis-server": lambda: shutil.which("redis-server"),
    "nginx": lambda: shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"),
    "strace": lambda: shutil.which("strace"),
    "e2fsprogs": lambda: glob.glob("/*bin/mkfs.ext4"),
    "libfaketime": lambda: glob.glob("/usr/lib/*/faketime/libfaketime.so.1"),
    "ffmpeg": lambda: shutil.which("ffmpeg"),
    "poppler-utils": lambda: shutil.which("pdftoppm"),
    "libnss3-tools": lambda: shutil.which("certutil"),
    "dbus-daemon": lambda: shutil.which("dbus-daemon"),
    "at-spi2-core": lambda: glob.glob("/usr/libexec/at-spi-bus-launcher"),
    "fonts-wqy-zenhei": lambda: glob.glob("/usr/share/fonts/**/wqy-zenhei.ttc", recursive=True),
}


def missing(wanted):
    """The packages whose program or file is not there."""
    return [package for package, found in wanted.items() if not found()]


def install(packages):
    """Install from Debian, as root; True when that worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    steps = ([*apt, "update"], [*apt, "install", "--yes", "--no-install-recommends", *packages])
    return all(subprocess.run(step, env=environment, check=False).returncode == 0 for step in steps)


def main(arguments=None):
    """Install or name what is missing; the answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--for-install", action="store_true", help="only what an environment for Python needs"
    )
    wanted = INSTALLING if parser.parse_args(arguments).for_install else {**INSTALLING, **TESTING}
    if sys.version_info < FIRST_PYTHON:
        print(
            "trainhub needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info), file=sys.stderr
        )
        return 1
    absent = missing(wanted)
    if not absent:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing from Debian:", ", ".join(absent), flush=True)
        if install(absent) and not missing(wanted):
            return 0
        print("Could not install:", ", ".join(missing(wanted)), file=sys.stderr)
        return 1
    print("Missing:", ", ".join(absent), file=sys.stderr)
    print("Install them as root and try again:  apt-get install", " ".join(absent), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
