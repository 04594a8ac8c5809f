/* Rail, menus, theme, copy buttons, unsaved work, focus on the first error. */
import { isComposing, openDialog, setCookie } from "./page.js";

const root = document.documentElement;

function startRail() {
  const toggle = document.querySelector("[data-rail-toggle]");
  if (toggle) {
    toggle.hidden = false;
    toggle.setAttribute("aria-pressed", String(root.dataset.rail === "narrow"));
    toggle.addEventListener("click", () => {
      root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
      toggle.setAttribute("aria-pressed", String(root.dataset.rail === "narrow"));
      setCookie("rail", root.dataset.rail);
    });
  }
  const rail = document.getElementById("rail");
  document.querySelector("[data-menu-open]")?.addEventListener("click", (event) => {
    event.preventDefault();
    rail.classList.add("is-open");
    rail.querySelector("a")?.focus();
  });
  document.querySelector("[data-menu-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    rail.classList.remove("is-open");
    if (location.hash === "#rail") history.replaceState(null, "", location.pathname + location.search);
    document.querySelector("[data-menu-open]")?.focus();
  });
  document.addEventListener("click", (event) => {
    if (rail?.classList.contains("is-open") && !event.target.closest(".rail, [data-menu-open]")) rail.classList.remove("is-open");
  });
}

/* On a narrow screen the row of tabs scrolls: the present one comes into sight. */
function startTabs() {
  document.querySelectorAll(".tabs").forEach((row) => {
    const current = row.querySelector("[aria-current=page]");
    if (current && row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.offsetLeft - 16;
  });
}

function startMenus() {
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.key !== "Escape" || openDialog()) return;
    const menu = [...document.querySelectorAll("details[data-menu][open]")].pop();
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault();
      return;
    }
    const rail = document.getElementById("rail");
    if (rail?.classList.contains("is-open")) {
      rail.classList.remove("is-open");
      document.querySelector("[data-menu-open]")?.focus();
    }
  });
}

function startCopy() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-copied");
  });
}

function startLeaveGuard() {
  const touched = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-leave-guard]");
    if (form) touched.add(form);
  });
  document.addEventListener("submit", (event) => touched.delete(event.target));
  window.addEventListener("beforeunload", (event) => { if (touched.size) event.preventDefault(); });
}

/** A disabled action still answers: it says why. */
function startReasons() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[aria-disabled=true][data-why]");
    if (!button) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: button.dataset.why, meaning: "waiting" } }));
  });
}

export function startShell() {
  startRail();
  startMenus();
  startTabs();
  startCopy();
  startLeaveGuard();
  startReasons();
  document.querySelector("[data-error-summary]:not([data-sample] *)")?.focus();
  // A field named in the error summary gets the focus even when an enhanced control hides it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    if (field.tomselect) field.tomselect.focus();
    else (field.matches("input, select, textarea") ? field : field.querySelector("input"))?.focus();
    field.scrollIntoView({ block: "center" });
  });
}
