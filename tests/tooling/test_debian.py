"""What is missing is installed by root and named to everybody else."""

from tests import debian

ABSENT = {"good-program": lambda: None}


def test_nothing_is_done_when_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(debian, "INSTALLING", {"python3": lambda: "here"})
    monkeypatch.setattr(debian, "install", lambda packages: 1 / 0)
    assert debian.main(["--for-install"]) == 0


def test_without_root_the_missing_packages_are_named_with_the_command(monkeypatch, capsys):
    monkeypatch.setattr(debian, "TESTING", ABSENT)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    assert debian.main([]) == 1
    assert "apt-get install good-program" in capsys.readouterr().err


def test_an_installation_that_brought_nothing_is_not_taken_for_done(monkeypatch, capsys):
    monkeypatch.setattr(debian, "TESTING", ABSENT)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian, "install", lambda packages: True)
    assert debian.main([]) == 1
    assert "Could not install: good-program" in capsys.readouterr().err


def test_an_old_python_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(debian, "FIRST_PYTHON", (99, 0))
    assert debian.main([]) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err
