// Layout of a question's texts: buttons that put tags around what is chosen, and names for files before they are sent.
(function () {
  "use strict";
  const form = document.querySelector("[data-tools]");
  if (!form) return;
  const texts = JSON.parse(form.dataset.tools);
  const rich = form.querySelector("[data-rich]");

  function put(area, before, after) {
    const from = area.selectionStart;
    const to = area.selectionEnd;
    const chosen = area.value.slice(from, to);
    area.setRangeText(before + chosen + after, from, to, "end");
    if (!chosen) area.selectionStart = area.selectionEnd = from + before.length;
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Characters that were only characters stay so when tags begin to count.
  function switchOn() {
    if (!rich || rich.checked) return;
    rich.checked = true;
    const kept = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    form.querySelectorAll("[data-layout]").forEach((area) => {
      const from = kept(area.value.slice(0, area.selectionStart)).length;
      const to = kept(area.value.slice(0, area.selectionEnd)).length;
      area.value = kept(area.value);
      area.setSelectionRange(from, to);
    });
  }

  const around = {
    strong: ["<strong>", "</strong>"], em: ["<em>", "</em>"], u: ["<u>", "</u>"], sub: ["<sub>", "</sub>"], sup: ["<sup>", "</sup>"],
    ul: ["<ul><li>", "</li></ul>"], table: ["<table><tr><th>", "</th><th></th></tr><tr><td></td><td></td></tr></table>"],
  };
  // Without a choice the cursor waits where the formula is to be written.
  around.formula = ["\\(", "\\)"];
  const signs = { formula: "∑", strong: "B", em: "I", u: "U", sub: "x₂", sup: "x²", ul: "•", table: "▦" };

  function button(label, title, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary";
    made.textContent = label;
    made.title = title;
    made.setAttribute("aria-label", title);
    made.addEventListener("click", act);
    return made;
  }

  // The files that a text can show: those of the question, and those chosen but not sent yet.
  function files() {
    const kept = Array.from(form.querySelectorAll("[data-medium]"))
      .map((each) => ({ name: each.dataset.medium, kind: each.dataset.kind }));
    const chosen = Array.from(form.querySelectorAll("[data-new-file]")).map((row) => {
      const file = row.querySelector('input[type="file"]').files[0];
      return { name: row.querySelector('input[name="file_name"]').value, kind: file ? file.type.split("/")[0] : "" };
    }).filter((each) => each.name);
    return kept.concat(chosen);
  }

  function tools(area) {
    const bar = document.createElement("div");
    bar.className = "layout-tools";
    bar.setAttribute("role", "group");
    Object.keys(around).forEach((tag) => {
      if (area.name === "options" && (tag === "ul" || tag === "table")) return;
      bar.append(button(signs[tag], texts[tag], () => { switchOn(); put(area, around[tag][0], around[tag][1]); }));
    });
    const named = document.createElement("span");
    bar.append(named);
    area.parentNode.insertBefore(bar, area);
    return () => {
      named.replaceChildren(...files().map(({ name, kind }) => {
        const tag = kind === "audio" || kind === "video" ? kind : "img";
        return button(name, texts.file.replace("{name}", name), () => { switchOn(); put(area, `<${tag} src="${name}">`, ""); });
      }));
    };
  }

  const refresh = Array.from(form.querySelectorAll("[data-layout]")).map(tools);
  const all = () => refresh.forEach((each) => each());

  // The name by which a text calls a file is settled when it is chosen; the server takes it if it is free.
  form.querySelectorAll("[data-new-file]").forEach((row) => {
    const input = row.querySelector('input[type="file"]');
    const description = row.querySelector('input[name="file_description"]');
    input.addEventListener("change", () => {
      const file = input.files[0];
      const parts = file ? /^(.*?)(?:\.([A-Za-z0-9]+))?$/.exec(file.name) : null;
      const stem = parts ? parts[1].replace(/[^\p{L}\p{N}-]+/gu, "-").replace(/-{2,}/g, "-").replace(/^-|-$/g, "").slice(0, 40) : "";
      const kind = file ? (file.type.split("/")[1] || "") : "";
      const ending = { jpeg: "jpg", mpeg: "mp3", "x-wav": "wav", "x-m4a": "mp4" }[kind] || kind;
      row.querySelector('input[name="file_name"]').value = file ? `${stem || "file"}.${ending}` : "";
      description.required = Boolean(file);
      all();
    });
  });
  all();
})();
