/* A party's secret is made here and stays here until it is revealed; the server gets its hash alone. */
"use strict";

const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
const key = (form) => `trainhub-draw-${form.dataset.draw}-${form.dataset.party}`;

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* The person keeps it: the page says so. */ }
}

async function make(form) {
  const { draw, pool, party } = form.dataset;
  const secret = hex(crypto.getRandomValues(new Uint8Array(32)));
  const said = new TextEncoder().encode(`trainhub-draw/1|commit|${draw}|${pool}|${party}|${secret}`);
  form.querySelector('[name="commitment"]').value = hex(await crypto.subtle.digest("SHA-256", said));
  keep(key(form), secret);
  document.getElementById("draw-secret").textContent = secret;
  form.querySelector("[data-draw-kept]").hidden = false;
}

const committing = document.querySelector("[data-draw-commit]");
if (committing && window.crypto && crypto.subtle) {
  committing.querySelector("[data-draw-make]").hidden = false;
  committing.querySelector("[data-draw-button]").addEventListener("click", () => make(committing));
}

const revealing = document.querySelector("[data-draw-reveal]");
if (revealing) {
  const field = revealing.querySelector('[name="secret"]');
  try { field.value = field.value || localStorage.getItem(key(revealing)) || ""; } catch { /* It is typed in. */ }
}
