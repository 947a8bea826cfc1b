"""Package list of the wheel: the package itself, and the two folders that stand at the top of the tree."""

from setuptools import find_packages, setup

# setup.cfg holds everything else; it can name either "find" or a fixed list, and here both are needed.
FOLDERS = {"trainhub.templates": "templates", "trainhub.migrations": "migrations"}

setup(
    packages=[*find_packages(include=["trainhub", "trainhub.*"]), *FOLDERS],
    package_dir=FOLDERS,
)
