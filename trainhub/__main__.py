"""``python -m trainhub``: the command line."""

from trainhub.cli import main

main()
