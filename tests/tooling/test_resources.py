"""The folders at the top of the tree are found in a checkout and in an installed package."""

import pytest

from trainhub.kernel import resources


def test_a_checkout_has_its_folders_at_the_top(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "trainhub")
    (tmp_path / "templates").mkdir()
    assert resources.resource_folder("templates") == tmp_path / "templates"


def test_an_installed_package_uses_its_own_folder_and_not_a_strangers_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "trainhub")
    (tmp_path / "templates").mkdir()
    (tmp_path / "trainhub" / "templates").mkdir(parents=True)
    assert resources.resource_folder("templates") == tmp_path / "trainhub" / "templates"


def test_a_folder_that_is_nowhere_is_named_with_the_places_searched(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "trainhub")
    with pytest.raises(FileNotFoundError, match="no folder 'templates': looked in"):
        resources.resource_folder("templates")
