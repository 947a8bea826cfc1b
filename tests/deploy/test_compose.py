"""The compose file, the Containerfile and the examples of settings: pinned, without a secret."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network

import pytest

from tests.deploy.front import DEPLOY, ROOT, SIDES
from tests.deploy.plain_yaml import NotPlain, read
from trainhub import __version__
from trainhub.cli import main
from trainhub.config import Side, read_settings

COMPOSE = read(DEPLOY / "compose" / "compose.yaml")
SERVICES = COMPOSE["services"]
PROGRAM = f"trainhub:{__version__}"
BUILT = {name: service for name, service in SERVICES.items() if service["image"] == PROGRAM}
KEYS = BUILT["keys"]
OURS = {name: service for name, service in BUILT.items() if service is not KEYS}
EXAMPLES = sorted((DEPLOY / "env").glob("*.env"))
KNOWN = set(
    re.findall(r'environment(?:\.get\(|\[)"(TRAINHUB_\w+)"', (ROOT / "trainhub/config.py").read_text())
)


def settings_of(name: str) -> dict[str, str]:
    """The variables of an example."""
    lines = (DEPLOY / "env" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_reader_refuses_what_it_does_not_understand(tmp_path):
    for wrong in ("a: 1\n   b: 2\n", "a: &x\n", "a: 1\na: 2\n", "a:1\n", "a: [1\n", "\ta: 1\n", "- 1\n"):
        path = tmp_path / "wrong.yaml"
        path.write_text(wrong)
        with pytest.raises(NotPlain):
            read(path)


def test_every_image_has_a_version_and_ours_is_this_one():
    images = {service["image"] for service in SERVICES.values()}
    assert all(re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", image) for image in images), images
    assert {PROGRAM, f"trainhub-front:{__version__}"} <= images
    bases = re.findall(r"^FROM (\S+)", (DEPLOY / "compose" / "Containerfile").read_text(), re.M)
    assert bases and all(re.search(r":\d+\.\d+\.\d+-\w+", base) for base in bases)


def test_every_service_uses_what_is_declared():
    declared = {kind: set(COMPOSE[kind]) for kind in ("networks", "volumes", "secrets")}
    for name, service in SERVICES.items():
        assert set(service.get("networks", ())) <= declared["networks"], name
        assert set(service.get("depends_on", ())) <= set(SERVICES), name
        assert set(service.get("secrets", ())) <= declared["secrets"], name
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert source.startswith(".") or source in declared["volumes"], (name, mount)


def test_what_is_mounted_from_the_tree_is_in_the_tree_or_named_as_the_operators_own():
    own = (DEPLOY / "compose" / ".gitignore").read_text().splitlines()
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("."):
                there = (DEPLOY / "compose" / source).exists()
                assert there or any(
                    source.startswith("." + line.rstrip("/")) for line in own if line[0] == "/"
                )


@pytest.mark.parametrize("name", BUILT)
def test_a_process_of_ours_may_do_nothing_but_its_work(name):
    service = BUILT[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service["user"].startswith(("0", "root"))


def test_no_two_sides_share_a_folder_or_settings():
    for name, service in OURS.items():
        (mount,) = service["volumes"]
        side = mount.split(":")[0]
        assert mount.split(":")[1] == settings_of(f"{side}.env")["TRAINHUB_INSTANCE"], name
        assert service["env_file"] == ["env/common.env", f"env/{side}.env"], name
        if "serve" in service["command"]:
            assert service["command"][service["command"].index("--side") + 1] == side
    served = [
        service["volumes"][0].split(":")[0] for service in OURS.values() if "serve" in service["command"]
    ]
    assert set(served) == set(SIDES)
    assert served.count("exam") >= 2


def test_keys_are_handed_out_by_a_container_that_sees_every_folder_and_no_network():
    assert KEYS["network_mode"] == "none" and "networks" not in KEYS and "env_file" not in KEYS
    assert KEYS["profiles"] == ["by-hand"]
    script, *folders = [mount.split(":") for mount in KEYS["volumes"]]
    assert (DEPLOY / "compose" / script[0]).read_text().startswith("#!/bin/sh")
    assert KEYS["entrypoint"] == ["sh", script[1]]
    assert dict(folders) == {
        side: settings_of(f"{side}.env")["TRAINHUB_INSTANCE"] for side in (*SIDES, "owner")
    }


def test_a_folder_of_a_side_belongs_to_the_program_before_a_volume_is_laid_there():
    text = (DEPLOY / "compose" / "Containerfile").read_text()
    (made,) = re.findall(r"for side in (.+); do", text)
    assert set(made.split()) == {*SIDES, "owner"}
    assert "install -d -o trainhub -g trainhub -m 0700 /var/lib/trainhub/$side" in text
    # A volume of nobody's name would be laid over them with each start.
    assert not re.search(r"^VOLUME", text, re.M)


def test_nginx_reaches_no_data_and_nothing_else_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["nginx"]["networks"] == ["front"]
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert all("front" not in SERVICES[name]["networks"] for name in ("postgres", "redis"))


def test_nginx_leads_to_the_processes_that_there_are():
    upstreams = (DEPLOY / "compose" / "20-upstreams.conf").read_text()
    web = {name: service for name, service in OURS.items() if "serve" in service["command"]}
    at = {name: service["networks"]["front"]["ipv4_address"] for name, service in web.items()}
    boards = upstreams.partition("upstream trainhub_boards")[2].partition("}")[0]
    assert re.findall(r"server (\S+):", boards) == [at[name] for name in web if name.startswith("exam-")]
    reached = dict(re.findall(r"server (\S+):(\d+) ", upstreams))
    assert reached == {at[name]: service["command"][-1] for name, service in web.items()}


def test_the_addresses_of_the_web_processes_are_theirs_alone_and_given_to_nobody_else():
    (told,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    network, given = ip_network(told["subnet"]), ip_network(told["ip_range"])
    addresses = [
        ip_address(service["networks"]["front"]["ipv4_address"])
        for service in OURS.values()
        if "front" in service.get("networks", ())
    ]
    assert len(set(addresses)) == len(addresses) > 0
    assert all(each in network and each not in given for each in addresses)
    assert given.subnet_of(network)


def test_nginx_starts_while_no_process_is_there(tmp_path):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx is not None
    main = tmp_path / "nginx.conf"
    upstreams = DEPLOY / "compose" / "20-upstreams.conf"
    main.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off; include {upstreams}; }}\n")
    tried = subprocess.run([nginx, "-t", "-e", "stderr", "-c", str(main)], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr


def test_the_owner_of_the_tables_is_not_the_administrator_of_the_cluster():
    postgres = SERVICES["postgres"]
    assert postgres["environment"]["POSTGRES_USER"] == "postgres"
    mounted = dict(mount.split(":")[:2] for mount in postgres["volumes"])
    assert mounted["../postgresql/roles.sql"] == "/docker-entrypoint-initdb.d/roles.sql"


def test_the_builder_is_sent_what_is_copied_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().split("\n")
    said = [line for line in lines if line and not line.startswith("#")]
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "compose" / "Containerfile").read_text(), re.M
    )
    assert said[0] == "*" and said[-1] == "**/__pycache__"
    assert {line.removeprefix("!") for line in said[1:-1]} == {
        each for line in copied for each in line.split()
    }


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_a_container_is_one_of_the_program(name):
    command, context = main, None
    for word in OURS[name]["command"]:
        if word.startswith("-"):
            break
        command = command.get_command(context, word)
        assert command is not None, word
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in OURS[name]["command"] if word.startswith("--")} <= options


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_of_settings_names_only_what_the_program_knows_and_holds_no_secret(path):
    settings = settings_of(path.name)
    assert settings
    assert set(settings) <= KNOWN
    for value in settings.values():
        assert "@" not in value or ":PASSWORD@" in value
    for name, service in SERVICES.items():
        for variable in service.get("environment", {}):
            assert not variable.startswith("TRAINHUB_") or variable in KNOWN, name


@pytest.mark.parametrize("side", [*SIDES, "owner"])
def test_the_settings_of_a_side_are_taken_by_the_program(side):
    found = read_settings(settings_of("common.env") | settings_of(f"{side}.env"))
    assert found.side == (Side.OVERSIGHT if side == "owner" else Side(side))
    assert found.proxies == 1
    assert found.secure_cookies
    assert found.instance.name == side


def test_no_two_sides_have_a_login_or_a_folder_in_common():
    for name in ("TRAINHUB_DATABASE_URL", "TRAINHUB_INSTANCE", "TRAINHUB_STORAGE_URL", "TRAINHUB_REDIS_URL"):
        values = [settings_of(f"{side}.env")[name] for side in SIDES]
        assert len(set(values)) == len(SIDES), name


def test_the_container_holds_the_locked_libraries_and_is_nobody_in_particular():
    text = (DEPLOY / "compose" / "Containerfile").read_text()
    program = text[text.rindex("FROM ") :]
    assert "--require-hashes" in text and "requirements.lock" in text
    assert re.search(r"^USER 10001:10001$", program, re.M)
    assert "pip install" not in program
    assert json.loads(re.search(r"^ENTRYPOINT (.+)$", program, re.M)[1]) == ["trainhub"]
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        for source in copied.split():
            assert (ROOT / source).exists(), source
