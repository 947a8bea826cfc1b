"""The help of the command is all that an operator has at a terminal: it leaves nothing unsaid."""

import click
import pytest
from click.testing import CliRunner

from trainhub.cli import main


def all_commands(command=main, path=()):
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from all_commands(each, (*path, name))


COMMANDS = dict(all_commands())


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "trainhub")
def test_each_command_says_what_it_does_and_each_option_what_it_is_for(path):
    command = COMMANDS[path]
    options = [each for each in command.params if isinstance(each, click.Option)]

    assert command.help
    assert [each.opts for each in options if not each.help] == []


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "trainhub")
def test_the_help_names_each_variable_of_the_environment_that_an_option_reads(path):
    read = {each.envvar for each in COMMANDS[path].params if isinstance(each, click.Option) and each.envvar}
    shown = CliRunner().invoke(main, [*path, "--help"], terminal_width=100)

    assert shown.exit_code == 0
    assert {each for each in read if each not in shown.output} == set()
