"""What every application of a process makes anew though it comes out the same, made once for all tests.

Each test has an application of its own. Compiling its pages and addresses again took most of what making it
costs; what is shared here is only code compiled from the same source.
"""

from __future__ import annotations

import gc
from hashlib import sha256
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from types import CodeType

import structlog
from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule

from trainhub.kernel import engines, pages

FOLDER = Path(__file__).resolve().parent.parent / ".pytest_cache" / "templates"


class CompiledTemplates(FileSystemBytecodeCache):
    """What Jinja made of the templates; asked by name, file and source, so a changed one is made anew.

    How the house sets Jinja up (``kernel.pages``) decides too, and so stands in the names of the files. The
    processes of a run, and later runs, find in files what the first has made.
    """

    def __init__(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        setting_up = sha256(Path(pages.__file__).read_bytes()).hexdigest()[:12]
        super().__init__(str(FOLDER), f"%s-{version('jinja2')}-{setting_up}.cache")
        self.kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template if its source is the one that was compiled."""
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
            return
        super().load_bytecode(bucket)
        self.kept[bucket.key] = (bucket.checksum, bucket.code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        super().dump_bytecode(bucket)
        self.kept[bucket.key] = (bucket.checksum, bucket.code)


class SharedMap(Map):
    """Addresses that are compiled once for all applications that have the same ones in the same order.

    What an application adds is noted, and looked up when somebody asks for an address.
    """

    compiled: dict = {}

    def __init__(self, *args, **kwargs):
        self.wanted: list[Rule] = []
        super().__init__(*args, **kwargs)

    def add(self, rulefactory):
        """Note addresses, as they are; none of them is bound to this application."""
        self.wanted += rulefactory.get_rules(self)
        self._remap = True

    def update(self):
        """Take what was compiled for these addresses, or compile it."""
        if not self._remap:
            return
        with self._remap_lock:
            settings = self.strict_slashes, self.merge_slashes, self.redirect_defaults, self.host_matching
            converters = tuple(sorted(self.converters.items(), key=itemgetter(0)))
            key = (settings, self.default_subdomain, converters, *map(number_of, self.wanted))
            if key not in self.compiled:
                self.compiled[key] = self._compile(settings)
            self._matcher, self._rules_by_endpoint = self.compiled[key]
            self._remap = False

    def _compile(self, settings):
        names = ("strict_slashes", "merge_slashes", "redirect_defaults", "host_matching")
        made = Map(
            default_subdomain=self.default_subdomain,
            converters=self.converters,
            **dict(zip(names, settings, strict=True)),
        )
        for rule in self.wanted:
            own = rule.empty()
            own.provide_automatic_options = getattr(rule, "provide_automatic_options", None)
            made.add(own)
        made.update()
        return made._matcher, made._rules_by_endpoint


_numbers: dict[tuple, int] = {}


def number_of(rule: Rule) -> int:
    """Return the number of an address; equal ones have the same."""
    if not hasattr(rule, "number"):
        facts = {**rule.get_empty_kwargs(), "automatic": getattr(rule, "provide_automatic_options", None)}
        facts["methods"] = frozenset(rule.methods or ())
        facts["defaults"] = tuple((rule.defaults or {}).items())
        key = (rule.rule, rule.methods is None, *sorted(facts.items()))
        rule.number = _numbers.setdefault(key, len(_numbers))
    return rule.number


class Remembering(BlueprintSetupState):
    """Gives an application the addresses of a blueprint as they were made for the one before it."""

    made: dict = {}

    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
        """Add an address, and the function that answers there."""
        told = options.items(), self.url_defaults.items()
        key = (self.blueprint, self.name_prefix, self.name, self.url_prefix, self.subdomain)
        key = (*key, rule, endpoint, view_func)
        known = self.made.get(key)
        if known is None or known[0] != told or view_func is None:
            told = dict(options).items(), dict(self.url_defaults).items()
            begun = len(self.app.url_map.wanted)
            super().add_url_rule(rule, endpoint, view_func, **options)
            self.made[key] = told, self.app.url_map.wanted[begun:]
            return
        for each in known[1]:
            self.app.url_map.add(each)
            if self.app.view_functions.setdefault(each.endpoint, view_func) != view_func:
                raise AssertionError(f"two functions for {each.endpoint}")


class SharedSQLite(SQLiteDialect_pysqlite):
    """SQLite whose statements are written once for all engines of the process: they come out the same."""

    supports_statement_cache = True
    written: LRUCache = LRUCache(6_000)

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
    # No test cuts the power, and waiting for the disk at every commit is a good part of a test.
    engines.SYNCHRONOUS = "OFF"
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
    Flask.url_map_class = SharedMap
    Blueprint.make_setup_state = lambda self, app, options, first: Remembering(self, app, options, first)
