"""Units and scripts: systemd itself reads them, and no side's process can see another's keys."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.front import DEPLOY, SIDES
from trainhub.kernel import keys

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("trainhub-*.service"))
WEB = {side: UNITS / f"trainhub-{side}@.service" for side in SIDES}
WORKER = UNITS / "trainhub-worker@.service"
HARD = {
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
    "CapabilityBoundingSet=", "UMask=0077", "RestrictSUIDSGID=yes", "SystemCallFilter=@system-service",
    "InaccessiblePaths=-/etc/trainhub", "StateDirectoryMode=0700",
}  # fmt: skip


def lines(path: Path) -> list[str]:
    """What a unit says, without what it says why."""
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_every_process_runs_as_somebody_of_its_own_with_nothing_it_does_not_need(path):
    said = lines(path)
    assert set(said) >= HARD
    (user,) = [line for line in said if line.startswith("User=")]
    assert user.removeprefix("User=trainhub-") in (*SIDES, "owner", "%i")


@pytest.mark.parametrize("side", SIDES)
def test_a_web_process_of_a_side_cannot_see_the_folders_of_the_others(side):
    said = lines(WEB[side])
    hidden = {line for line in said if line.startswith("InaccessiblePaths=-/var/lib/trainhub/")}
    others = {*SIDES, "owner"} - {side}
    assert hidden == {f"InaccessiblePaths=-/var/lib/trainhub/{other}" for other in others}
    assert f"ExecStart=/opt/trainhub/venv/bin/trainhub serve --side {side} --host 127.0.0.1 --port %i" in said


def test_the_web_processes_of_the_sides_differ_in_nothing_but_their_side():
    def without_side(side):
        return {
            re.sub(rf"(?<![a-z]){side}(?![a-z])", "SIDE", line)
            for line in lines(WEB[side])
            if not line.startswith(("Description=", "InaccessiblePaths=", "OOMScoreAdjust="))
        }

    in_memory = {
        "RuntimeDirectory=trainhub-SIDE-%i",
        "RuntimeDirectoryMode=0700",
        "Environment=TMPDIR=%t/trainhub-SIDE-%i",
    }
    assert without_side("exam") == without_side("oversight")
    # Films are no secret, and too large for memory.
    assert without_side("exam") == without_side("training") | in_memory
    worker = {line.replace("trainhub-worker-%i", "trainhub-SIDE-%i") for line in lines(WORKER)}
    assert worker >= in_memory


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    for path in [*SERVICES, UNITS / "trainhub.target"]:
        # The program lies elsewhere here, and systemd looks whether it is there.
        text = path.read_text().replace("/opt/trainhub/venv/bin/trainhub", "/bin/true")
        (tmp_path / path.name).write_text(text)
    started = [
        tmp_path / path.name.replace("@.", "@8111." if "worker" not in path.name else "@exam.")
        for path in SERVICES
    ]
    command = [analyze, "verify", "--man=no", "--recursive-errors=no", *map(str, started)]
    said = subprocess.run(command, capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "trainhub" in line]
    assert (said.returncode, ours) == (0, []), said.stderr


def test_systemd_would_have_seen_a_word_that_it_does_not_know(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    wrong = tmp_path / "trainhub-wrong.service"
    wrong.write_text("[Service]\nExecStart=/bin/true\nProtectEverything=yes\n")
    said = subprocess.run([analyze, "verify", "--man=no", str(wrong)], capture_output=True, text=True)
    assert "ProtectEverything" in said.stderr


@pytest.mark.parametrize("path", sorted((DEPLOY / "bin").iterdir()), ids=lambda path: path.name)
def test_a_script_is_good_shell_and_may_be_started(path):
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", str(path)], capture_output=True).returncode == 0


def hand_out(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(DEPLOY / "bin" / "hand-out-keys"), folder], capture_output=True, text=True)


def held(folder: Path, side: str) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (folder / side / "keys").glob("*.key")}


def test_each_side_is_given_the_keys_that_its_process_asks_for_and_no_others(tmp_path):
    keys.create_missing_keys(tmp_path / "owner" / "keys", "exam")
    made = held(tmp_path, "owner")
    assert hand_out(tmp_path).returncode == 0
    for side in SIDES:
        assert set(held(tmp_path, side)) == set(keys.SYMMETRIC[side])
        assert held(tmp_path, side).items() <= made.items()
        for path in (tmp_path / side / "keys").iterdir():
            assert path.stat().st_mode & 0o077 == 0
    assert "exam" not in held(tmp_path, "owner")


def test_keys_that_were_handed_out_are_never_written_over(tmp_path):
    keys.create_missing_keys(tmp_path / "owner" / "keys", "exam")
    hand_out(tmp_path)
    before = {side: held(tmp_path, side) for side in SIDES}
    keys.create_missing_keys(tmp_path / "owner" / "keys", "oversight")
    assert hand_out(tmp_path).returncode == 0
    (tmp_path / "owner" / "keys" / "people.key").write_bytes(b"another")
    refused = hand_out(tmp_path)
    assert refused.returncode == 1
    assert "another one" in refused.stderr
    assert {side: held(tmp_path, side) for side in SIDES} == before
