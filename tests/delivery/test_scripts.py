"""The exam page's scripts and style use nothing that Chromium 90 or Firefox 115 do not have."""

import re
from pathlib import Path

import pytest

import trainhub

STATIC = Path(trainhub.__file__).parent / "static"
SCRIPTS = sorted([*STATIC.glob("js/delivery-*.js"), *STATIC.glob("js/types/*.js")])
STYLES = sorted(STATIC.glob("css/delivery*.css"))
OLD_SCRIPTS = [STATIC / "js" / "delivery-check.js", STATIC / "js" / "delivery-loaded.js"]

# What is newer: a pattern, and the first Chromium and Firefox that have it; 0: none, or not everywhere.
NEWER_SCRIPT = {
    r"\.at\(": (92, 90),
    r"\bstructuredClone\b": (98, 94),
    r"\bObject\.hasOwn\b": (93, 92),
    r"\bObject\.groupBy\b|\bMap\.groupBy\b": (117, 119),
    r"\.findLast(?:Index)?\(": (97, 104),
    r"\.to(?:Sorted|Reversed|Spliced)\(|\.with\(": (110, 115),
    r"\bnew Error\([^)]*,\s*\{\s*cause": (93, 91),
    r"\bcrypto\.randomUUID\b": (92, 95),
    r"\bcrypto\.subtle\b": (0, 0),  # only where the connection is secure; an exam room may have none
    r"\bnavigator\.locks\b": (0, 0),  # the same
    r"\bAbortSignal\.(?:timeout|any|abort)\b": (103, 100),
    r"\.throwIfAborted\(": (100, 97),
    r"\bArray\.fromAsync\b": (121, 115),
    r"\bPromise\.(?:withResolvers|try)\b": (119, 121),
    r"\.(?:isSubsetOf|union|intersection|difference)\(": (122, 127),
    r"\bstatic\s*\{": (94, 93),
    r"#\w+ in \w": (91, 90),
    r"\bimport\s.*\b(?:with|assert)\s*\{": (91, 0),
    r"\bscheduler\.": (94, 142),
    r"\.inert\b": (102, 112),
    r"\bpopover\b|\.showPopover\(": (114, 125),
    r"\.requestClose\(": (134, 139),
    r"\.checkVisibility\(": (105, 106),
    r"\bCompressionStream\b": (80, 113),
    r"\bURL\.(?:canParse|parse)\b": (120, 115),
    r"/[dgimsuy]*v[dgimsuy]*[.;,)]": (112, 116),
}
TOP_LEVEL_AWAIT = r"(?m)^await\b"
NEWER_STYLE = {
    r":has\(": (105, 121),
    r"@container\b|\bcontainer-type\b": (105, 110),
    r"@layer\b": (99, 97),
    r"@scope\b": (118, 128),
    r"@property\b": (85, 128),
    r"@starting-style\b": (117, 129),
    r"\bcolor-mix\(": (111, 113),
    r"\boklch\(|\boklab\(|\blch\(|\blab\(": (111, 113),
    r"\blight-dark\(": (123, 120),
    r"\bsubgrid\b": (117, 71),
    r"\d[dsl]v[hwib]\b": (108, 101),
    r"\btext-wrap\b": (114, 121),
    r"\banchor-name\b|\bposition-anchor\b": (125, 0),
    r"(?m)^\s*&": (112, 117),
    r"\bwidth\s*[<>]=?": (104, 63),
    r"\b(?:round|mod|rem|abs|sign)\(": (125, 118),
    r"\bscale:|\brotate:|\btranslate:": (104, 72),
    r"\bscrollbar-gutter\b": (94, 97),
}
CALLS = {
    r"\.replaceChildren\(": ("replaceChildren", 86),
    r"\.replaceAll\(": ("replaceAll", 85),
    r"\bPromise\.any\(": ("any", 85),
    r"\bWeakRef\b": ("WeakRef", 84),
    r"\bIntl\.Segmenter\b": ("Segmenter", 87),
    r"\bshowModal\(": ("HTMLDialogElement", 37),
}
"""Calls that a browser may lack though it reads the grammar that ``delivery-check-module.js`` tries."""
OLDEST = {"Chromium": 90, "Firefox": 115}
ELEGANT = r"=>|`|\b(?:let|const|class|async|await|import|export)\b|\?\.|\.\.\."
"""Grammar that came after ES5."""


