// Hazards drawn on the picture: the text field below holds them in lines, and is read and written here.
(function () {
  "use strict";
  const form = document.querySelector("[data-tools]");
  const box = form && form.querySelector("[data-draw]");
  const area = form && form.querySelector('textarea[name="regions"]');
  if (!box || !area) return;
  const texts = JSON.parse(form.dataset.tools);
  const WHOLE = 10000;
  const NEAR = 250;
  const SVG = "http://www.w3.org/2000/svg";
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const draw = (tag, attributes) => {
    const made = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach((name) => made.setAttribute(name, attributes[name]));
    return made;
  };

  const hint = make("p", { className: "hint", textContent: texts.choose });
  const bar = make("div", { className: "draw-tools" });
  const stage = make("div", { className: "draw-stage", tabIndex: 0, hidden: true });
  const list = make("ol", { className: "draw-list" });
  const said = make("p", { className: "visually-hidden" });
  const picture = make("img", { alt: "", draggable: false });
  const over = draw("svg", { class: "scene-over", "aria-hidden": "true" });
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", texts.stage);
  said.setAttribute("role", "status");
  stage.append(picture, over);
  box.append(hint, bar, stage, said, list);

  let shape = "rectangle";
  let regions = [];
  let corners = [];
  let cross = null;
  let from = null;

  const shapes = ["rectangle", "ellipse", "polygon"].map((name) => {
    const made = make("button", { type: "button", className: "button button-secondary", textContent: texts[name] });
    made.addEventListener("click", () => { close(); shape = name; corners = []; show(); });
    made.dataset.shape = name;
    return made;
  });
  const finish = make("button", { type: "button", className: "button button-secondary", textContent: texts.finish });
  const undo = make("button", { type: "button", className: "button button-secondary", textContent: texts.undo });
  finish.addEventListener("click", close);
  undo.addEventListener("click", back);
  bar.append(...shapes, finish, undo);

  // ---- lines of the text field

  function readLine(line) {
    const told = /^(.*)[:：]\s*(rectangle|ellipse|)\s*((?:\d{1,5},\d{1,5}\s*)+)$/.exec(line.trim());
    if (!told) return { line };
    const places = told[3].trim().split(/\s+/).map((each) => each.split(",").map(Number));
    return { name: told[1].trim(), shape: told[2] || "polygon", corners: places };
  }

  const written = (region) => {
    if (region.line !== undefined) return region.line;
    const places = region.corners.map((each) => each.join(",")).join(" ");
    return `${region.name}: ${region.shape === "polygon" ? "" : `${region.shape} `}${places}`;
  };

  function keep() {
    area.value = regions.map(written).join("\n");
    show();
  }

  function reread() {
    regions = area.value.split("\n").filter((line) => line.trim()).map(readLine);
    show();
  }

  // ---- drawing

  function outline(region, className) {
    const places = region.corners;
    if (region.shape === "polygon") {
      return draw("polygon", { class: className, "vector-effect": "non-scaling-stroke", points: places.map((each) => each.join(",")).join(" ") });
    }
    const [[x1, y1], [x2, y2]] = places;
    const [left, top, wide, high] = [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
    if (region.shape === "rectangle") {
      return draw("rect", { class: className, "vector-effect": "non-scaling-stroke", x: left, y: top, width: wide, height: high });
    }
    return draw("ellipse", { class: className, "vector-effect": "non-scaling-stroke", cx: left + wide / 2, cy: top + high / 2, rx: wide / 2, ry: high / 2 });
  }

  function show() {
    const inner = draw("svg", { viewBox: `0 0 ${WHOLE} ${WHOLE}`, preserveAspectRatio: "none", width: "100%", height: "100%" });
    const drawn = regions.filter((each) => each.corners && each.corners.length > 1);
    inner.append(...drawn.map((each) => outline(each, "scene-area")));
    if (corners.length) {
      const ahead = cross ? corners.concat([cross]) : corners;
      if (shape === "polygon") {
        inner.append(draw("polyline", { class: "scene-area is-chosen", "vector-effect": "non-scaling-stroke", points: ahead.map((each) => each.join(",")).join(" ") }));
      } else if (ahead.length > 1) inner.append(outline({ shape, corners: [ahead[0], ahead[ahead.length - 1]] }, "scene-area is-chosen"));
    }
    if (cross) {
      ["draw-cross-light", "draw-cross"].forEach((name) => {
        inner.append(draw("line", { class: name, "vector-effect": "non-scaling-stroke", x1: cross[0], x2: cross[0], y1: cross[1] - 300, y2: cross[1] + 300 }));
        inner.append(draw("line", { class: name, "vector-effect": "non-scaling-stroke", x1: cross[0] - 300, x2: cross[0] + 300, y1: cross[1], y2: cross[1] }));
      });
    }
    const numbers = regions.map((each, index) => {
      if (!each.corners) return null;
      const least = (axis) => Math.min(...each.corners.map((corner) => corner[axis])) / 100;
      const text = draw("text", { class: "scene-number", x: `${least(0)}%`, y: `${least(1)}%`, dx: 6, dy: 18 });
      text.textContent = String(index + 1);
      return text;
    }).filter(Boolean);
    over.replaceChildren(inner, ...numbers);
    shapes.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.shape === shape)));
    finish.hidden = shape !== "polygon";
    finish.disabled = corners.length < 3;
    undo.disabled = !corners.length && !regions.length;
  }

  // The names are fields of their own; what is typed in them goes into the text field at once.
  function names() {
    list.replaceChildren(...regions.map((region, index) => {
      const item = make("li", {});
      if (region.line !== undefined) {
        item.textContent = region.line;
        return item;
      }
      const input = make("input", { value: region.name, maxLength: 200 });
      input.setAttribute("aria-label", fill(texts.name, { number: index + 1 }));
      input.addEventListener("input", () => { region.name = input.value.replace(/[\r\n]/g, " "); keep(); });
      const remove = make("button", { type: "button", className: "button button-secondary", textContent: "×" });
      remove.setAttribute("aria-label", fill(texts.remove, { number: index + 1 }));
      remove.addEventListener("click", () => { regions.splice(index, 1); keep(); names(); });
      item.append(input, " ", remove);
      return item;
    }));
  }

  function add(region) {
    regions.push({ name: `${texts.unnamed} ${regions.length + 1}`, ...region });
    corners = [];
    keep();
    names();
    const fields = list.querySelectorAll("input");
    if (fields.length) fields[fields.length - 1].select();
  }

  function close() {
    if (shape === "polygon" && corners.length >= 3) add({ shape: "polygon", corners });
  }

  function back() {
    if (corners.length) corners.pop();
    else {
      regions.pop();
      names();
    }
    keep();
  }

  function corner(place) {
    corners.push(place);
    if (shape !== "polygon" && corners.length === 2) {
      const [one, two] = corners;
      if (one[0] === two[0] || one[1] === two[1]) corners.pop();
      else add({ shape, corners });
    }
    show();
  }

  // ---- mouse: a box is dragged, a polygon is clicked corner by corner, the first once more closes it
  // ---- finger and pen: each corner is tapped, for what is dragged is the page: a tall picture must not hold it fast

  const apart = (one, other) => Math.abs(one[0] - other[0]) + Math.abs(one[1] - other[1]);

  function place(event) {
    const rect = picture.getBoundingClientRect();
    const part = (value, start, length) => Math.round(Math.min(Math.max((value - start) / length, 0), 1) * WHOLE);
    return [part(event.clientX, rect.left, rect.width), part(event.clientY, rect.top, rect.height)];
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    from = place(event);
    cross = null;
    if (shape !== "polygon" && !corners.length && event.pointerType === "mouse") corners = [from];
    show();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!corners.length || event.pointerType !== "mouse") return;
    cross = place(event);
    show();
  });
  stage.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to = place(event);
    const moved = apart(to, from) > 100;
    from = null;
    cross = null;
    if (shape === "polygon" && corners.length >= 3 && apart(to, corners[0]) <= NEAR) close();
    else if (shape === "polygon" || event.pointerType !== "mouse") corner(to);
    else if (moved || corners.length === 1 && (to[0] !== corners[0][0] && to[1] !== corners[0][1])) corner(to);
    else show();
  });

  // The browser took the finger for the page: it set no corner.
  stage.addEventListener("pointercancel", () => { from = null; });

  // ---- keys: arrows move a cross, Enter sets a corner, Delete takes it back

  stage.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 500 : 100;
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key in ways) {
      const within = (value) => Math.min(Math.max(value, 0), WHOLE);
      const [x, y] = cross || [WHOLE / 2, WHOLE / 2];
      cross = [within(x + ways[event.key][0]), within(y + ways[event.key][1])];
      said.textContent = fill(texts.at, { across: cross[0], down: cross[1] });
      show();
    } else if (event.key === "Enter" || event.key === " ") {
      if (shape === "polygon" && corners.length >= 3 && cross && corners.some((each) => each[0] === cross[0] && each[1] === cross[1])) close();
      else corner(cross || [WHOLE / 2, WHOLE / 2]);
    } else if (event.key === "Delete" || event.key === "Backspace") back();
    else return;
    event.preventDefault();
  });

  // ---- which picture: the first of the question, or one that is chosen and not sent yet

  function shown(address) {
    if (picture.getAttribute("src") !== address) picture.src = address;
    stage.hidden = false;
    hint.textContent = texts.help;
  }

  // A picture that a text names stands in the text; the hazards are on another. What is left out holds none.
  const fresh = new Map();
  const named = Array.from(form.querySelectorAll("textarea")).map((each) => each.value).join("\n");

  function look() {
    const kept = Array.from(form.querySelectorAll('[data-medium][data-kind="image"]'))
      .filter((each) => !each.querySelector('[name="medium_gone"]').checked)
      .find((each) => !named.includes(`"${each.dataset.medium}"`));
    const chosen = Array.from(form.querySelectorAll('input[type="file"]')).find((each) => fresh.has(each));
    if (kept) shown(kept.dataset.address);
    else if (chosen) shown(fresh.get(chosen));
  }

  form.querySelectorAll('input[type="file"]').forEach((input) => {
    input.addEventListener("change", () => {
      const file = input.files[0];
      fresh.delete(input);
      if (file && /^image\//.test(file.type)) fresh.set(input, URL.createObjectURL(file));
      look();
    });
  });
  form.querySelectorAll('[name="medium_gone"]').forEach((input) => input.addEventListener("change", look));
  look();

  // What was begun and sent without being closed would be lost without a word.
  form.addEventListener("submit", close);
  area.addEventListener("change", () => { reread(); names(); });
  reread();
  names();
})();
