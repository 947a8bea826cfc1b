// Reviewing by keyboard: A approves, S sends back (first asks for the remark), N leaves the item for later.
(function () {
  "use strict";
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const text = form.querySelector("textarea");
  const by = (key) => form.querySelector(`[data-key="${key}"]`);

  document.addEventListener("keydown", (event) => {
    if (event.target === text) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) by("s").click();
      if (event.key === "Escape") text.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "s" && !text.value.trim()) {
      event.preventDefault();
      text.focus();
    } else if (key === "a" || key === "s" || key === "n") {
      event.preventDefault();
      by(key).click();
    }
  });
})();
