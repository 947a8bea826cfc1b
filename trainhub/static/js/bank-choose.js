// Deeds on many items: each shows the fields that it needs.
(function () {
  "use strict";
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
})();
