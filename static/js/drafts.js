/* Drafts: text typed in a form marked data-draft and not saved yet stays in this tab. */
(function () {
  "use strict";
  let store;
  try {
    store = window.sessionStorage;
    store.getItem("draft");
  } catch {
    return; /* storage is switched off */
  }
  const PREFIX = "draft ";
  const TEXT = "textarea, input:not([type]), input[type='text']";
  const REFUSED = ".errors, .errorlist, [aria-invalid='true']";
  const learner = document.body.dataset.learner;

  const pathOf = (form) =>
    new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;
  const keyOf = (field) => `${PREFIX}${pathOf(field.form)} ${field.name}`;
  const fieldsOf = (form) => [...form.elements].filter((field) => field.matches(TEXT));
  const forms = () => [...document.querySelectorAll("form[data-draft]")];
  const plain = (text) => String(text ?? "").replace(/\r\n?/g, "\n").trim();
  const same = (one, other) => plain(one) === plain(other);

  function read(key) {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  }

  function write(key, value) {
    try {
      store.setItem(key, JSON.stringify(value));
    } catch {
      /* full: the text is still in the field */
    }
  }

  function forgetAll(start) {
    for (const key of Object.keys(store)) if (key.startsWith(start)) store.removeItem(key);
  }

  function unmark(field) {
    document.getElementById(`${field.id}_draft`)?.remove();
  }

  function forget(field) {
    store.removeItem(keyOf(field));
    unmark(field);
  }

  function mark(field, draft, refused) {
    unmark(field);
    const line = document.createElement("div");
    line.id = `${field.id}_draft`;
    line.className = "draft soft";
    line.setAttribute("aria-live", "off");
    line.append("Not saved yet");
    if (!refused) {
      const discard = document.createElement("button");
      discard.type = "button";
      discard.className = "link";
      discard.textContent = "Discard";
      discard.addEventListener("click", () => {
        field.value = field.defaultValue;
        forget(field);
        field.focus();
      });
      line.append(" · ", discard);
      /* The form's `seen` is the newer text, so saving would meet no conflict: say it here. */
      if (!same(draft.base, field.defaultValue)) {
        const stored = document.createElement("p");
        stored.className = "elsewhere";
        stored.textContent = field.defaultValue;
        line.append(". It was changed since you wrote this; what is stored:", stored);
      }
    }
    (field.closest(".field") || field.parentElement).append(line);
  }

  function restore(all) {
    for (const form of forms()) {
      const refused = Boolean(form.querySelector(REFUSED));
      for (const field of fieldsOf(form)) {
        const draft = read(keyOf(field));
        if (!draft) continue;
        if (!refused && same(draft.text, field.defaultValue)) {
          if (field.value === field.defaultValue) forget(field);
          continue;
        }
        const put = field.value !== draft.text;
        if (put) field.value = draft.text;
        if (put || all || refused) mark(field, draft, refused);
      }
    }
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.form || !field.form.matches("[data-draft]") || !field.matches(TEXT)) return;
    if (field.value === field.defaultValue && !field.form.querySelector(REFUSED)) {
      forget(field);
      return;
    }
    const base = read(keyOf(field))?.base ?? field.defaultValue;
    write(keyOf(field), { text: field.value, base });
  });

  /* 409 and 422 count as answered for htmx, and an ended session answers 204 with an address. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    const form = requestConfig?.elt;
    if (!form?.matches?.("form[data-draft]") || xhr.status < 200 || xhr.status > 299) return;
    const next = xhr.getResponseHeader("HX-Redirect") || "";
    if (/^\/(accounts|welcome)\//.test(next)) return;
    for (const field of fieldsOf(form)) {
      const draft = read(keyOf(field));
      if (draft && same(draft.text, requestConfig.formData.get(field.name))) forget(field);
    }
  });
  document.addEventListener("htmx:afterSettle", () => restore(false));

  /* A plain form leaves the page; the next one tells whether it was taken. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (pathOf(form) === "/accounts/logout/") store.clear();
    else if (form.matches("[data-draft]") && !event.defaultPrevented) {
      write("draft-sent", pathOf(form));
    }
  });
  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-forget]")?.closest("form");
    if (form) fieldsOf(form).forEach(forget);
  });

  const sent = read("draft-sent");
  store.removeItem("draft-sent");
  if (learner) {
    /* Another learner in the same tab does not see them. */
    if (read("draft-of") !== learner) forgetAll(PREFIX);
    write("draft-of", learner);
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;
    const taken = status < 400 && document.querySelector(".shell");
    if (sent && taken && !forms().some((form) => pathOf(form) === sent)) {
      forgetAll(`${PREFIX}${sent} `);
    }
  }
  restore(true);
})();
