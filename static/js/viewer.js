/* Picture viewer: zoom and turn by buttons or keys + − R 0. The colours of a slip are never changed. */
import { isComposing } from "./page.js";

const STEP = 1.25;

export function startViewers(scope) {
  scope.querySelectorAll("[data-viewer]:not([data-ready])").forEach((viewer) => {
    viewer.dataset.ready = "";
    const image = viewer.querySelector("[data-viewer-image]");
    if (!image) return;
    let zoom = 1;
    let turn = 0;
    const draw = () => { image.style.transform = `rotate(${turn}deg) scale(${zoom})`; };
    const acts = {
      in: () => { zoom = Math.min(zoom * STEP, 8); },
      out: () => { zoom = Math.max(zoom / STEP, 0.25); },
      turn: () => { turn = (turn + 90) % 360; },
      reset: () => { zoom = 1; turn = 0; },
    };
    const act = (name) => { acts[name](); draw(); };
    viewer.addEventListener("click", (event) => {
      const button = event.target.closest("[data-viewer-act]");
      if (button) act(button.dataset.viewerAct);
    });
    viewer.querySelector(".viewer-stage").addEventListener("keydown", (event) => {
      if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const name = { "+": "in", "=": "in", "-": "out", r: "turn", R: "turn", 0: "reset" }[event.key];
      if (!name) return;
      event.preventDefault();
      act(name);
    });
  });
}
