/* Ctrl+K: find an order, a customer, a page. The server answers [{"label", "url", "kind"}] or a list of links. */
import { isComposing } from "./page.js";

const PATIENCE = 90;

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("[data-palette-input]");
  const list = dialog.querySelector("[data-palette-list]");
  let timer = null;
  let asked = 0;
  let at = 0;
  let wantsFirst = false;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const mark = (index) => {
    const all = options();
    if (!all.length) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    at = (index + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    input.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const go = () => {
    const url = options()[at]?.dataset.url;
    if (url) location.assign(url);
  };
  const show = (found, query) => {
    list.replaceChildren(...found.map((result, place) => {
      const option = document.createElement("li");
      option.id = `palette-option-${place}`;
      option.setAttribute("role", "option");
      option.dataset.url = result.url;
      const label = document.createElement("span");
      label.textContent = result.label;
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = result.kind ?? "";
      option.append(label, kind);
      return option;
    }));
    if (!found.length && query) {
      const none = document.createElement("li");
      none.className = "palette-empty";
      none.textContent = dialog.dataset.textEmpty;
      list.append(none);
    }
    mark(0);
    if (wantsFirst && found.length) go();
    wantsFirst = false;
  };
  const ask = async () => {
    const mine = ++asked;
    const query = input.value.trim();
    const answer = await fetch(`${dialog.dataset.palette}?q=${encodeURIComponent(query)}`, {
      headers: { Accept: "application/json", "X-Requested-With": "palette" },
      credentials: "same-origin",
    });
    if (!answer.ok || mine !== asked) return;
    const found = await answer.json();
    timer = null;
    show(found.results ?? found, query);
  };
  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE);
  };

  input.addEventListener("input", askSoon);
  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      // A fast typist presses Enter before the answer is there: open the first result when it comes.
      if (timer) wantsFirst = true;
      else go();
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (dialog.open) return;
    input.value = "";
    list.replaceChildren();
    dialog.showModal();
    input.focus();
    ask();
  });
}
