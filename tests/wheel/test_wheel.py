"""A wheel built from the tree serves the site from an empty folder: pages, styles, languages, migrations."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
CARRIED = {"trainhub": "trainhub", "templates": "trainhub/templates", "migrations": "trainhub/migrations"}


def tree_files() -> list[Path]:
    """The files of the tree as a fresh clone would have them, with what is about to be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing left over in the tree gets into it."""
    tree = tmp_path_factory.mktemp("tree")
    for path in tree_files():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tree / path)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    built = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return next((tree / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel, and borrows the locked libraries of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = str(folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    # A path file adds the libraries but not the tree: an editable installation needs a path file of its own.
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(site) / "libraries.pth").write_text("\n".join(libraries) + "\n")
    return folder


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


def environment() -> dict[str, str]:
    """What an operator's shell has: nothing of this test run, nothing of trainhub."""
    strange = ("TRAINHUB_", "PYTEST", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(strange)}


@pytest.fixture(scope="module")
def site(installed: Path, empty_folder: Path) -> Iterator[httpx.Client]:
    """The site of the wheel, after `trainhub db upgrade` and `trainhub serve` in an empty folder."""
    trainhub, port = str(installed / "bin" / "trainhub"), free_port()
    around = {"cwd": empty_folder, "env": environment()}
    upgraded = subprocess.run([trainhub, "db", "upgrade"], capture_output=True, text=True, **around)
    assert upgraded.returncode == 0, upgraded.stdout + upgraded.stderr
    log = empty_folder / "serve.log"
    with log.open("wb") as output:
        serving = subprocess.Popen(
            [trainhub, "serve", "--port", str(port)], stdout=output, stderr=output, **around
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=20) as client:
            wait_for(client, serving, log)
            yield client
    finally:
        serving.terminate()
        serving.wait(timeout=20)


def wait_for(client: httpx.Client, serving: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and serving.poll() is None:
        try:
            client.get("/")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the site did not start:\n{log.read_text()[-3000:]}")


def heading(page: str) -> str:
    """The words of the page's first heading."""
    found = re.search(r"<h1\b.*?</h1>", page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[0]).strip() if found else ""


def test_the_wheel_carries_every_file_of_the_package_its_templates_and_its_migrations(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(Path(CARRIED[path.parts[0]], *path.parts[1:])): path
        for path in tree_files()
        if path.parts[0] in CARRIED and path.suffix != ".md"
    }
    assert [str(path) for name, path in wanted.items() if name not in inside] == []


def test_the_wheel_carries_nothing_else(wheel):
    strangers = [
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if not re.match(r"trainhub(-[\w.+]+\.dist-info)?/", name)
    ]
    assert strangers == []


def test_the_installed_package_is_the_one_of_the_wheel(installed, empty_folder):
    python = str(installed / "bin" / "python")
    command = [python, "-c", "import trainhub; print(trainhub.__file__)"]
    place = subprocess.run(
        command, cwd=empty_folder, env=environment(), capture_output=True, text=True, check=True
    )
    assert place.stdout.startswith(str(installed))


def test_the_front_page_is_served_in_chinese(site):
    page = site.get("/")
    assert page.status_code == 200
    assert re.search(r'<html[^>]* lang="zh', page.text)
    assert re.search(r"[\u4e00-\u9fff]", heading(page.text))


def test_the_front_page_is_served_in_english(site):
    page = site.get("/", params={"lang": "en"})
    assert page.status_code == 200
    assert re.search(r'<html[^>]* lang="en', page.text)
    assert re.match(r"[A-Za-z]", heading(page.text))


def test_every_style_and_script_of_the_front_page_is_served(site):
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', site.get("/").text)
    assert any(".css" in link for link in links)
    assert [link for link in links if site.get(link).status_code != 200] == []


def test_the_data_is_made_in_the_folder_where_one_stands(site, empty_folder):
    assert (empty_folder / "instance" / "trainhub.db").stat().st_size > 0


@pytest.mark.parametrize("bench", [("papers", "--size", "3000", "3"), ("staffing", "--size", "5", "60")])
def test_what_is_measured_by_a_command_needs_no_source_tree(installed, empty_folder, bench):
    command = [str(installed / "bin" / "trainhub"), "bench", *bench, "--json"]
    ran = subprocess.run(command, cwd=empty_folder, env=environment(), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert json.loads(ran.stdout)["figures"]
