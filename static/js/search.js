/* The box in the rail: results under it while typing, arrows go through them, Escape closes. */
(function () {
  "use strict";
  const form = document.querySelector("[data-find]");
  if (!form) return;
  const box = form.querySelector("[data-search]");
  const panel = document.getElementById("find-results");
  const links = () => [...panel.querySelectorAll("a")];

  const close = () => panel.replaceChildren();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      box.focus();
      event.preventDefault();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [box, ...links()];
    if (stops.length === 1) return;
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = stops.indexOf(document.activeElement);
    stops[(at + step + stops.length) % stops.length].focus();
    event.preventDefault();
  });

  document.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) close();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
  box.addEventListener("input", () => { if (!box.value.trim()) close(); });
  /* An answer that comes after the box was left opens nothing. */
  panel.addEventListener("htmx:beforeSwap", (event) => {
    if (!form.contains(document.activeElement)) event.detail.shouldSwap = false;
  });
})();
