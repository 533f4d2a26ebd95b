/* The library: copy buttons on code, boxes around wide tables, filters, print with open answers. */
(function () {
  "use strict";
  const say = (text) => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };

  /* Copy. Without a secure address there is no clipboard, but the old command still works. */
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "visually-hidden";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  function addCopy(pre) {
    const box = document.createElement("div");
    box.className = "code-box";
    pre.replaceWith(box);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy this code");
    button.addEventListener("click", async () => {
      const done = await copied(pre.textContent);
      button.textContent = done ? "Copied" : "Select it and copy";
      say(done ? "Copied." : "That could not be copied.");
      button.focus();
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    box.append(pre, button);
  }

  function boxTable(table) {
    const box = document.createElement("div");
    box.className = "scroll";
    table.replaceWith(box);
    box.append(table);
  }

  /* What scrolls sideways can be reached by keyboard, and says what it is. */
  function reach(node, label) {
    const scrolls = node.scrollWidth > node.clientWidth;
    if (!scrolls && node.dataset.reach === undefined) return;
    node.dataset.reach = "";
    if (scrolls) {
      node.tabIndex = 0;
      node.setAttribute("role", "group");
      node.setAttribute("aria-label", label);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) node.removeAttribute(name);
    }
  }

  function reachAll() {
    for (const node of document.querySelectorAll(".prose .scroll")) reach(node, "Table");
    for (const node of document.querySelectorAll(".prose pre")) reach(node, "Code");
    for (const node of document.querySelectorAll(".prose math[display='block']")) {
      if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
    }
  }

  function prepare() {
    document.querySelectorAll(".prose pre").forEach((pre) => {
      if (!pre.closest(".code-box")) addCopy(pre);
    });
    document.querySelectorAll(".prose table").forEach((table) => {
      if (!table.closest(".scroll")) boxTable(table);
    });
    reachAll();
  }

  prepare();
  window.addEventListener("resize", reachAll);
  document.addEventListener("toggle", reachAll, true);

  /* A draft that is put back is not left in a closed box. */
  const openDrafts = () => {
    document.querySelectorAll("details:not([open]) .draft").forEach((line) => {
      line.closest("details").open = true;
    });
  };
  openDrafts();

  document.addEventListener("htmx:afterSettle", (event) => {
    prepare();
    openDrafts();
    const target = event.detail.target || event.target;
    const status = event.detail.xhr?.status;
    const count = document.querySelector("#list [data-count]");
    if (target.id === "list" && count) say(count.textContent);
    if (target.id === "note" && status === 200) document.querySelector("#note summary").focus();
    const wanted = document.querySelector("[data-focus]");
    if (wanted && event.target.contains(wanted)) wanted.focus();
  });

  /* A filter works when it is changed. Addresses name only those that are on. */
  document.querySelectorAll("[data-filters] [type='submit']").forEach((button) => {
    button.hidden = true;
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("[data-filters]")) return;
    for (const [name, value] of [...event.detail.formData.entries()]) {
      if (!value) event.detail.formData.delete(name);
    }
  });

  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  /* On paper every answer is open. */
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open], .no-print)")];
    opened.forEach((each) => { each.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((each) => { each.open = false; });
    opened = [];
  });

  /* Escape puts the form that plans a topic away; the keyboard goes on where it came from. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    const form = event.target.closest("#in-plans form");
    const opener = document.querySelector("[hx-target='#in-plans']:not(form)");
    if (!form || !opener) return;
    const box = form.closest("#in-plans");
    form.remove();
    box.hidden = !box.querySelector("li");
    opener.focus();
  });

  /* What a new page has to say is heard as well: a region that is full from the start is silent. */
  const said = [...document.querySelectorAll("#messages .message > span")];
  if (said.length) {
    setTimeout(() => say(said.map((line) => line.textContent.trim()).join(" ")), 250);
  }

  /* A link to a question on its topic's page opens it. */
  const named = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (named && named.matches("details")) named.open = true;
})();
