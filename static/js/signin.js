/* Passkeys: show what needs JavaScript, and say it when the browser gives no key. */
(function () {
  "use strict";
  const words = {
    NotAllowedError: "No passkey was used: it was cancelled, or took too long.",
    InvalidStateError: "This device already holds a passkey for this account.",
    SecurityError: "Passkeys need the site’s own name, such as localhost, not an IP address.",
    NotSupportedError: "This device cannot make that kind of passkey.",
  };

  if (window.PublicKeyCredential) {
    for (const node of document.querySelectorAll("[data-passkey]")) node.hidden = false;
    for (const node of document.querySelectorAll("[data-no-passkey]")) node.hidden = true;
  }

  document.addEventListener("allauth.error", (event) => {
    const box = document.querySelector("[data-passkey-fault]");
    if (!box) return;
    event.preventDefault();
    const fault = event.detail.exception;
    box.textContent = words[fault && fault.name] || "The passkey did not work. Try again.";
    box.hidden = false;
  });

  /* A second click on the same button sends nothing twice. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const now = Date.now();
    if (now - Number(form.dataset.sentAt || 0) < 3000) event.preventDefault();
    else form.dataset.sentAt = now;
  });
})();
