/* Small behaviour by data attribute; every page works without it. */
(function () {
  "use strict";
  const live = () => document.getElementById("live");

  function say(text) {
    const region = live();
    if (region) region.textContent = text;
  }

  /* Messages. Those without Undo leave by themselves, but not while they are looked at. */
  const STAY = 8000;

  function leaveLater(line) {
    let timer = 0;
    const stay = () => clearTimeout(timer);
    const start = () => {
      stay();
      timer = setTimeout(() => {
        if (!line.matches(":hover, :focus-within")) line.remove();
      }, STAY);
    };
    for (const name of ["pointerenter", "focusin"]) line.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) line.addEventListener(name, start);
    start();
  }

  function timeMessages() {
    for (const line of document.querySelectorAll("#messages .message:not([data-timed])")) {
      line.dataset.timed = "";
      if (!line.querySelector("form")) leaveLater(line);
    }
  }

  function toast(text) {
    const box = document.getElementById("messages");
    if (!box) return;
    const line = document.createElement("div");
    line.className = "message warning";
    line.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.dataset.close = "";
    close.setAttribute("aria-label", "Close this message");
    close.textContent = "\u00d7";
    line.append(words, close);
    box.replaceChildren(line);
    timeMessages();
  }

  timeMessages();
  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) {
    document.addEventListener(name, timeMessages);
  }

  /* Panels. */
  const openerOf = (id) => document.querySelector(`[hx-target="#${id}"][data-panel]`);

  function shutPanel(box) {
    box.replaceChildren();
    const opener = openerOf(box.id);
    if (opener) {
      opener.setAttribute("aria-expanded", "false");
      opener.focus();
    }
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) close.closest(".message").remove();
    const panel = event.target.closest("[data-panel]");
    if (panel) {
      const box = document.querySelector(panel.getAttribute("hx-target"));
      if (box && box.firstElementChild) {
        shutPanel(box);
        event.preventDefault();
        event.stopPropagation();
      }
    }
    const shut = event.target.closest("[data-shut]");
    if (shut) {
      const box = document.getElementById(shut.dataset.shut);
      if (box) {
        shutPanel(box);
        event.preventDefault();
      }
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    const box = event.target.closest(".panel");
    if (box) shutPanel(box);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target;
    /* Not box.id: in a form with a field named id, that is the field. */
    const id = box && box.getAttribute("id");
    if (id && id.startsWith("panel-")) {
      const opener = openerOf(id);
      if (opener) opener.setAttribute("aria-expanded", String(Boolean(box.firstElementChild)));
      const wanted = opener && opener.dataset.wants;
      if (opener) delete opener.dataset.wants;
      const first =
        box.querySelector("[aria-invalid='true']") ||
        box.querySelector("[autofocus]") ||
        (wanted && box.querySelector(wanted)) ||
        box.querySelector("h3");
      if (first) first.focus();
    }
  });

  /* The first wrong field is where to go on, unless another form asks for the focus. */
  function focusWrong(root) {
    const wrong = root.querySelector("[aria-invalid='true']");
    if (!wrong) return;
    const first = document.querySelector("[autofocus]");
    if (first && first.form !== wrong.form) return;
    wrong.closest("details:not([open])")?.setAttribute("open", "");
    wrong.focus();
  }
  focusWrong(document);
  document.addEventListener("htmx:afterSettle", (event) => {
    if ([409, 422].includes(event.detail.xhr?.status)) focusWrong(event.target);
  });

  /* A refusal goes into the panel; where the page has no such panel, its words are shown. */
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const place = xhr.getResponseHeader("HX-Retarget");
    if (![409, 422].includes(xhr.status) || !place || document.querySelector(place)) return;
    event.preventDefault();
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const words = [...answer.querySelectorAll(".errorlist li, .errors, label[for^='asked-']")];
    const text = [...new Set(words.map((node) => node.textContent.trim()))].join(" ");
    toast(text || "That was refused; nothing was changed.");
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
      toast("That did not reach the server; nothing was changed. Try again.");
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

  /* A preview is made anew when what it shows was changed; nothing is accepted from the old one. */
  function differs(field) {
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.options) {
      const options = [...field.options];
      const chosen = options.some((each) => each.defaultSelected);
      /* A single choice without a default begins at its first line. */
      const first = (each) => !chosen && !field.multiple && each.index === 0;
      return options.some((each) => each.selected !== (each.defaultSelected || first(each)));
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  }
  const changed = (form) => [...form.elements].some(differs);
  let typed = false;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("[data-submit-on-change]")) typed = true;
  });
  document.addEventListener("pointerdown", () => { typed = false; });
  for (const name of ["change", "focusout"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest("[data-submit-on-change]");
      /* A date typed by key changes with every digit: wait for its end. */
      if (!form || !event.target.value || (name === "change" && typed)) return;
      if (changed(form)) form.requestSubmit();
    });
  }
  document.addEventListener("submit", (event) => {
    const form = document.querySelector("[data-submit-on-change]");
    if (!form || form === event.target || !event.target.closest("main") || !changed(form)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  /* What is applied is what was shown: not while the form above asks for something else. */
  function holdApply() {
    const asks = document.querySelector("form[data-asks]");
    const button = document.querySelector("button[data-applies]");
    if (!asks || !button) return;
    const held = changed(asks);
    if (button.disabled === held) return;
    button.disabled = held;
    if (held) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    const note = document.getElementById(button.dataset.applies);
    if (note) note.textContent = held ? note.dataset.says : "";
  }
  for (const name of ["input", "change"]) document.addEventListener(name, holdApply);
  /* A reset and the browser's own filling in come after their events. */
  document.addEventListener("reset", () => setTimeout(holdApply));
  window.addEventListener("pageshow", () => setTimeout(holdApply));

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
    const day = dragged && event.target.closest(".day-column:not([data-past])");
    document.querySelectorAll(".day-column.over").forEach((other) => {
      if (other !== day) other.classList.remove("over");
    });
    if (day) {
      event.preventDefault();
      day.classList.add("over");
    }
  });
  document.addEventListener("drop", (event) => {
    const day = dragged && event.target.closest(".day-column:not([data-past])");
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
