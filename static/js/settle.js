/* What has just come in is not pressed yet: the second click of a double click would act on what took the
   place of the first. [data-settle] marks it; data-ready stands there once it may be used. */
(function () {
  "use strict";
  const SETTLE = 300; /* milliseconds */

  function settle() {
    for (const box of document.querySelectorAll("[data-settle]:not([data-ready], [data-settling])")) {
      /* After a refusal the same stands there again, so there is nothing to mistake it for. */
      const wait = box.querySelector("[aria-invalid='true']") ? 0 : SETTLE;
      box.dataset.settling = "";
      setTimeout(() => { box.dataset.ready = ""; }, wait);
    }
  }

  settle();
  document.addEventListener("htmx:afterSettle", settle);
  /* What comes in starts with the attributes of what it replaces. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = event.detail.shouldSwap && event.detail.target.closest("[data-settle]");
    if (box !== event.detail.target) return;
    for (const name of ["ready", "settling", "begun"]) delete box.dataset[name];
  });
  for (const [name, acting] of [["click", "button"], ["submit", "form"]]) {
    document.addEventListener(name, (event) => {
      if (!event.target.closest(acting)?.closest("[data-settle]:not([data-ready])")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }
})();
