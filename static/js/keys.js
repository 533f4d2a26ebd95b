/* Keys: j k move, x tick, n note, g t|w|p|c|r|l go, / search, ? help. Off in Settings. */
(function () {
  "use strict";
  if (!document.body.hasAttribute("data-keys")) return;
  /* A key after g belongs to it for this long: slow hands and slow machines included. */
  const WAIT = 3000;
  let pending = 0;

  const rows = () => [...document.querySelectorAll("[data-task]")];
  const current = () => document.activeElement && document.activeElement.closest("[data-task]");

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const index = all.indexOf(current());
    const next = all[Math.min(Math.max(index + step, 0), all.length - 1)] || all[0];
    const box = next.querySelector(".check, .title");
    box.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function note(row) {
    const text = row.querySelector(".panel textarea");
    const opener = row.querySelector("[data-panel]");
    if (text) text.focus();
    else if (opener) {
      opener.dataset.wants = "textarea";
      opener.click();
    }
  }

  function go(key) {
    const link = document.querySelector(`.nav [data-key="${key}"]`);
    if (link) link.click();
  }

  /* The page's own box, else that of the rail; where the rail has none, the page of the search. */
  function search() {
    const boxes = [...document.querySelectorAll("[data-search]")].reverse();
    const box = boxes.find((each) => each.offsetParent);
    if (box) {
      box.focus();
      box.select();
    } else location.assign("/library/search/");
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    /* Words typed in an open panel are no commands. */
    if (event.target.closest(".panel") && !["n", "?"].includes(event.key)) return;
    if (pending) {
      clearTimeout(pending);
      pending = 0;
      go(event.key);
      return;
    }
    const row = current();
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && row) row.querySelector(".check")?.click();
    else if (event.key === "n" && row) note(row);
    else if (event.key === "g") {
      pending = setTimeout(() => { pending = 0; }, WAIT);
      return;
    } else if (event.key === "/") search();
    else if (event.key === "?") document.getElementById("keys-help")?.showModal();
    else return;
    event.preventDefault();
  });
})();
