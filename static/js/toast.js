/* Messages in the one polite live region. Errors stay until closed; others leave after eight seconds. */

const STAY = 8000;

export function toast(text, meaning = "moving") {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template) return;
  const item = template.content.firstElementChild.cloneNode(true);
  item.classList.add(`tone-${meaning}`);
  item.querySelector(".toast-text").textContent = text;
  if (meaning === "blocked") item.dataset.toastStays = "";
  region.append(item);
  leaveLater(item);
}

function leaveLater(item) {
  if ("toastStays" in item.dataset) return;
  let timer = setTimeout(() => item.remove(), STAY);
  const wait = () => clearTimeout(timer);
  const goOn = () => { timer = setTimeout(() => item.remove(), STAY); };
  item.addEventListener("pointerenter", wait);
  item.addEventListener("focusin", wait);
  item.addEventListener("pointerleave", goOn);
  item.addEventListener("focusout", goOn);
}

export function startToasts() {
  document.querySelectorAll("[data-toast]").forEach((item) => {
    item.querySelector("[data-toast-close]").hidden = false;
    leaveLater(item);
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest?.("[data-toast-close]");
    if (close) close.closest("[data-toast]").remove();
  });
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.meaning));
  document.addEventListener("htmx:sendError", () =>
    toast(document.getElementById("toasts")?.dataset.textOffline, "blocked"));
}
