// Size of the text, high contrast and single keys, kept on this machine.

const SIZES = 4;
const now = {};

function kept(name, otherwise) {
  if (name in now) return now[name];
  try {
    return localStorage.getItem(name) || otherwise;
  } catch (problem) {
    return otherwise;
  }
}

function keep(name, value) {
  now[name] = value;
  try {
    localStorage.setItem(name, value);
  } catch (problem) {
    // A browser that keeps nothing forgets the setting with the page.
  }
}

export function keysAreOn() {
  return kept("exam-keys", "on") === "on";
}

export function applySettings(part) {
  const contrast = kept("exam-contrast", "normal");
  const size = Number(kept("exam-size", "1"));
  document.documentElement.dataset.size = String(size);
  document.documentElement.dataset.contrast = contrast;
  part("contrast").setAttribute("aria-pressed", String(contrast === "high"));
  part("keys").setAttribute("aria-pressed", String(keysAreOn()));
  part("smaller").disabled = size <= 1;
  part("larger").disabled = size >= SIZES;
}

export function onSettings(part) {
  const on = (name, act) => part(name).addEventListener("click", () => { act(); applySettings(part); });
  const resize = (step) => keep("exam-size", String(Math.min(SIZES, Math.max(1, Number(kept("exam-size", "1")) + step))));
  on("smaller", () => resize(-1));
  on("larger", () => resize(1));
  on("contrast", () => keep("exam-contrast", kept("exam-contrast", "normal") === "high" ? "normal" : "high"));
  on("keys", () => keep("exam-keys", keysAreOn() ? "off" : "on"));
}
