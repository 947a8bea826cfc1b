/* Plain old script: if the exam's own scripts do not come to life (cut off on the way, or a browser that is too old),
   the page is fetched again a few times, and then says so in words instead of waiting for ever. */
(function () {
  "use strict";
  var PATIENCE_MS = 20000;
  var TRIES = 3;
  var root = document.getElementById("exam");

  function tries() {
    try {
      var count = Number(sessionStorage.getItem("exam-loads") || "0") + 1;
      sessionStorage.setItem("exam-loads", String(count));
      return count;
    } catch (problem) {
      return TRIES;
    }
  }

  function look() {
    if (root.getAttribute("data-ready")) {
      try { sessionStorage.removeItem("exam-loads"); } catch (problem) { /* nothing was kept */ }
      return;
    }
    if ("noModule" in document.createElement("script") && tries() < TRIES) {
      window.location.reload();
      return;
    }
    document.getElementById("exam-not-loaded").removeAttribute("hidden");
  }

  setTimeout(look, PATIENCE_MS);
})();
