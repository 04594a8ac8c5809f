/* Keys of the whole page. Single letters work only outside text fields, and a person can turn them off. */
import { isComposing, isTextField, openDialog } from "./page.js";

const root = document.documentElement;
const visible = (element) => element.offsetParent !== null || element.getClientRects().length > 0;

const singleKeysOn = () => root.dataset.singleKeys !== "off";

function showHints(isOn) {
  root.dataset.hints = isOn ? "on" : "off";
}

export function openShortcuts() {
  document.getElementById("shortcut-sheet")?.showModal();
}

function clickKey(key) {
  const wanted = key.toUpperCase();
  const target = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key.toUpperCase() === wanted && visible(element),
  );
  if (!target) return false;
  if (target.tagName === "LABEL") target.control?.focus();
  else target.click();
  return true;
}

/** A letter belongs to a list (or to the page when nothing has the focus), never to a field, button or dialog. */
const lettersBelongHere = () => {
  const focused = document.activeElement;
  return !openDialog() && (focused === document.body || focused?.id === "main" || Boolean(focused?.closest("[data-list]")));
};

function onKeydown(event) {
  if (isComposing(event)) return;
  if (event.key === "Alt" && !event.repeat) showHints(true);
  if (event.defaultPrevented) return;
  if (event.altKey && event.key.toLowerCase() === "b" && !event.ctrlKey) {
    event.preventDefault();
    history.back();
    return;
  }
  if (event.altKey && !event.ctrlKey && event.key.length === 1 && clickKey(event.key)) {
    event.preventDefault();
    showHints(false);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
  if (!singleKeysOn() || openDialog()) return;
  if (event.key === "/") {
    const search = document.getElementById("global-search");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    openShortcuts();
  } else if (event.key.length === 1 && lettersBelongHere() && clickKey(event.key)) {
    event.preventDefault();
  }
}

export function startKeys() {
  document.addEventListener("keydown", onKeydown);
  document.addEventListener("keyup", (event) => { if (event.key === "Alt") showHints(false); });
  window.addEventListener("blur", () => showHints(false));
  document.querySelectorAll("[data-open-shortcuts]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", openShortcuts);
  });
}
