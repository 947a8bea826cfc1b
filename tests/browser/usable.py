"""Whether a page can be used: it fits its screen, and axe-core finds nothing serious or critical on it."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT

SERIOUS = ("serious", "critical")

STILL = """() => Promise.all(document.getAnimations()
  .filter((each) => each.effect.getComputedTiming().iterations !== Infinity)
  .map((each) => each.finished.catch(() => null))).then(() => true)"""
"""Resolves when colours have ended their change: half way, axe judges a contrast that nobody chose."""

COLOURS = """() => {
  const known = new Map();
  const behind = (element) => {
    if (!element) return "";
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.position].join(" ");
      const before = behind(element.parentElement);
      known.set(element, before.endsWith(own) ? before : `${before}/${own}`);
    }
    return known.get(element);
  };
  const shows = (element) => element.matches("input, select, textarea") ||
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...new Set([...document.body.querySelectorAll("*")].filter(shows).map((element) => {
    const style = getComputedStyle(element);
    return [style.color, style.fontSize, style.fontWeight, style.textShadow, behind(element)].join(" ");
  }))];
}"""
"""What a contrast depends on, for each text of the page: its own colour and size, and what lies behind it."""

JUDGE = """async (contrast) => {
  const wanted = (rule) => rule.enabled && !rule.tags.includes("experimental") &&
    ["serious", "critical"].includes(rule.impact) && (contrast || rule.id !== "color-contrast");
  const values = axe._audit.rules.filter(wanted).map((rule) => rule.id);
  const options = { runOnly: { type: "rule", values }, resultTypes: ["violations"], preload: false };
  const found = await axe.run(options);
  return found.violations.map((each) => [each.id, each.impact, each.nodes[0].html]);
}"""
"""Rules of lesser weight are left out, nobody asks for what they find."""

_judged: set[str] = set()
"""Texts whose contrast axe has judged in this process: doing it costs as much as all other rules."""


def require_usable(page):
    """Make sure that a page fits its screen and that axe finds nothing serious on it."""
    page.evaluate(STILL)
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.evaluate(AXE_SCRIPT)
    colours = set(page.evaluate(COLOURS))
    found = page.evaluate(JUDGE, not colours <= _judged)
    serious = [(rule, html) for rule, impact, html in found if impact in SERIOUS]
    assert serious == [], page.url
    _judged.update(colours)
