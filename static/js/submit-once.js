/* A form is sent once: a double click, a second Enter or an impatient hand sends nothing more. */
import { isComposing } from "./page.js";

const sent = new WeakSet();

function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
  form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
}

export function startSubmitOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || "many" in form.dataset) return;
    if (sent.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // Another handler may still refuse; only what really goes out counts.
    queueMicrotask(() => {
      if (event.defaultPrevented && !form.hasAttribute("hx-post")) return;
      sent.add(form);
      form.setAttribute("aria-busy", "true");
      (event.submitter ?? form.querySelector("[type=submit]"))?.classList.add("is-busy");
    });
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  // Coming back by the browser's back button shows the page as it was left: let it be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(release);
  });
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("form");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit].btn-primary, [type=submit].btn-go") ?? form.querySelector("[type=submit]");
    form.requestSubmit(button ?? undefined);
  });
}
