/* Lists: J and K walk, Enter opens, X selects, Space previews; the bulk bar counts. */
import { isComposing, isTextField, fragmentOf, openDialog } from "./page.js";

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);
const letters = () => document.documentElement.dataset.singleKeys !== "off";

function currentList() {
  const focused = document.activeElement;
  const own = focused?.closest?.("[data-list]");
  if (own) return own;
  return focused === document.body || focused?.id === "main" ? document.querySelector("[data-list]") : null;
}

function focusRow(row) {
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function walk(list, step) {
  const rows = rowsOf(list);
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement.closest?.("[data-row]"));
  const next = at === -1 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  focusRow(rows[next]);
}

function select(row, isOn) {
  const box = row.querySelector(".pick input[type=checkbox]");
  if (!box || box.disabled) return;
  box.checked = isOn ?? !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

async function peek(row) {
  const panel = document.getElementById("peek");
  const url = row.dataset.peek;
  if (!panel || !url) return;
  if (!panel.hidden && panel.dataset.url === url) {
    closePeek();
    return;
  }
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok) return;
  panel.replaceChildren(fragmentOf(await answer.text()));
  panel.dataset.url = url;
  panel.hidden = false;
}

function closePeek() {
  const panel = document.getElementById("peek");
  if (!panel || panel.hidden) return false;
  panel.hidden = true;
  return true;
}

function onKeydown(event) {
  if (isComposing(event) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !openDialog() && closePeek()) event.preventDefault();
  if (openDialog() || isTextField(event.target) || !letters()) return;
  const list = currentList();
  if (!list) return;
  const key = event.key.toLowerCase();
  const row = document.activeElement.closest?.("[data-row]");
  const isOnRow = document.activeElement === row;
  if (key === "j" || key === "k" || (isOnRow && (event.key === "ArrowDown" || event.key === "ArrowUp"))) {
    event.preventDefault();
    const step = key === "j" || event.key === "ArrowDown" ? 1 : -1;
    if (event.shiftKey && row) select(row, true);
    walk(list, step);
    if (event.shiftKey) select(document.activeElement, true);
  } else if (row && key === "x") {
    event.preventDefault();
    select(row);
  } else if (isOnRow && event.key === "Enter") {
    event.preventDefault();
    row.querySelector("[data-row-link]")?.click();
  } else if (isOnRow && event.key === " " && row.dataset.peek) {
    event.preventDefault();
    peek(row);
  }
}

function countSelected(scope) {
  const boxes = [...scope.querySelectorAll(".pick input[type=checkbox]:not([data-select-all])")];
  const chosen = boxes.filter((box) => box.checked);
  boxes.forEach((box) => box.closest("[data-row]")?.classList.toggle("is-selected", box.checked));
  const all = scope.querySelector("[data-select-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  const bar = scope.querySelector("[data-bulk-bar]");
  if (!bar) return;
  bar.classList.toggle("is-active", chosen.length > 0);
  bar.querySelector("[data-bulk-count]").textContent = bar.dataset.textSelected.replace("{n}", chosen.length);
}

export function startLists() {
  document.addEventListener("keydown", onKeydown);
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.(".pick input[type=checkbox]");
    if (!box) return;
    const scope = box.closest("form") ?? box.closest("[data-list]");
    if ("selectAll" in box.dataset) {
      scope.querySelectorAll(".pick input[type=checkbox]:not([data-select-all], :disabled)").forEach((other) => {
        other.checked = box.checked;
      });
    }
    countSelected(scope);
  });
  document.querySelectorAll("[data-bulk-bar]").forEach((bar) => countSelected(bar.closest("form") ?? document.body));
}
