"""What every application of a process makes anew though it comes out the same, made once for all tests.

Each test has an application of its own. Compiling its pages and addresses again took most of what making it
costs; what is shared here is only code compiled from the same source.
"""

from __future__ import annotations

from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """What Jinja made of the templates; asked by name, file and source, so a changed one is made anew."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template if its source is the one that was compiled."""
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self.kept[bucket.key] = (bucket.checksum, bucket.code)


class CompiledRule(Rule):
    """An address whose builder is made once for the same text; it gets its converters when called."""

    kept: dict = {}

    def _compile_builder(self, append_unknown=True):
        if self.defaults:
            return super()._compile_builder(append_unknown)
        wanted = (self.rule, tuple(self._trace), append_unknown)
        if wanted not in self.kept:
            self.kept[wanted] = super()._compile_builder(append_unknown)
        return self.kept[wanted]


def install() -> None:
    """Let every application of this process share them."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    Flask.url_rule_class = CompiledRule
