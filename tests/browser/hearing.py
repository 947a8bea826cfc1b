"""What a screen reader would say of a page: what its live regions tell, and what has the focus.

A live region is heard whenever text is put into it, the same text too: what is told twice is heard twice. An
alert is also heard when it appears.
"""

from __future__ import annotations

import re

LISTEN = """() => {
  const REGION = '[role="status"], [role="alert"], [aria-live="polite"], [aria-live="assertive"]';
  const drawn = (element) => element.getClientRects().length > 0;
  window.heard = [];
  const say = (region) => {
    const text = region.innerText.trim();
    if (text && drawn(region)) window.heard.push(text);
  };
  new MutationObserver((records) => {
    const regions = new Set();
    for (const { type, target } of records) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      if (!element) continue;
      if (type === "attributes") {
        if (element.hidden) continue;
        if (element.matches('[role="alert"]')) regions.add(element);
        element.querySelectorAll('[role="alert"]').forEach((each) => regions.add(each));
      } else if (element.closest(REGION)) regions.add(element.closest(REGION));
    }
    regions.forEach(say);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden"] });
}"""
"""Begins to listen; to be run in a page that stands."""

FOCUS = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  return at.dataset.part || at.getAttribute("aria-label") || at.innerText || at.className;
}"""
"""The name of what has the focus, or nothing when the focus was lost."""

TOLD = """() => {
  const at = document.activeElement;
  const ids = (name) => (at.getAttribute(name) || "").split(" ").filter(Boolean);
  const text = (id) => document.getElementById(id).innerText.trim();
  const own = ids("aria-labelledby").length ? ids("aria-labelledby").map(text) : [at.innerText];
  return [...own, ...ids("aria-describedby").map(text)].filter(Boolean).join("|");
}"""
"""What is told of what has the focus: its words and its description."""


def listen(page):
    """Begin to listen to a page; what was heard before is forgotten."""
    page.evaluate(LISTEN)


def heard(page):
    """Return what was heard so far, in its order, and forget it."""
    return page.evaluate("() => new Promise((done) => setTimeout(() => done(window.heard.splice(0)), 50))")


def focus(page):
    """Return what has the focus."""
    return page.evaluate(FOCUS)


def told(page):
    """Return what is told of what has the focus."""
    return page.evaluate(TOLD)


CONTROL = re.compile(
    r"^\s*- '?(radio|checkbox|textbox|combobox|button|application|option)"
    r'(?: "((?:[^"\\]|\\.)*)")?((?: \[\w+\])*)'
    r"'?(?::(?: (.*))?)?$"
)


def controls(page, within):
    """Return what Chromium tells a screen reader of the controls in a part: role, name, states and value."""
    found = []
    for line in page.locator(within).aria_snapshot().splitlines():
        match = CONTROL.match(line)
        if match:
            role, name, states, value = match.groups()
            found.append((role, name or "", " ".join(re.findall(r"\w+", states)), (value or "").strip('"')))
    return found
