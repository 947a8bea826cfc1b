// Writing an item: the fields of the type chosen, and the questions of a case one after the other.
(function () {
  "use strict";
  const own = (box, selector) => Array.from(box.querySelectorAll(selector))
    .filter((each) => each.closest("[data-question]") === box);
  const typeOf = (box) => own(box, "select, input").find((each) => /(^|-)type$/.test(each.name));

  function show(box) {
    const type = typeOf(box);
    if (!type) return;
    own(box, "[data-for]").forEach((each) => {
      each.hidden = !each.dataset.for.split(" ").includes(type.value);
    });
  }

  document.querySelectorAll("[data-question]").forEach((box) => {
    const type = typeOf(box);
    if (type) type.addEventListener("change", () => show(box));
    show(box);
  });

  // The questions of a case that say nothing yet wait behind a button.
  const parts = Array.from(document.querySelectorAll("[data-case-part]"));
  const add = document.querySelector("[data-add-part]");
  if (!add) return;
  const isEmpty = (part) => !part.querySelector('textarea[name$="-stem"]').value.trim();
  parts.forEach((part, index) => { part.hidden = index > 0 && isEmpty(part); });
  const more = () => { add.hidden = !parts.some((part) => part.hidden); };
  add.addEventListener("click", () => {
    const next = parts.find((part) => part.hidden);
    if (next) {
      next.hidden = false;
      next.querySelector("select").focus();
    }
    more();
  });
  more();
})();
