"""What every application of a process makes anew though it comes out the same, made once for all tests.

Each test has an application of its own. Compiling its pages and addresses again took most of what making it
costs; what is shared here is only code compiled from the same source.
"""

from __future__ import annotations

import gc
from types import CodeType

import structlog
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
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
    """An address whose parts and builder are made once for the same text."""

    kept: dict = {}
    parsed: dict = {}

    def _parse_rule(self, rule):
        if rule not in self.parsed:
            begun = len(self._trace)
            parts = list(super()._parse_rule(rule))
            self.parsed[rule] = parts, self._trace[begun:], dict(self._converters)
            return parts
        parts, trace, converters = self.parsed[rule]
        self._trace.extend(trace)
        self._converters.update(converters)
        self.arguments.update(converters)
        return parts

    def _compile_builder(self, append_unknown=True):
        if self.defaults:
            return super()._compile_builder(append_unknown)
        wanted = (self.rule, tuple(self._trace), append_unknown)
        if wanted not in self.kept:
            self.kept[wanted] = super()._compile_builder(append_unknown)
        return self.kept[wanted]


class SharedSQLite(SQLiteDialect_pysqlite):
    """SQLite whose statements are written once for all engines of the process: they come out the same."""

    supports_statement_cache = True
    written: LRUCache = LRUCache(2_000)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give a new engine the statements of those before it."""
        engine.update_execution_options(compiled_cache=cls.written)


def install() -> None:
    """Let every application of this process share them."""
    registry.register("sqlite", __name__, SharedSQLite.__name__)
    # What is loaded by now lives to the end; looking through it again and again took a tenth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    # An error that a test provokes is written plainly: coloured, with every line around it, it takes seconds.
    console = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback, sort_keys=True
    )
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], console])
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    Flask.url_rule_class = CompiledRule
