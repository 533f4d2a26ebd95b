/* A button with data-copy="ID" copies what stands in that field. Without this script it stays hidden. */
(function () {
  "use strict";
  const say = (text) => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };

  /* Without a secure address there is no clipboard, but the old command still works. */
  async function copied(field) {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      field.select();
      return document.execCommand("copy");
    }
  }

  document.querySelectorAll("[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    if (!field) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copied(field);
      button.textContent = done ? "Copied" : "Select it and copy";
      say(done ? "Copied." : "That could not be copied.");
    });
  });
})();
