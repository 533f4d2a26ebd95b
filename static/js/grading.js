/* One question at a time: its running time, its keys, and where the focus goes after the next one came.
   Keys: Space or Enter with nothing in focus, or r, shows the model answer; 1 to 5 grade, once it is
   shown, and show it before; d is "I don't know"; u takes the last grade back; s skips a review; w writes;
   Escape leaves a text. Off in Settings. */
(function () {
  "use strict";
  const MOST = 3600;
  const AFTER_G = 3000; /* as in keys.js: the next key says where to go */
  let counted = 0; /* milliseconds of the question in sight */
  let since = 0; /* when it came in sight; 0 while it is not */
  let wentAt = -AFTER_G;

  const card = () => document.querySelector("[data-grading]");

  function seconds() {
    const now = since ? performance.now() - since : 0;
    return Math.min(Math.floor((counted + now) / 1000), MOST);
  }

  function showTime() {
    const box = card();
    const field = box && box.querySelector("input[data-seconds]");
    if (!field) return;
    const spent = seconds();
    field.value = spent;
    const time = box.querySelector("[data-time]");
    time.hidden = false;
    time.textContent = `${Math.floor(spent / 60)}:${String(spent % 60).padStart(2, "0")}`;
  }

  function pause() {
    if (since) counted += performance.now() - since;
    since = 0;
  }

  function resume() {
    if (!since && !document.hidden) since = performance.now();
  }

  function begin() {
    const box = card();
    if (!box || box.dataset.begun) return false;
    box.dataset.begun = "";
    pause();
    counted = 1000 * (Number(box.querySelector("input[data-seconds]")?.value) || 0);
    resume();
    showTime();
    offerMore(box);
    return true;
  }

  /* A model answer above the next question shows its first lines; one that fits needs no “Read on”. */
  function offerMore(box) {
    const shown = box.querySelector(".last-grade .model-answer");
    if (!shown) return;
    const isLong = shown.scrollHeight > shown.clientHeight + 1;
    shown.toggleAttribute("data-long", isLong);
    shown.parentElement.querySelector("[data-read-on]").hidden = !isLong;
  }

  begin();
  setInterval(showTime, 1000);
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : resume()));
  document.addEventListener("submit", showTime, true);

  document.addEventListener("htmx:afterSettle", (event) => {
    const box = card();
    /* A form that came in beside the question. */
    const field = event.target.closest("#ask-own")?.querySelector("[autofocus]");
    if (field) return field.focus();
    if (!begin()) return;
    const live = document.getElementById("live");
    const wrong = box.querySelector("[aria-invalid='true']");
    if (wrong) {
      /* studyplan.js puts the focus there. */
      const words = [...box.querySelectorAll(".errors li")].map((line) => line.textContent);
      if (live) live.textContent = words.join(" ");
      return;
    }
    const heading = box.querySelector("h1[tabindex]");
    heading.focus({ preventScroll: true });
    /* The next question begins where this one did, at the top. */
    if (box.getBoundingClientRect().top < 0) box.scrollIntoView({ block: "start" });
    if (live) live.textContent = box.dataset.say || "";
  });

  function reveal(box) {
    const answer = box.querySelector("[data-reveal]");
    if (!answer) return box.querySelector("[data-primary]")?.click();
    answer.open = !answer.open;
    if (answer.open) answer.scrollIntoView({ block: "nearest" });
    return undefined;
  }

  const press = (box, selector) => {
    if ("ready" in box.dataset) box.querySelector(selector)?.click();
  };

  /* Nobody grades what they have not held against the answer: the first press shows it. */
  function grade(box, key) {
    const answer = box.querySelector("[data-reveal]");
    if (!answer || answer.open || !("ready" in box.dataset)) return press(box, `[data-grade="${key}"]`);
    reveal(box);
    const live = document.getElementById("live");
    if (live) live.textContent = "Here is the answer. Grade it now.";
    return undefined;
  }

  if (!document.body.hasAttribute("data-keys")) return;
  document.addEventListener("keydown", (event) => {
    const box = card();
    if (!box || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (at.closest("input, textarea, select, [contenteditable], dialog")) {
      if (event.key === "Escape" && box.contains(at)) box.querySelector("h1[tabindex]")?.focus();
      return;
    }
    if (event.repeat || event.defaultPrevented) return;
    if (performance.now() - wentAt < AFTER_G) {
      wentAt = -AFTER_G;
      return;
    }
    const key = event.key.toLowerCase();
    const idle = at === document.body || at.matches("h1, main");
    if (key === "g") wentAt = performance.now();
    else if ((key === " " || key === "enter") && idle) reveal(box);
    else if (key === "r") reveal(box);
    else if (key === "d") press(box, "[data-unknown]");
    else if (key === "u") press(box, "[data-undo]");
    else if (key === "s") press(box, "[data-skip]");
    else if (key === "w") box.querySelector("textarea[name='text']")?.focus();
    else if (/^[1-5]$/.test(key)) grade(box, key);
    else return;
    if (key !== "g") event.preventDefault();
  });
})();