def without_remarks(path):
    text = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.S)


def without_strings(text):
    return re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", '""', text)


each_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
each_style = pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)


def too_new(text, table):
    return [
        f"{pattern}: Chromium {chromium or 'none'}, Firefox {firefox or 'none'}"
        for pattern, (chromium, firefox) in table.items()
        if (not chromium or chromium > OLDEST["Chromium"] or not firefox or firefox > OLDEST["Firefox"])
        and re.search(pattern, text)
    ]


@each_script
def test_a_script_uses_nothing_newer_than_the_oldest_browser(path):
    text = without_strings(without_remarks(path))
    assert too_new(text, NEWER_SCRIPT) == []
    assert not re.search(TOP_LEVEL_AWAIT, text)


@each_style
def test_a_style_uses_nothing_newer_than_the_oldest_browser(path):
    assert too_new(without_remarks(path), NEWER_STYLE) == []


def test_the_machine_check_asks_for_every_call_that_its_grammar_does_not_vouch_for():
    asked = (STATIC / "js" / "delivery-check.js").read_text(encoding="utf-8")
    page = "".join(without_strings(without_remarks(path)) for path in SCRIPTS if path not in OLD_SCRIPTS)
    used = {name for pattern, (name, _since) in CALLS.items() if re.search(pattern, page)}
    assert used == {"replaceChildren", "HTMLDialogElement"}
    assert {name for name in used if f'"{name}"' not in asked} == set()


@pytest.mark.parametrize("path", OLD_SCRIPTS, ids=lambda path: path.name)
def test_what_speaks_to_old_browsers_is_written_in_their_grammar(path):
    found = re.findall(ELEGANT, without_strings(without_remarks(path)))
    assert found == []


@each_script
def test_a_script_is_short_enough_to_be_read(path):
    assert path.read_text(encoding="utf-8").count("\n") < 300


def test_the_style_of_the_house_which_the_page_wears_too_does_without_what_is_newer():
    # Where lines break is a nicety: an older browser breaks them anywhere.
    text = re.sub(r"text-wrap: (?:balance|pretty);", "", without_remarks(STATIC / "css" / "trainhub.css"))
    assert too_new(text, NEWER_STYLE) == []


def test_remarks_are_taken_out_and_nothing_that_follows_them(tmp_path):
    script = tmp_path / "a.js"
    script.write_text('// one\nlist.at(-1); // two\nconst a = "http://x"; /* three\n four */ x.inert = 1;\n')
    assert without_remarks(script).split() == [
        "list.at(-1);",
        "const",
        "a",
        "=",
        '"http://x";',
        "x.inert",
        "=",
        "1;",
    ]
    assert len(too_new(without_remarks(script), NEWER_SCRIPT)) == 2


def test_something_too_new_would_be_seen():
    samples = [
        "list.at(-1)",
        "structuredClone(x)",
        "AbortSignal.timeout(5)",
        "class A { static { } }",
        "x.inert = 1",
    ]
    assert all(too_new(sample, NEWER_SCRIPT) for sample in samples)
    styles = ["a:has(b) {}", "@layer x;", "a { height: 5dvh }", "@media (width >= 5em) {}"]
    assert all(too_new(sample, NEWER_STYLE) for sample in styles)
    assert not too_new("a?.b ?? c; x ??= 1; list.replaceChildren(); dialog.showModal()", NEWER_SCRIPT)


def test_the_page_fetches_all_its_modules_side_by_side():
    from trainhub.exams.delivery.page import SCRIPTS as NAMED

    entry = {"attempt", "practice", "practice-server", "check", "check-module", "loaded"}
    others = {"watch", "camera"}  # fetched by the exam alone, not by practice
    others |= {"sheets", "sheet-marks"}  # of the clerks who enter answer sheets
    others |= {"left"}  # of the way in, where a machine may still hold answers
    stems = {path.stem.removeprefix("delivery-") for path in STATIC.glob("js/delivery-*.js")}
    assert stems - entry - others == set(NAMED)
