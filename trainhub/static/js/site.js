/* Small conveniences of every page. Without this file every page still works. */
"use strict";

document.documentElement.classList.add("scripted");

function each(selector, act, root) {
  (root || document).querySelectorAll(selector).forEach(act);
}

/* The menu of a narrow page. */
function openMenus() {
  each(".places-toggle", (button) => {
    button.addEventListener("click", () => {
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
    });
  });
}

/* Grave acts ask once more; cancelling keeps everything as it was. */
function confirmActs() {
  const dialog = document.getElementById("confirm");
  if (!dialog || !dialog.showModal) return;
  let waiting = null;
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const text = (button && button.dataset.confirm) || event.target.dataset.confirm;
    if (!text || waiting === "confirmed") { waiting = null; return; }
    event.preventDefault();
    waiting = { form: event.target, button };
    dialog.classList.toggle("dialog-grave", "grave" in event.target.dataset);
    document.getElementById("confirm-text").textContent = text;
    document.getElementById("confirm-yes").textContent = button ? button.textContent.trim() : "OK";
    dialog.showModal();
    document.getElementById("confirm-no").focus();
  }, true);
  document.getElementById("confirm-no").addEventListener("click", () => dialog.close());
  document.getElementById("confirm-yes").addEventListener("click", () => {
    const { form, button } = waiting;
    waiting = "confirmed";
    dialog.close();
    form.requestSubmit(button);
  });
  dialog.addEventListener("close", () => {
    if (waiting === "confirmed") return;
    // Chromium 90 does not give the focus back by itself.
    if (waiting && waiting.button) waiting.button.focus();
    waiting = null;
  });
}

/* A second press of a button would only repeat what the first has begun. */
function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "true";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), 8000);
  });
  window.addEventListener("pageshow", () => each("form[data-sent]", release));
}

function release(form) {
  delete form.dataset.sent;
  each("[aria-busy]", (button) => button.removeAttribute("aria-busy"), form);
}

/* Stacked on a phone, a table keeps its meaning for screen readers; a wide one can be scrolled by keys. */
function prepareTables() {
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tfoot: "rowgroup", tr: "row", td: "cell" };
  each("table.table", (table) => {
    table.setAttribute("role", roles.table);
    each("thead, tbody, tfoot, tr, td", (part) => {
      if (!part.hasAttribute("role")) part.setAttribute("role", roles[part.localName]);
    }, table);
    each("th", (head) => head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader"), table);
  });
  const measure = () => each(".table-wrap", (wrap) => {
    const caption = wrap.querySelector("caption");
    if (wrap.scrollWidth > wrap.clientWidth + 1) {
      wrap.tabIndex = 0;
      wrap.setAttribute("role", "region");
      if (caption) wrap.setAttribute("aria-label", caption.textContent.trim());
    } else if (wrap.getAttribute("role") === "region") {
      ["tabindex", "role", "aria-label"].forEach((name) => wrap.removeAttribute(name));
    }
  });
  measure();
  window.addEventListener("resize", measure);
}

function filterTables() {
  each("[data-filter-table]", (box) => {
    const table = document.getElementById(box.dataset.filterTable);
    const input = box.querySelector("input");
    if (!table || !input) return;
    box.hidden = false;
    input.addEventListener("input", () => {
      const words = input.value.trim().toLowerCase().split(/\s+/);
      each("tbody tr", (row) => {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }, table);
    });
  });
}

/* The box in the heading of a list chooses every row that is shown, or none; the form tells how many are chosen. */
function chooseAll() {
  each("[data-choose-all]", (all) => {
    const table = all.closest("table");
    const boxes = (rows) => Array.from(table.querySelectorAll(`${rows} input[type="checkbox"]`));
    const told = all.form && all.form.querySelector("[data-chosen]");
    const tell = () => {
      const shown = boxes("tbody tr:not([hidden])");
      all.checked = shown.length > 0 && shown.every((box) => box.checked);
      if (told) told.textContent = boxes("tbody tr").filter((box) => box.checked).length;
    };
    all.addEventListener("change", () => {
      boxes("tbody tr:not([hidden])").forEach((box) => { box.checked = all.checked; });
      tell();
    });
    table.addEventListener("change", tell);
    tell();
  });
}

/* Say which file was chosen and how large it is, before it travels. */
function tellFiles() {
  each('input[type="file"]', (input) => {
    const said = document.createElement("output");
    said.className = "file-chosen";
    said.hidden = true;
    said.htmlFor = input.id;
    input.after(said);
    input.addEventListener("change", () => {
      said.textContent = Array.from(input.files).map((file) => `${file.name} · ${sizeOf(file.size)}`).join(" / ");
      said.hidden = !input.files.length;
    });
  });
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function copyValues() {
  if (!navigator.clipboard) return;
  each("[data-copy]", (button) => {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  });
}

/* Ask how far a background job is; when it ends while somebody watches, go to its result. */
function watchJob(box) {
  const message = box.querySelector(".job-message");
  const bar = box.querySelector("progress");
  const ask = async () => {
    let wait = 1000;
    try {
      const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      if (job.message) message.textContent = job.message;
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
        box.querySelector(".job-numbers").textContent = `${job.done} / ${job.total}`;
      }
      if (job.state === "done") return finish(job);
      if (job.state === "failed") { stop(0); message.textContent = job.message || box.dataset.failed; return; }
    } catch {
      message.textContent = box.dataset.lost;
      wait = 4000;
    }
    setTimeout(ask, wait);
  };
  const stop = (value) => { bar.max = bar.max || 1; bar.value = value; };
  const finish = (job) => {
    stop(bar.max);
    if (!job.result_url) { location.reload(); return; }
    const result = box.querySelector(".job-result");
    result.querySelector("a").href = job.result_url;
    result.hidden = false;
    location.assign(job.result_url);
  };
  ask();
}

openMenus();
confirmActs();
sendOnce();
prepareTables();
filterTables();
chooseAll();
tellFiles();
copyValues();
each("[data-job]", watchJob);
each("[data-focus]", (box) => box.focus());
