// Size of the text and high contrast, kept on this machine.

const SIZES = 4;

function kept(name, otherwise) {
  try {
    return localStorage.getItem(name) || otherwise;
  } catch (problem) {
    return otherwise;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (problem) {
    document.documentElement.dataset[name === "exam-size" ? "size" : "contrast"] = value;
  }
}

export function applySettings(part) {
  const contrast = kept("exam-contrast", "normal");
  document.documentElement.dataset.size = kept("exam-size", "1");
  document.documentElement.dataset.contrast = contrast;
  part("contrast").setAttribute("aria-pressed", String(contrast === "high"));
}

export function onSettings(part) {
  const resize = (step) => {
    keep("exam-size", String(Math.min(SIZES, Math.max(1, Number(kept("exam-size", "1")) + step))));
    applySettings(part);
  };
  part("smaller").addEventListener("click", () => resize(-1));
  part("larger").addEventListener("click", () => resize(1));
  part("contrast").addEventListener("click", () => {
    keep("exam-contrast", kept("exam-contrast", "normal") === "high" ? "normal" : "high");
    applySettings(part);
  });
}
