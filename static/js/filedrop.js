/* File fields that also take dropped and pasted files, and show name, size and progress. The input stays the truth. */
import { sizeText } from "./page.js";

function show(zone, input, list) {
  const files = [...input.files];
  list.hidden = files.length === 0;
  list.replaceChildren(...files.map((file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "size";
    size.textContent = sizeText(file.size);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-sm";
    remove.textContent = zone.dataset.textRemove;
    remove.addEventListener("click", () => {
      keep(input, files.filter((other) => other !== file));
      show(zone, input, list);
      input.focus();
    });
    item.append(name, size, remove);
    return item;
  }));
}

function keep(input, files) {
  const transfer = new DataTransfer();
  files.slice(0, input.multiple ? files.length : 1).forEach((file) => transfer.items.add(file));
  input.files = transfer.files;
}

function take(zone, input, list, files) {
  if (!files.length) return;
  keep(input, input.multiple ? [...input.files, ...files] : [...files]);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export function startFileDrops(scope) {
  scope.querySelectorAll("[data-file-drop]:not([data-ready])").forEach((zone) => {
    zone.dataset.ready = "";
    const input = zone.querySelector("input[type=file]");
    const list = zone.querySelector("[data-file-list]");
    if (!input || !list) return;
    input.addEventListener("change", () => show(zone, input, list));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      take(zone, input, list, event.dataTransfer.files);
    });
    zone.closest("form")?.addEventListener("paste", (event) => take(zone, input, list, event.clipboardData.files));
    input.form?.addEventListener("submit", (event) => {
      if (!event.defaultPrevented && input.files.length) showSending(zone, list);
    });
    show(zone, input, list);
  });
}

function showSending(zone, list) {
  list.querySelectorAll("li").forEach((item) => {
    if (item.querySelector("progress")) return;
    const progress = document.createElement("progress");
    progress.setAttribute("aria-label", zone.dataset.textSending);
    item.append(progress);
  });
}
