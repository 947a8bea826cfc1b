// Texts with layout: a text, or a list of texts and elements such as ["strong", [...]]. Nodes are made one by one of a
// short list of tags; nothing that the server sends is ever read as HTML.

const INLINE = ["strong", "em", "u", "sub", "sup"];
const BLOCKS = ["p", "ul", "ol", "li", "table", "tr", "th", "td"];
const MEDIA = ["img", "audio", "video"];
const FORMULAS = ["formula", "equation"];
const SVG = "http://www.w3.org/2000/svg";

export function nodes(content, media) {
  if (typeof content === "string") return [document.createTextNode(content)];
  return content.map((each) => (typeof each === "string" ? document.createTextNode(each) : element(each, media)))
    .filter(Boolean);
}

function element(each, media) {
  const [tag, inner, third, said] = each;
  if (tag === "br") return document.createElement("br");
  if (MEDIA.includes(tag)) return medium(tag, inner, said, media);
  if (FORMULAS.includes(tag)) return formula(each);
  if (!INLINE.includes(tag) && !BLOCKS.includes(tag)) return null;
  const made = document.createElement(tag);
  if (third && (tag === "td" || tag === "th")) [made.colSpan, made.rowSpan] = third;
  made.append(...nodes(inner, media));
  return made;
}

// A formula comes as outlines that the server computed, with its words: browsers of exam rooms set no formulas.
function formula(each) {
  const [tag, outlines, box, , em] = each;
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", tag);
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", said(each));
  made.setAttribute("viewBox", box.map(Number).join(" "));
  made.setAttribute("width", `${box[2] / em}em`);
  made.setAttribute("height", `${box[3] / em}em`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", outlines);
  made.append(path);
  return made;
}

// The words of a formula in the language of the page.
const said = (each) => each[3][document.documentElement.lang.slice(0, 2) === "en" ? "en" : "zh"];

export function medium(tag, digest, said, media) {
  const made = document.createElement(tag);
  made.className = "exam-file";
  if (tag === "img") made.alt = said;
  else {
    made.controls = true;
    made.setAttribute("aria-label", said);
    made.setAttribute("controlsList", "nodownload noplaybackrate nofullscreen noremoteplayback");
    made.disablePictureInPicture = true;
  }
  if (media) media.show(made, digest);
  return made;
}

// A text for a list of choices or a voice: without layout, a picture told by its description.
export function words(content) {
  if (typeof content === "string") return content;
  return content.map((each) => {
    if (typeof each === "string") return each;
    if (each[0] === "br") return " ";
    if (MEDIA.includes(each[0])) return ` [${each[3]}] `;
    if (FORMULAS.includes(each[0])) return ` ${said(each)} `;
    const inner = words(each[1] || "");
    return INLINE.includes(each[0]) ? inner : ` ${inner} `;
  }).join("").replace(/\s+/g, " ").trim();
}

// The same content with each of its texts changed.
export function mapTexts(content, change) {
  if (typeof content === "string") return change(content);
  return content.map((each) => {
    if (typeof each === "string") return change(each);
    if (each[0] === "br" || MEDIA.includes(each[0]) || FORMULAS.includes(each[0])) return each;
    return [each[0], mapTexts(each[1], change), ...each.slice(2)];
  });
}

// The files that questions show, in their order.
export function digestsIn(questions) {
  const found = new Set();
  const look = (content) => {
    if (!Array.isArray(content)) return;
    for (const each of content) {
      if (!Array.isArray(each)) continue;
      if (MEDIA.includes(each[0])) found.add(each[1]);
      else look(each[1]);
    }
  };
  for (const question of questions) {
    if (question.case) look(question.case.text);
    look(question.stem);
    if (question.scene) found.add(question.scene[0]);
    for (const each of [...question.options, ...question.targets]) look(each.content);
  }
  return [...found];
}
