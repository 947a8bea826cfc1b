// Texts that are typed: fields with a label, and what the server takes of them.

// What nobody sees has no place in an answer: controls, marks of direction, joiners, halves of characters.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

export function clean(text, longest) {
  return Array.from(text.replace(/[\t\r\n]/g, " ").replace(UNSEEN, "").trim()).slice(0, longest).join("");
}

// A text of several lines: line ends are kept, and what stands before and after the whole is not cut while it is written.
export function cleanLines(text, longest) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n")
    .map((line) => line.replace(/\t/g, " ").replace(UNSEEN, ""));
  return Array.from(lines.join("\n")).slice(0, longest).join("");
}

let made = 0;

export function field(words, text, longest, mode = "text") {
  const label = document.createElement("label");
  label.className = "exam-field";
  const name = document.createElement("span");
  name.className = "exam-field-name";
  name.textContent = words;
  const input = document.createElement("input");
  Object.assign(input, { type: "text", value: text, maxLength: longest, inputMode: mode, autocomplete: "off" });
  input.spellcheck = false;
  made += 1;
  input.id = `answer-${made}`;
  label.htmlFor = input.id;
  label.append(name, input);
  return label;
}

export function choice(words, none, options, value) {
  const label = document.createElement("label");
  label.className = "exam-field";
  const name = document.createElement("span");
  name.className = "exam-field-name";
  name.textContent = words;
  const select = document.createElement("select");
  for (const [key, text] of [["", none], ...options]) select.append(new Option(text, key, false, key === value));
  label.append(name, select);
  return label;
}

export function put(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}
