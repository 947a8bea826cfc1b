// Keys of the locked browser (Safe Exam Browser): it gives the page's script what its older form sent with every
// request. They are hashes that hold for the address of this page alone; any other browser has none.

const HEADERS = {
  configKey: "X-SafeExamBrowser-ConfigKeyHash",
  browserExamKey: "X-SafeExamBrowser-RequestHash",
};

function keys() {
  return (window.SafeExamBrowser && window.SafeExamBrowser.security) || {};
}

// What the page sends along with each of its calls.
export function keyHeaders() {
  const headers = {};
  for (const [name, header] of Object.entries(HEADERS)) if (keys()[name]) headers[header] = keys()[name];
  return headers;
}

// Forms take the keys along; the one that only knocks is sent as soon as there is a key.
function fillForms() {
  for (const field of document.querySelectorAll("[data-key]")) field.value = keys()[field.dataset.key] || "";
  const knocking = document.querySelector("form[data-knock]");
  if (knocking && keys().configKey) knocking.submit();
}

// A page that was knocked for is asked for again when it is reloaded, and not sent a form twice.
if (document.getElementById("exam") && window.history.replaceState) {
  window.history.replaceState(window.history.state, "", window.location.href);
}
fillForms();
// An early form of the browser sets its keys only when asked.
if (keys().updateKeys && !keys().configKey) keys().updateKeys(fillForms);
