/* Small behaviour by data attribute; every page works without it. */
(function () {
  "use strict";
  const live = () => document.getElementById("live");

  function say(text) {
    const region = live();
    if (region) region.textContent = text;
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) close.closest(".message").remove();
    const panel = event.target.closest("[data-panel]");
    if (panel) {
      const box = document.querySelector(panel.getAttribute("hx-target"));
      if (box && box.firstElementChild) {
        box.replaceChildren();
        panel.setAttribute("aria-expanded", "false");
        event.preventDefault();
        event.stopPropagation();
      }
    }
    const shut = event.target.closest("[data-shut]");
    if (shut) {
      const box = document.getElementById(shut.dataset.shut);
      if (box) {
        box.replaceChildren();
        event.preventDefault();
        const opener = document.querySelector(`[hx-target="#${shut.dataset.shut}"][data-panel]`);
        if (opener) { opener.setAttribute("aria-expanded", "false"); opener.focus(); }
      }
    }
  }, true);

  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target;
    if (box && box.id && box.id.startsWith("panel-")) {
      const opener = document.querySelector(`[hx-target="#${box.id}"][data-panel]`);
      if (opener) opener.setAttribute("aria-expanded", String(Boolean(box.firstElementChild)));
      const first = box.querySelector("[autofocus], [aria-invalid='true'], h3");
      if (first) first.focus();
    }
  });

  /* After a section was swapped whole, the keyboard goes on where it was. */
  document.body.addEventListener("focusRow", (event) => {
    const row = document.getElementById(event.detail.value);
    const box = row && row.querySelector(".check, a, button");
    if (box) box.focus();
  });

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      say("That did not reach the server; nothing was changed. Try again.");
      const box = document.getElementById("messages");
      if (!box) return;
      const line = document.createElement("div");
      line.className = "message warning";
      line.setAttribute("role", "alert");
      line.textContent = "That did not reach the server; nothing was changed. Try again.";
      const close = document.createElement("button");
      close.type = "button";
      close.className = "close";
      close.dataset.close = "";
      close.setAttribute("aria-label", "Close this message");
      close.textContent = "\u00d7";
      line.append(close);
      box.replaceChildren(line);
    });
  }

  /* A time zone the browser knows is proposed where the form asks for one. */
  const zone = document.querySelector("[data-propose-zone]");
  if (zone && (!zone.value || zone.value === "UTC")) {
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (name && (zone.tagName !== "SELECT" || [...zone.options].some((o) => o.value === name))) {
      zone.value = name;
    }
  }

  /* Presets fill the seven weekdays. */
  document.addEventListener("click", (event) => {
    const preset = event.target.closest("[data-preset]");
    if (!preset) return;
    event.preventDefault(); /* without JavaScript it is a submit button */
    const form = preset.closest("form");
    preset.dataset.preset.split(",").forEach((minutes, index) => {
      const names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
      form.elements[names[index]].value = minutes;
    });
    say("Hours filled in.");
  });

  /* The running timer counts on. */
  function showTimers() {
    for (const node of document.querySelectorAll("[data-since]")) {
      const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(node.dataset.since)) / 60000));
      node.textContent = `${minutes} min`;
    }
  }
  showTimers();
  setInterval(showTimers, 15000);
  document.addEventListener("htmx:afterSettle", showTimers);

  /* Drag a task to another day of the week; the panel's date is the keyboard's way. */
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".task[data-move]");
    if (dragged) {
      dragged.classList.add("dragging");
      event.dataTransfer.effectAllowed = "move";
    }
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("dragging");
    dragged = null;
    document.querySelectorAll(".day-column.over").forEach((day) => day.classList.remove("over"));
  });
  document.addEventListener("dragover", (event) => {
    const day = dragged && event.target.closest("[data-day]");
    document.querySelectorAll(".day-column.over").forEach((other) => {
      if (other !== day) other.classList.remove("over");
    });
    if (day) {
      event.preventDefault();
      day.classList.add("over");
    }
  });
  document.addEventListener("drop", (event) => {
    const day = dragged && event.target.closest("[data-day]");
    if (!day) return;
    event.preventDefault();
    window.htmx.ajax("POST", dragged.dataset.move, {
      source: "#actions",
      target: "#week",
      swap: "outerHTML",
      values: { day: day.dataset.day, page: document.querySelector("#actions [name=page]").value },
    });
  });
})();
