/* Makes the typed enquiry fast: codes found while typing, Enter moves on. The form works without all this. */
import { codeList } from "./order_grid.js";
import { isComposing } from "./page.js";

const form = document.querySelector("[data-enquiry-grid]");
if (form) start(form);

function start(grid) {
  const body = grid.querySelector("[data-lines]");
  const total = grid.querySelector("[name='line-TOTAL_FORMS']");
  const blank = grid.querySelector("[data-empty-row]");
  const codes = codeList(grid, filled);

  /* What the catalogue will fill in stands in the empty cells as a hint. */
  function filled(option, input) {
    const row = input?.closest("[data-line]");
    if (!row || !option) return;
    row.querySelector("[data-description]").placeholder = option.text;
    row.querySelector("[data-unit]").placeholder = option.note;
  }

  function addRow() {
    const index = Number(total.value);
    if (index >= 200) return null;
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", String(index));
    const row = holder.firstElementChild;
    row.querySelector("[data-row-number]").textContent = String(index + 1);
    body.append(row);
    total.value = String(index + 1);
    return row;
  }

  function moveOn(from) {
    const row = from.closest("[data-line]");
    if (from.matches("[data-sku]")) {
      if (from.value.trim()) {
        row.querySelector("[data-quantity]").focus();
        row.querySelector("[data-quantity]").select();
      } else if ([...row.querySelectorAll("input")].some((input) => input.value)) {
        row.querySelector("[data-description]").focus();
      } else {
        grid.querySelector("[name='wanted_on']")?.focus();
      }
      return;
    }
    if (from.matches("[data-description]")) return row.querySelector("[data-spec]").focus();
    if (from.matches("[data-spec]")) return row.querySelector("[data-quantity]").focus();
    (row.nextElementSibling ?? addRow())?.querySelector("[data-sku]").focus();
  }

  body.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey) return;
    const input = event.target;
    if (event.altKey && event.key === "Delete") {
      event.preventDefault();
      const row = input.closest("[data-line]");
      row.querySelectorAll("input").forEach((field) => { field.value = ""; field.placeholder = ""; });
      row.querySelector("[data-sku]").focus();
      return;
    }
    if (input.matches("[data-sku]") && codes.takes(event, input, () => moveOn(input))) return;
    if (event.key !== "Enter") return;
    event.preventDefault();
    moveOn(input);
  });
  body.addEventListener("input", (event) => {
    if (event.target.matches("[data-sku]")) codes.look(event.target);
  });
  body.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-sku]")) setTimeout(() => codes.closeFor(event.target), 150);
  });
  grid.querySelector("[data-add-rows]").addEventListener("click", (event) => {
    event.preventDefault();
    const first = addRow();
    for (let more = 0; more < 4; more += 1) addRow();
    first?.querySelector("[data-sku]").focus();
  });
  // Keys of the header: Enter goes on to the rows instead of sending an unfinished enquiry.
  grid.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || isComposing(event) || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("[data-lines]") || !event.target.matches("input:not([type=submit])")) return;
    event.preventDefault();
    body.querySelector("[data-sku]")?.focus();
  });
}
