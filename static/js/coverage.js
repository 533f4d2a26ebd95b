/* A coverage check: keys 1 2 3 mark a row, 0 clears it, arrows or j k move. Marks are sent one after
   the other, so that the progress never goes back; the page works without any of this. */
(function () {
  "use strict";

  /* Before the start: who says how much of an area feels known has chosen it. */
  document.addEventListener("input", (event) => {
    const line = event.target.closest("[data-choose-areas] .felt")?.closest("li");
    if (line && event.target.value.trim()) line.querySelector("[type=checkbox]").checked = true;
  });

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-choose-all]");
    if (!all) return;
    event.preventDefault(); /* without JavaScript it is a submit button */
    for (const box of all.form.querySelectorAll("[name=areas]")) box.checked = true;
  });

  const form = document.querySelector("[data-marks]");
  if (!form) return;
  const keysOn = document.body.hasAttribute("data-keys");
  /* The line that names the keys is no use without this script. */
  document.querySelector("[data-keys-line]")?.removeAttribute("hidden");
  const VALUES = { 1: "know", 2: "unsure", 3: "dunno", 0: "", Backspace: "" };
  const rows = () => [...form.querySelectorAll(".rate")];
  const rowOf = (node) => node && node.closest(".rate");
  const radios = (row) => [...row.querySelectorAll("[role=radio]")];
  const checked = (row) => row.querySelector("[role=radio][aria-checked=true]");
  const doorOf = (row) => checked(row) || radios(row)[0];
  const isMarked = (row) => Boolean(checked(row));

  /* One tab stop for all rows: the row that has, or had, the focus. */
  let here = null;

  function close(row) {
    for (const button of row.querySelectorAll("button")) button.tabIndex = -1;
  }

  function stand(row) {
    const before = here && document.getElementById(here);
    if (before) close(before);
    here = row.id;
    doorOf(row).tabIndex = 0;
  }

  function enter(row) {
    stand(row);
    const door = doorOf(row);
    door.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function neighbour(row, step) {
    const all = rows();
    return all[all.indexOf(row) + step];
  }

  /* What waits to be sent: one mark a row, the latest. */
  const waiting = new Map();
  let busy = false;
  let finishing = null; /* the end that was asked for while marks were on their way */
  const lost = new Set(); /* rows whose mark was not saved */

  function mark(row, value) {
    if (value === (checked(row)?.value || "") && !waiting.has(row.id)) return;
    waiting.set(row.id, value);
    row.dataset.saving = value;
    send();
  }

  async function send() {
    if (busy || !waiting.size) return;
    busy = true;
    const [id, value] = waiting.entries().next().value;
    waiting.delete(id);
    let held = false;
    let failed = false;
    const hear = (event) => {
      if (event.detail.elt === form && !event.detail.successful) failed = true;
    };
    document.addEventListener("htmx:afterRequest", hear);
    const look = (event) => {
      const row = document.getElementById(id);
      if (event.detail.target === row) held = row.contains(document.activeElement);
    };
    document.addEventListener("htmx:beforeSwap", look);
    try {
      await window.htmx.ajax("POST", form.action, {
        source: form,
        target: `#${id}`,
        swap: "outerHTML",
        values: { row: id.slice(1), value },
      });
    } catch {
      failed = true; /* it was said by the page that nothing was changed */
    }
    document.removeEventListener("htmx:beforeSwap", look);
    document.removeEventListener("htmx:afterRequest", hear);
    if (failed) lost.add(id);
    else lost.delete(id);
    const row = document.getElementById(id);
    if (!waiting.has(id)) delete row.dataset.saving;
    close(row);
    if (held) enter(row);
    else if (here === id) stand(row);
    busy = false;
    if (waiting.size) send();
    else if (finishing) {
      const end = finishing;
      finishing = null;
      end.requestSubmit();
    }
  }

  /* Once: who asks again finishes without the marks that were lost. */
  function sayLost() {
    const live = document.getElementById("live");
    if (live) live.textContent = "A mark was not saved, so the check was not finished. Mark it again, or finish without it.";
    enter(document.getElementById([...lost][0]));
    lost.clear();
  }

  form.addEventListener("submit", (event) => {
    const row = rowOf(event.submitter);
    if (!row) return;
    event.preventDefault();
    stand(row);
    mark(row, event.submitter.value);
  });

  form.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row && row.id !== here) stand(row);
  });

  /* The finish waits for what is still on its way. */
  document.querySelector("[data-finish]")?.addEventListener("submit", (event) => {
    if (!busy && !waiting.size && !lost.size) return;
    event.preventDefault();
    if (busy || waiting.size) finishing = event.target;
    else sayLost();
  });
  window.addEventListener("pagehide", () => {
    for (const [id, value] of waiting) {
      const body = new FormData(form);
      body.set("row", id.slice(1));
      body.set("value", value);
      fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
    }
  });

  function step(row, by) {
    const next = neighbour(row, by);
    if (next) enter(next);
    else if (by > 0) document.querySelector("[data-finish] button")?.focus();
  }

  function turn(row, by) {
    const all = radios(row);
    const at = Math.max(all.indexOf(document.activeElement), 0);
    all[(at + by + all.length) % all.length].focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const inside = rowOf(document.activeElement);
    /* Elsewhere on the page the arrows scroll, and Enter is the button's. */
    if (!inside && document.activeElement !== document.body) return;
    const row = inside || document.getElementById(here);
    if (!row) return;
    const { key } = event;
    if (key === "ArrowDown" || (keysOn && key === "j")) step(row, inside ? 1 : 0);
    else if (key === "ArrowUp" || (keysOn && key === "k")) step(row, inside ? -1 : 0);
    else if (inside && key === "ArrowRight") turn(row, 1);
    else if (inside && key === "ArrowLeft") turn(row, -1);
    else if (keysOn && Object.hasOwn(VALUES, key)) {
      mark(row, VALUES[key]);
      if (VALUES[key]) step(row, 1);
      else enter(row);
    } else return;
    event.preventDefault();
  });

  /* Start where the address says, else at the first row that is unmarked. */
  for (const row of rows()) close(row);
  const named = location.hash && document.getElementById(location.hash.slice(1));
  const first = rowOf(named) || rows().find((row) => !isMarked(row)) || rows()[0];
  if (first && (!location.hash || rowOf(named))) enter(first);
  else if (first) stand(first);
  /* A browser that scrolls to the named row lets go of the focus. */
  if (rowOf(named)) {
    window.addEventListener("load", () => setTimeout(() => {
      const row = document.getElementById(here);
      if (row && document.activeElement === document.body) enter(row);
    }));
  }
})();
