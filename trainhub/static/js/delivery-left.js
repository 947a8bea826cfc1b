// On the way in: a machine that still holds answers of the exam that ended here sends them before anybody else sits
// down.

import { Store } from "./delivery-store.js";

async function main() {
  const { left, unsent } = document.getElementById("left-behind").dataset;
  const store = new Store(left);
  await store.load();
  if (store.aside.length || store.all().some((row) => !row.link)) window.location.replace(unsent);
}

main();
