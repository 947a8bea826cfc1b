// Entering an answer sheet by keyboard: one key for an option, and the next question comes by itself.
// Without this script every place is a plain field; what is typed is read by the same rules.
(() => {
  "use strict";

  const form = document.querySelector("[data-sheet]");
  if (!form) return;
  const places = Array.from(form.querySelectorAll("[data-place]"));
  const count = form.querySelector("[data-count]");
  const EMPTY = "-";
  const UNREADABLE = "?";
  const SAME = { "—": EMPTY, "－": EMPTY, "–": EMPTY, "？": UNREADABLE };

  const fieldsOf = (place) => Array.from(place.querySelectorAll("input, textarea"));
  // How keys answer at a place, as its type says: "one" is the answer, "some" add up, an "order" grows; else words are typed.
  const isOne = (place) => place.dataset.press === "one";
  const isRow = (place) => ["some", "order"].includes(place.dataset.press);
  const aliasesOf = (place) => JSON.parse(place.dataset.aliases);

  // What a key means at a place: one of its marks, a state, or nothing.
  function meaning(place, key) {
    const mark = SAME[key] || key.toUpperCase();
    if (mark === EMPTY || mark === UNREADABLE) return mark;
    const keys = place.dataset.keys;
    const aliases = aliasesOf(place);
    if (aliases[mark]) return aliases[mark];
    if (keys.includes(mark)) return mark;
    const number = /^[1-9]$/.test(mark) ? Number(mark) : 0;
    return number && number <= keys.length ? keys[number - 1] : "";
  }

  function show() {
    let done = 0;
    places.forEach((place) => {
      const values = fieldsOf(place).map((field) => field.value.trim()).filter(Boolean);
      if (values.length) done += 1;
      place.querySelectorAll("button[data-key]").forEach((button) => {
        const key = button.dataset.key;
        const isState = key === EMPTY || key === UNREADABLE;
        const chosen = isState ? values.length > 0 && values[0] === key : Boolean(values[0] && values[0].includes(key));
        button.setAttribute("aria-pressed", String(chosen));
      });
    });
    count.textContent = count.dataset.text.replace("{count}", done).replace("{all}", places.length);
  }

  function go(field, step) {
    const all = places.reduce((found, place) => found.concat(fieldsOf(place)), []);
    const next = all[all.indexOf(field) + step];
    if (next) {
      next.focus();
      if (next.select) next.select();
    } else if (step > 0) {
      form.querySelector("button[type=submit]").focus();
    }
  }

  // Told as if it were typed, so that whatever shows the field otherwise follows it.
  function put(field, value) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function toggled(place, value, key) {
    const held = value.includes(key) ? value.replace(key, "") : value.replace(/[-?]/g, "") + key;
    return place.dataset.press === "order" ? held : Array.from(held).sort().join("");
  }

  function pressed(event) {
    const field = event.target;
    const place = field.closest("[data-place]");
    if (!place || !field.matches("input, textarea") || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isText = field.tagName === "TEXTAREA";
    if (event.key === "Enter" && !isText) {
      event.preventDefault();
      go(field, 1);
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !isText) {
      event.preventDefault();
      go(field, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key.length === 1) {
      typed(event, field, place);
    }
  }

  function typed(event, field, place) {
    const mark = meaning(place, event.key);
    const isState = mark === EMPTY || mark === UNREADABLE;
    const isChoice = isOne(place) || isRow(place);
    if (isChoice && (isOne(place) || isState) && mark) {
      event.preventDefault();
      put(field, mark);
      go(field, 1);
    } else if (isChoice) {
      event.preventDefault();
      if (mark) put(field, toggled(place, field.value, mark));
    }
  }

  // A method of writing Chinese may swallow the key and give the letter afterwards.
  function composed(event) {
    const place = event.target.closest("[data-place]");
    if (!place || !isOne(place)) return;
    const mark = meaning(place, (event.data || event.target.value).trim());
    put(event.target, mark);
    if (mark) go(event.target, 1);
  }

  function button(place, key, label) {
    const made = document.createElement("button");
    made.type = "button";
    made.tabIndex = -1;
    made.dataset.key = key;
    made.textContent = label;
    made.addEventListener("click", () => {
      const [field] = fieldsOf(place);
      const isState = key === EMPTY || key === UNREADABLE;
      if (isState) fieldsOf(place).slice(1).forEach((other) => put(other, ""));
      put(field, isRow(place) && !isState ? toggled(place, field.value, key) : key);
      const next = places[places.indexOf(place) + 1];
      if (next && !isRow(place)) next.scrollIntoView({ block: "center" });
    });
    return made;
  }

  places.forEach((place) => {
    const keys = place.querySelector(".sheet-keys");
    Array.from(place.dataset.keys).forEach((key) => keys.append(button(place, key, key)));
    keys.append(button(place, EMPTY, count.dataset.empty), button(place, UNREADABLE, count.dataset.unreadable));
    keys.hidden = false;
  });
  form.addEventListener("keydown", pressed);
  form.addEventListener("compositionend", composed);
  form.addEventListener("input", show);
  show();
  const first = places.map(fieldsOf).reduce((found, each) => found.concat(each), []).find((field) => !field.value);
  if (first && !document.querySelector("[data-focus]")) first.focus();
})();
