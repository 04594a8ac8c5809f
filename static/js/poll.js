/* Elements that ask again: replaced by the server's fragment until it no longer wants to be asked. */
import { fragmentOf } from "./page.js";

const LONGEST = 30000;

function ask(element, wait) {
  setTimeout(async () => {
    if (!element.isConnected) return;
    if (document.hidden) {
      document.addEventListener("visibilitychange", () => ask(element, 0), { once: true });
      return;
    }
    try {
      const answer = await fetch(element.dataset.poll, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = fragmentOf(await answer.text()).firstElementChild;
      if (!fresh) return;
      element.replaceWith(fresh);
      fresh.dispatchEvent(new CustomEvent("fragment:loaded", { bubbles: true }));
      startPolling(fresh);
    } catch {
      ask(element, Math.min(Math.max(wait, 1000) * 2, LONGEST));
    }
  }, wait);
}

export function startPolling(scope) {
  const found = [...(scope.querySelectorAll?.("[data-poll]") ?? [])];
  if (scope.dataset?.poll) found.push(scope);
  found.filter((element) => !("polling" in element.dataset)).forEach((element) => {
    element.dataset.polling = "";
    ask(element, Number(element.dataset.pollEvery) || 1000);
  });
}
