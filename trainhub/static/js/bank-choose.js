// The box in the heading of a list chooses every row or none.
(function () {
  "use strict";
  // Each deed shows the fields that it needs.
  const deeds = document.querySelector("[data-deeds]");
  if (deeds) {
    const chosen = deeds.querySelector('[name="action"]');
    const show = () => deeds.querySelectorAll("[data-deed]").forEach((each) => {
      each.hidden = each.dataset.deed !== chosen.value;
      // Asked for here: sent back without it, the page has forgotten what was chosen.
      each.querySelectorAll('[name="reason"]').forEach((reason) => { reason.required = !each.hidden; });
    });
    chosen.addEventListener("change", show);
    show();
  }

  const all = document.querySelector("[data-choose-all]");
  if (!all) return;
  const boxes = () => Array.from(all.closest("form").querySelectorAll('input[name="item"]'));
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
  all.closest("form").addEventListener("change", (event) => {
    if (event.target.name === "item") all.checked = boxes().every((box) => box.checked);
  });
})();
