/* Dialogs: <dialog> opened by attribute, and an action's <details> form lifted into the page's one action dialog. */

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest?.("[data-dialog-close]");
    if (closer) {
      closer.closest("dialog")?.close();
      return;
    }
    const summary = event.target.closest?.("[data-dialog-act] > summary");
    if (summary) {
      event.preventDefault();
      openAct(summary.parentElement);
      return;
    }
    if (event.target instanceof HTMLDialogElement && isOutside(event, event.target)) event.target.close();
  });
}

const isOutside = (event, dialog) => {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
};

function openAct(details) {
  const dialog = document.getElementById("action-dialog");
  const content = details.querySelector("[data-dialog-content]");
  if (!dialog || !content) {
    details.open = !details.open;
    return;
  }
  dialog.querySelector("#action-dialog-title").textContent = content.dataset.dialogTitle;
  const slot = dialog.querySelector("[data-dialog-slot]");
  slot.replaceChildren(...content.children);
  slot.querySelectorAll("[data-dialog-close]").forEach((button) => { button.hidden = false; });
  dialog.showModal();
  slot.querySelector("textarea, input:not([type=hidden]), button[type=submit]")?.focus();
  // What was typed goes back with the form, so that closing never loses it.
  dialog.addEventListener("close", () => {
    content.replaceChildren(...slot.children);
    details.querySelector("summary").focus();
  }, { once: true });
}
