// How each type of question is shown and read. A new type is one more entry here and touches nothing else.
// The pieces are real radio buttons and boxes, so that keyboard and screen reader know them.

function option(kind, letter, shown, text, response) {
  const label = document.createElement("label");
  label.className = "exam-option";
  const input = document.createElement("input");
  input.type = kind;
  input.name = "answer";
  input.value = letter;
  input.checked = Array.isArray(response) ? response.includes(letter) : response === letter;
  const mark = document.createElement("span");
  mark.className = "exam-letter";
  mark.textContent = shown;
  const words = document.createElement("span");
  words.className = "exam-option-text";
  words.textContent = text;
  label.append(input, mark, words);
  return label;
}

function checked(root) {
  return [...root.querySelectorAll("input:checked")].map((input) => input.value);
}

const lettered = (kind) => (question, response) =>
  question.options.map((each) => option(kind, each.letter, each.letter, each.text, response));

export const TYPES = {
  single: { render: lettered("radio"), read: (root) => checked(root)[0] || null },
  multiple: {
    render: lettered("checkbox"),
    read: (root) => { const keys = checked(root).sort(); return keys.length ? keys : null; },
  },
  true_false: {
    render: (question, response, texts) => [
      option("radio", "T", "✓", texts.true, response),
      option("radio", "F", "✗", texts.false, response),
    ],
    read: (root) => checked(root)[0] || null,
  },
};

// Which input a key stands for: A to L and 1 to 9 by place, T and F for true and false.
export function inputForKey(root, type, key) {
  const inputs = [...root.querySelectorAll("input")];
  if (type === "true_false") return inputs["TF".indexOf(key)] || inputs["12".indexOf(key)] || null;
  if (/^[A-L]$/.test(key)) return inputs[key.charCodeAt(0) - 65] || null;
  return /^[1-9]$/.test(key) ? inputs[Number(key) - 1] || null : null;
}
