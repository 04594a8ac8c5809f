/* Date fields are text (2026-11-21 in every browser); a button beside them opens the browser's own calendar. */

const SVG = "http://www.w3.org/2000/svg";

function calendarIcon(sprite) {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#i-calendar`);
  icon.append(use);
  return icon;
}

export function startDates(scope) {
  scope.querySelectorAll("input[data-date]:not([data-ready])").forEach((input) => {
    input.dataset.ready = "";
    const wrap = document.createElement("div");
    wrap.className = "input-affix";
    input.replaceWith(wrap);
    const picker = document.createElement("input");
    picker.type = "date";
    picker.className = "picker";
    picker.tabIndex = -1;
    picker.setAttribute("aria-hidden", "true");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "affix-button";
    button.title = input.dataset.textCalendar;
    button.setAttribute("aria-label", input.dataset.textCalendar);
    button.append(calendarIcon(input.dataset.icons));
    button.addEventListener("click", () => {
      picker.value = /^\d{4}-\d{2}-\d{2}$/.test(input.value) ? input.value : "";
      picker.showPicker();
    });
    picker.addEventListener("change", () => {
      input.value = picker.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
    wrap.append(input, button, picker);
    if (input.autofocus) input.focus();
  });
}
