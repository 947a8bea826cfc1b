// Hazards of a film, marked at the player: the text field below holds them in lines, and is read and written here.
(function () {
  "use strict";
  const form = document.querySelector("[data-tools]");
  const box = form && form.querySelector("[data-film]");
  const area = form && form.querySelector('textarea[name="regions"]');
  if (!box || !area) return;
  const texts = JSON.parse(form.dataset.tools);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const seconds = (ms) => String(ms / 1000);
  const tenth = (value) => Math.round(value * 10) * 100;

  let regions = [];
  let begun = null;

  function button(words, act) {
    const made = make("button", { type: "button", className: "button button-secondary", textContent: words });
    made.addEventListener("click", act);
    return made;
  }

  const stage = make("div", { className: "film-stage", tabIndex: 0 });
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", texts.filmStage);
  const film = make("video", { className: "item-file", controls: true, preload: "auto" });
  film.setAttribute("aria-label", texts.filmStage);
  const line = make("div", { className: "film-line" });
  line.setAttribute("aria-hidden", "true");
  const time = make("output", { className: "film-time" });
  time.setAttribute("aria-live", "off");
  const said = make("p", { className: "hint" });
  said.setAttribute("role", "status");
  const list = make("ol", { className: "draw-list film-list" });
  const play = button(texts.play, toggle);
  const begins = button(texts.begins, begin);
  const ends = button(texts.ends, end);
  const bar = make("div", { className: "draw-tools" });
  bar.append(play, button(texts.less, () => step(-100)), button(texts.more, () => step(100)), time, begins, ends);
  stage.append(film, line, bar);
  box.append(make("p", { className: "hint", textContent: texts.filmHelp }), stage, said, list);

  // ---- lines of the text field

  function readLine(text) {
    const told = /^(.*)[:：]\s*(\d{1,4}(?:\.\d{1,3})?)\s*-\s*(\d{1,4}(?:\.\d{1,3})?)\s*s$/.exec(text.trim());
    if (!told) return { line: text };
    const [from, to] = [told[2], told[3]].map((each) => Math.round(Number(each) * 1000));
    return { name: told[1].trim(), from, to };
  }

  const written = (region) => (
    region.line !== undefined ? region.line : `${region.name}: ${seconds(region.from)}-${seconds(region.to)} s`
  );

  function keep() {
    area.value = regions.map(written).join("\n");
    show();
  }

  function reread() {
    regions = area.value.split("\n").filter((each) => each.trim()).map(readLine);
    show();
    rows();
  }

  // ---- the time line and the list

  const length = () => (Number.isFinite(film.duration) && film.duration > 0 ? film.duration * 1000 : 0);

  function piece(className, from, to, words) {
    const made = make("span", { className, textContent: words });
    made.style.left = `${100 * Math.min(1, from / length())}%`;
    made.style.width = `${100 * Math.max(0, Math.min(1, to / length()) - Math.min(1, from / length()))}%`;
    return made;
  }

  function show() {
    const now = tenth(film.currentTime);
    time.textContent = fill(texts.filmTime, { time: seconds(now), whole: length() ? seconds(tenth(film.duration)) : "–" });
    play.textContent = film.paused ? texts.play : texts.pause;
    ends.disabled = begun === null;
    if (!length()) return;
    const pieces = regions.map((each, index) => (
      each.line === undefined ? piece("film-piece", each.from, each.to, String(index + 1)) : null
    )).filter(Boolean);
    if (begun !== null) pieces.push(piece("film-piece is-open", begun, Math.max(now, begun), ""));
    line.replaceChildren(...pieces, piece("film-now", now, now, ""));
  }

  function timeField(region, key, words) {
    const input = make("input", { className: "film-moment", inputMode: "decimal", value: seconds(region[key]), maxLength: 8 });
    input.setAttribute("aria-label", words);
    input.addEventListener("change", () => {
      const value = Math.round(Number(input.value.replace(",", ".")) * 1000);
      if (Number.isFinite(value) && value >= 0) region[key] = value;
      input.value = seconds(region[key]);
      keep();
    });
    return input;
  }

  // The names are fields of their own; what is typed in them goes into the text field at once.
  function rows() {
    list.replaceChildren(...regions.map((region, index) => {
      const number = index + 1;
      const item = make("li", {});
      if (region.line !== undefined) {
        item.textContent = region.line;
        return item;
      }
      const name = make("input", { value: region.name, maxLength: 200 });
      name.setAttribute("aria-label", fill(texts.name, { number }));
      name.addEventListener("input", () => { region.name = name.value.replace(/[\r\n]/g, " "); keep(); });
      const go = button("▶", () => { film.currentTime = region.from / 1000; stage.focus(); });
      go.setAttribute("aria-label", fill(texts.goTo, { number }));
      const remove = button("×", () => { regions.splice(index, 1); keep(); rows(); });
      remove.setAttribute("aria-label", fill(texts.remove, { number }));
      const times = make("span", { className: "film-times" });
      times.append(timeField(region, "from", fill(texts.beginOf, { number })), "–", timeField(region, "to", fill(texts.endOf, { number })), " s ", go, " ", remove);
      item.append(name, " ", times);
      return item;
    }));
  }

  // ---- what the author does

  function toggle() {
    if (film.paused) film.play().catch(() => {});
    else film.pause();
  }

  function step(ms) {
    film.pause();
    film.currentTime = Math.min(Math.max(0, (tenth(film.currentTime) + ms) / 1000), film.duration || 0);
  }

  function begin() {
    begun = tenth(film.currentTime);
    said.textContent = fill(texts.begunAt, { time: seconds(begun) });
    show();
  }

  function end() {
    if (begun === null) return;
    const [from, to] = [begun, Math.min(tenth(film.currentTime), Math.floor(length()))];
    if (to <= from) {
      said.textContent = fill(texts.endsBefore, { time: seconds(from) });
      return;
    }
    film.pause();
    regions.push({ name: `${texts.unnamed} ${regions.length + 1}`, from, to });
    begun = null;
    said.textContent = fill(texts.madeAt, { number: regions.length, begin: seconds(from), end: seconds(to) });
    keep();
    rows();
    list.lastElementChild.querySelector("input").select();
  }

  // Delete gives up a beginning, or else takes the last hazard away.
  function back() {
    if (begun === null) regions.pop();
    begun = null;
    keep();
    rows();
  }

  const KEYS = {
    " ": toggle,
    b: begin,
    e: end,
    ArrowLeft: (event) => step(event.shiftKey ? -100 : -1000),
    ArrowRight: (event) => step(event.shiftKey ? 100 : 1000),
    Delete: back,
    Backspace: back,
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button") && event.key === " ") return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
  line.addEventListener("click", (event) => {
    const rect = line.getBoundingClientRect();
    if (length()) film.currentTime = film.duration * (event.clientX - rect.left) / rect.width;
  });
  ["loadedmetadata", "durationchange", "timeupdate", "seeked", "play", "pause"].forEach((name) => film.addEventListener(name, show));

  // ---- which film: the one in which the hazards are, or one that is chosen and not sent yet

  function shown(address) {
    if (film.getAttribute("src") !== address) film.src = address;
    box.hidden = false;
    form.querySelector("[data-draw]").hidden = true;
  }

  function away() {
    box.hidden = true;
    form.querySelector("[data-draw]").hidden = false;
    film.removeAttribute("src");
  }

  const fresh = new Map();
  const named = Array.from(form.querySelectorAll("textarea")).map((each) => each.value).join("\n");

  function look() {
    const kept = Array.from(form.querySelectorAll('[data-medium]:not([data-kind="audio"])'))
      .filter((each) => !each.querySelector('[name="medium_gone"]').checked)
      .find((each) => !named.includes(`"${each.dataset.medium}"`));
    const chosen = Array.from(form.querySelectorAll('input[type="file"]')).find((each) => fresh.has(each));
    const [kind, address] = kept ? [kept.dataset.kind, kept.dataset.address] : fresh.get(chosen) || ["", ""];
    if (kind === "video") shown(address);
    else if (kind) away();
  }

  form.querySelectorAll('input[type="file"]').forEach((input) => {
    input.addEventListener("change", () => {
      const file = input.files[0];
      fresh.delete(input);
      const told = file && /^(image|video)\//.exec(file.type);
      if (told) fresh.set(input, [told[1], told[1] === "video" ? URL.createObjectURL(file) : ""]);
      look();
    });
  });
  form.querySelectorAll('[name="medium_gone"]').forEach((input) => input.addEventListener("change", look));
  look();

  area.addEventListener("change", reread);
  reread();
})();
