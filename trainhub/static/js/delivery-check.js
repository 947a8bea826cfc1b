/* The machine check: plain old script that runs in every browser, so that one which is too old is told in words. The
   short form, on the page where candidates sign in, speaks only if the browser cannot hold the exam or is older than
   those that it is tried with. */
(function () {
  "use strict";
  var LEAST = { Chromium: 90, Firefox: 115 };
  var ROUNDS = 8;
  var SLOW_MS = 1500;
  var WRONG_CLOCK_S = 30;
  var LITTLE_MB = 50;
  var root = document.getElementById("machine-check");
  var texts = JSON.parse(root.getAttribute("data-texts"));
  var isLong = root.getAttribute("data-form") === "long";
  var worst = "good";
  var remark = "";

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; });
  }

  function grade(state) {
    var order = ["good", "warn", "bad"];
    if (order.indexOf(state) > order.indexOf(worst)) worst = state;
  }

  /* One line of the table; reported again under its name, it replaces the old one. */
  function report(name, state, found) {
    grade(state === "info" ? "good" : state);
    if (!isLong) return;
    var id = "check-" + name;
    var row = document.getElementById(id) || document.getElementById("check-rows").insertRow();
    var label = { good: texts.stateGood, warn: texts.stateWarn, bad: texts.stateBad, info: texts.stateInfo }[state];
    row.id = id;
    row.setAttribute("data-state", state);
    while (row.firstChild) row.removeChild(row.firstChild);
    cell(row, "th", texts[name]).setAttribute("scope", "row");
    cell(row, "td", label).className = "check-state";
    cell(row, "td", found);
  }

  function cell(row, kind, text) {
    var made = document.createElement(kind);
    made.appendChild(document.createTextNode(text));
    row.appendChild(made);
    return made;
  }

  function has(name, isThere, otherwise) {
    report(name, isThere ? "good" : otherwise || "bad", isThere ? texts.yes : texts.no);
  }

  /* ---- the browser */

  function browser() {
    var agent = navigator.userAgent;
    var firefox = /Firefox\/(\d+)/.exec(agent);
    var chromium = /Chrom(?:e|ium)\/(\d+)/.exec(agent);
    var family = firefox ? "Firefox" : "Chromium";
    var version = Number((firefox || chromium || [])[1] || 0);
    if (!version) return report("browser", "info", texts.unknownBrowser);
    var name = family + " " + version;
    var least = family + " " + LEAST[family];
    if (version >= LEAST[family]) return report("browser", "good", name);
    remark = fill(texts.oldBrowser, { name: name, least: least });
    return report("browser", "warn", remark);
  }

  function storageWorks() {
    try {
      localStorage.setItem("exam-check", "1");
      localStorage.removeItem("exam-check");
      return true;
    } catch (problem) {
      return false;
    }
  }

  function features() {
    has("modules", document.documentElement.getAttribute("data-modules") === "yes");
    has("fetch", "fetch" in window && "AbortController" in window);
    has("dialog", "HTMLDialogElement" in window);
    has("pages", "replaceChildren" in Element.prototype);
    has("random", "crypto" in window && "getRandomValues" in window.crypto);
    has("cookies", navigator.cookieEnabled);
    has("storage", storageWorks(), "warn");
  }

  /* Writes into a store and reads back: some browsers have the name of it and keep nothing. */
  function journal(done) {
    var isDone = false;
    function end(isKept) {
      if (isDone) return;
      isDone = true;
      report("journal", isKept ? "good" : "warn", isKept ? texts.yes : texts.journalLost);
      done();
    }
    setTimeout(function () { end(false); }, 4000);
    try {
      var opening = indexedDB.open("trainhub-check", 1);
      opening.onupgradeneeded = function () { opening.result.createObjectStore("tries"); };
      opening.onerror = function () { end(false); };
      opening.onsuccess = function () { writeAndRead(opening.result, end); };
    } catch (problem) {
      end(false);
    }
  }

  function writeAndRead(database, end) {
    var mark = String(Math.random());
    var writing = database.transaction("tries", "readwrite");
    writing.objectStore("tries").put(mark, "mark");
    writing.onerror = writing.onabort = function () { end(false); };
    writing.oncomplete = function () {
      var reading = database.transaction("tries").objectStore("tries").get("mark");
      reading.onerror = function () { end(false); };
      reading.onsuccess = function () {
        database.close();
        indexedDB.deleteDatabase("trainhub-check");
        end(reading.result === mark);
      };
    };
  }

  /* ---- the machine */

  function space() {
    if (!navigator.storage || !navigator.storage.estimate) return report("space", "info", texts.spaceUnknown);
    return navigator.storage.estimate().then(function (found) {
      var free = Math.round((found.quota - found.usage) / 1048576);
      var isLittle = free < LITTLE_MB;
      report("space", isLittle ? "warn" : "good", fill(isLittle ? texts.spaceShort : texts.spaceFree, { count: free }));
    });
  }

  function screenAndInput() {
    var size = { width: window.innerWidth, height: window.innerHeight };
    var isSmall = size.width < 360 || size.height < 500;
    report("screen", isSmall ? "warn" : "good", fill(isSmall ? texts.screenSmall : texts.screenSize, size));
    var canTouch = navigator.maxTouchPoints > 0;
    var canPoint = window.matchMedia("(any-pointer: fine)").matches;
    report("input", "info", canTouch ? (canPoint ? texts.mouseAndTouch : texts.touch) : texts.mouse);
    report("keyboard", "info", texts.keyboardAsk);
    document.addEventListener("keydown", function (event) {
      if (event.isTrusted) report("keyboard", "good", texts.yes);
    });
  }

  function voices() {
    var wanted = document.documentElement.lang.slice(0, 2).toLowerCase();
    var found = "speechSynthesis" in window && window.speechSynthesis.getVoices().some(function (voice) {
      var language = voice.lang.toLowerCase().split(/[-_]/)[0];
      return voice.localService && (language === "cmn" ? "zh" : language) === wanted;
    });
    report("voices", "info", fill(found ? texts.voicesFound : texts.voicesNone, { language: texts.language }));
  }

  /* ---- the way to the server */

  function network() {
    var trips = [];
    var ahead = [];
    function next() {
      if (trips.length === ROUNDS) return tell(trips, ahead);
      var sent = Date.now();
      var began = performance.now();
      return fetch(root.getAttribute("data-time"), { cache: "no-store" }).then(function (answer) {
        return answer.json();
      }).then(function (answer) {
        var trip = performance.now() - began;
        trips.push(trip);
        ahead.push(sent + trip / 2 - answer.now);
        return next();
      });
    }
    return next().catch(function () { report("connection", "bad", texts.connectionNone); });
  }

  function tell(trips, ahead) {
    var best = trips.indexOf(Math.min.apply(null, trips));
    var sorted = trips.slice(1).sort(function (one, other) { return one - other; });
    var median = Math.round(sorted[Math.floor(sorted.length / 2)]);
    var jitter = Math.round(sorted[sorted.length - 1] - sorted[0]);
    var isSlow = median > SLOW_MS;
    var text = isSlow ? texts.connectionSlow : texts.connectionTime;
    report("connection", isSlow ? "warn" : "good", fill(text, { median: median, jitter: jitter }));
    var seconds = Math.round(ahead[best] / 100) / 10;
    var isWrong = Math.abs(seconds) > WRONG_CLOCK_S;
    report("clock", isWrong ? "warn" : "good", fill(isWrong ? texts.clockWrong : texts.clockRight, { count: seconds }));
  }

  /* ---- the verdict */

  function verdict() {
    var said = document.getElementById("check-verdict");
    if (isLong) {
      said.setAttribute("data-state", worst);
      said.textContent = texts[worst];
    } else if (worst === "bad" || remark) {
      said.textContent = worst === "bad" ? texts.bad : remark;
      root.className = "alert alert-" + worst;
      root.removeAttribute("hidden");
    }
    root.setAttribute("data-verdict", worst);
  }

  function run() {
    browser();
    features();
    if (!isLong) return verdict();
    screenAndInput();
    if ("speechSynthesis" in window && window.speechSynthesis.addEventListener) {
      window.speechSynthesis.addEventListener("voiceschanged", voices);
    }
    voices();
    return journal(function () {
      if (!("Promise" in window) || !("fetch" in window)) verdict();
      else Promise.resolve(space()).then(network).then(verdict, verdict);
    });
  }

  /* The module's mark comes when it has been fetched and read; a slow network gets time for it. */
  function whenReady(left) {
    var isMarked = document.documentElement.getAttribute("data-modules") === "yes";
    if (isMarked || left === 0 || !("noModule" in document.createElement("script"))) {
      try { run(); } catch (problem) { grade("bad"); verdict(); }
    } else {
      setTimeout(function () { whenReady(left - 1); }, 250);
    }
  }

  whenReady(40);
})();
