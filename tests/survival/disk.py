"""A small file system of the run's own, on which the database lies, and the ballast that fills it."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18


class NoSmallDisk(Exception):
    """No small file system can be mounted here."""


def keep_mounts_to_ourselves() -> None:
    """Give this process a mount namespace of its own: what it mounts is gone with its last process.

    Raises:
        NoSmallDisk: this account may not.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0 or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0:
        raise NoSmallDisk(os.strerror(ctypes.get_errno()))


class SmallDisk:
    """A mounted file system of a fixed size: ext4 in a file, or in memory.

    A killed process leaves the same behind on either; ext4 has the waits of a real disk, memory has none.

    Args:
        folder: where it is mounted.
        megabytes: its size.
        in_memory: take no ext4, even where a loop device is to be had.
    """

    def __init__(self, folder: Path, megabytes: int, in_memory: bool = False) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"
        folder.mkdir(mode=0o755)
        self.kind = self._mount(megabytes, in_memory)
        folder.chmod(0o777)

    def _mount(self, megabytes: int, in_memory: bool) -> str:
        image = self.folder.with_suffix(".img")
        with image.open("wb") as file:
            file.truncate(megabytes * 2**20)
        # No blocks kept back for root: root must feel the full disk as well.
        ways = {
            "ext4 in a file": [
                ["mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1,nodiscard", str(image)],
                ["mount", "-o", "loop", str(image), str(self.folder)],
            ],
            "tmpfs": [["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(self.folder)]],
        }
        if in_memory:
            del ways["ext4 in a file"]
        said = b""
        for kind, steps in ways.items():
            results = []
            for step in steps:
                results.append(subprocess.run(step, capture_output=True, check=False))
            if all(result.returncode == 0 for result in results):
                return kind
            said += b"".join(result.stderr for result in results)
        raise NoSmallDisk(said.decode(errors="replace"))

    def fill(self) -> int:
        """Fill it to the last block; returns how many bytes that took."""
        size, part = 0, 2**20
        with self.ballast.open("ab", buffering=0) as file:
            while part:
                try:
                    size += file.write(b"\xff" * part)
                except OSError:
                    part //= 2
                else:
                    continue
            # Delayed allocation would give some of it back.
            try:
                os.fsync(file.fileno())
            except OSError:
                pass
        return size

    def free(self) -> None:
        """Take the ballast away."""
        self.ballast.unlink(missing_ok=True)

    def unmount(self) -> None:
        """Let it go, whoever still holds a file of it."""
        subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)
