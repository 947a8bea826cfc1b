"""nginx with the files of `deploy/nginx`, on free ports, with a certificate made for the test."""

from __future__ import annotations

import datetime
import ipaddress
import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import free_port, unavailable

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NAME = "exam.example"
SIDES = ("exam", "training", "oversight")


def require(program: str) -> str:
    """Where a program is; without it the test is skipped on a desk and fails in CI."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    return found or unavailable(program)


def write_certificate(folder: Path) -> None:
    """Make a key and a certificate that signs itself, for the test's name and address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)


class Front:
    """nginx as an operator would have it: only names, ports, paths and the certificate are the test's own."""

    def __init__(self, folder: Path, upstreams: dict[str, list[int]], *, connections: int = 512) -> None:
        self.program = require("nginx")
        self.folder = folder
        self.port = free_port()
        self.plain_port = free_port()
        self.address = f"https://{NAME}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copytree(DEPLOY / "nginx", folder, dirs_exist_ok=True)
        write_certificate(folder / "tls")
        for part in ("memory", "films", "proxy", "fastcgi", "uwsgi", "scgi"):
            (folder / "temp" / part).mkdir(parents=True)
        self._adapt(upstreams, connections)

    def _adapt(self, upstreams: dict[str, list[int]], connections: int) -> None:
        self._replace("nginx.conf", "user www-data;", "daemon off;" + _own_user())
        self._replace("nginx.conf", "/run/nginx.pid", f"{self.folder}/nginx.pid")
        self._replace("nginx.conf", "/var/log/nginx/", f"{self.folder}/")
        for file in ("nginx.conf", "snippets/locations.conf"):
            self._replace(file, "/var/lib/nginx/", f"{self.folder}/temp/")
        self._replace("nginx.conf", "worker_processes auto;", "worker_processes 1;")
        # What an ordinary user may open is less than what the unit of systemd allows.
        self._replace("nginx.conf", "worker_rlimit_nofile 65536;", "")
        self._replace("nginx.conf", "worker_connections 16384;", f"worker_connections {connections};")
        site = "conf.d/30-site.conf"
        self._replace(site, "/etc/trainhub/tls/", f"{self.folder}/tls/")
        self._replace(site, "listen 443", f"listen 127.0.0.1:{self.port}")
        self._replace(site, "listen 80", f"listen 127.0.0.1:{self.plain_port}")
        self._replace(site, "127.0.0.1:8199", f"127.0.0.1:{free_port()}")
        self._replace("snippets/locations.conf", "/opt/trainhub/static/", f"{ROOT}/trainhub/static/")
        for side in SIDES:
            self._lead_to(side, upstreams[side])
        self._lead_to("boards", upstreams["exam"])
        temp = "\n".join(
            f"{kind}_temp_path {self.folder}/temp/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "conf.d" / "00-test.conf").write_text(temp + "\n")

    def files_of_requests(self) -> set[str]:
        """Folders in which the processes hold a file of a request or an answer that is under way."""
        found = set()
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                if f"\nPPid:\t{self.pid}\n" not in status.read_text():
                    continue
                opened = [os.readlink(each) for each in (status.parent / "fd").iterdir()]
            except OSError:
                continue
            temp = f"{self.folder}/temp/"
            found |= {each.removeprefix(temp).split("/")[0] for each in opened if each.startswith(temp)}
        return found

    def _lead_to(self, side: str, ports: list[int]) -> None:
        path = self.folder / "conf.d" / "20-upstreams.conf"
        before, opening, rest = path.read_text().partition(f"upstream trainhub_{side} {{")
        block, closing, after = rest.partition("\n}")
        assert opening and closing
        lines = [line for line in block.splitlines() if line.strip().startswith("server ")]
        rule = lines[0].split(maxsplit=2)[2]
        kept = [line for line in block.splitlines() if line not in lines]
        servers = [f"    server 127.0.0.1:{port} {rule}" for port in ports]
        path.write_text(before + opening + "\n".join([*kept, *servers]) + closing + after)

    def _replace(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} no longer holds {old!r}"
        path.write_text(text.replace(old, new))

    def check(self) -> subprocess.CompletedProcess[str]:
        """Have nginx read its configuration and say what is wrong with it."""
        return subprocess.run([*self._command(), "-t"], capture_output=True, text=True)

    def _command(self) -> list[str]:
        return [self.program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def start(self) -> None:
        """Start, and return once it answers."""
        with (self.folder / "start.log").open("wb") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        until = time.monotonic() + 20
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "start.log").read_text())
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            httpx.get(f"http://127.0.0.1:{self.plain_port}/")
        except httpx.TransportError:
            return False
        return True

    @property
    def pid(self) -> int:
        """The process that started the others."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def browser(self, *, machine: str = "127.0.0.1", **options: object) -> httpx.Client:
        """A client that reaches the site under its name, from one of the addresses of this machine."""
        transport = ByName(self.port, machine, str(self.folder / "tls" / "fullchain.pem"))
        return httpx.Client(base_url=self.address, transport=transport, timeout=20, **options)  # type: ignore[arg-type]


class ByName(httpx.HTTPTransport):
    """Sends what is meant for the site's name to this machine, as its name server would."""

    def __init__(self, port: int, machine: str, trusted: str) -> None:
        super().__init__(verify=ssl.create_default_context(cafile=trusted), local_address=machine)
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; name and certificate are those of the site."""
        reached = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self._port),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions | {"sni_hostname": NAME},
        )
        return super().handle_request(reached)


def _own_user() -> str:
    """As root, stay root: the files of the test lie in folders that are nobody else's."""
    return " user root;" if os.geteuid() == 0 else ""
