/* Makes the typed order fast: codes found while typing, Enter moves on, totals asked of the server.
   The form works without all this; amounts are computed by the server alone. */
import { isComposing } from "./page.js";

const form = document.querySelector("[data-order-grid]");
if (form) start(form);

function start(grid) {
  const body = grid.querySelector("[data-lines]");
  const total = grid.querySelector("[name='line-TOTAL_FORMS']");
  const blank = grid.querySelector("[data-empty-row]");
  const codes = codeList(grid, ask);
  let timer = 0;
  let running = null;

  function rows() {
    return [...body.querySelectorAll("[data-line]")];
  }

  function addRow() {
    const index = Number(total.value);
    if (index >= 1000) return null;
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", String(index));
    const row = holder.firstElementChild;
    row.querySelector("[data-row-number]").textContent = String(index + 1);
    body.append(row);
    total.value = String(index + 1);
    return row;
  }

  function ask() {
    clearTimeout(timer);
    timer = setTimeout(fetchTotals, 250);
  }

  async function fetchTotals() {
    running?.abort();
    running = new AbortController();
    const data = new FormData(grid);
    data.delete("original");
    try {
      const answer = await fetch(grid.dataset.totalsUrl, {
        method: "POST", body: data, signal: running.signal, credentials: "same-origin", headers: { Accept: "application/json" },
      });
      if (answer.ok) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") grid.querySelector("[data-total]").textContent = "—";
    }
  }

  function show(found) {
    const lines = new Map(found.lines.map((line) => [line.row, line]));
    rows().forEach((row, index) => {
      const line = lines.get(index);
      row.querySelector("[data-name]").textContent = line?.name ?? "";
      row.querySelector("[data-spec]").textContent = line?.spec ?? "";
      row.querySelector("[data-unit]").textContent = line?.unit ?? "";
      row.querySelector("[data-amount]").textContent = line?.amount ?? "";
      write(row, "[data-source]", line?.source);
      write(row, "[data-margin]", line?.margin);
      row.querySelector("[data-unit-price]").placeholder = line?.list_price ?? "";
      // A line being typed is not wrong yet.
      const isBeingTyped = row.contains(document.activeElement) && !row.querySelector("[data-quantity]").value;
      mark(row, isBeingTyped ? "" : line?.problem ?? "");
    });
    grid.querySelector("[data-total]").textContent = found.total || "—";
    grid.querySelector("[data-total-net]").textContent = found.net || "—";
    grid.querySelector("[data-total-tax]").textContent = found.tax || "—";
    const box = grid.querySelector("[data-difference-box]");
    if (box) box.hidden = !found.difference;
    write(grid, "[data-difference]", found.difference);
    const notes = grid.querySelector("[data-warnings]");
    notes.replaceChildren(...[...(found.warnings ?? []), ...(found.error ? [found.error] : [])].map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }

  /* Cells that only one of the grids has. */
  function write(place, selector, text) {
    const cell = place.querySelector(selector);
    if (cell) cell.textContent = text ?? "";
  }

  function mark(row, problem) {
    const cell = row.querySelector(".cell-code");
    cell.querySelectorAll(".cell-error").forEach((old) => old.remove());
    row.classList.toggle("is-wrong", Boolean(problem));
    if (!problem) return;
    const note = document.createElement("span");
    note.className = "cell-error";
    note.textContent = problem;
    cell.append(note);
  }

  function moveOn(from) {
    const row = from.closest("[data-line]");
    if (from.matches("[data-sku]")) {
      if (!from.value.trim()) {
        grid.querySelector("[name='stated_amount'], [data-after-lines]")?.focus();
        return;
      }
      row.querySelector("[data-quantity]").select();
      row.querySelector("[data-quantity]").focus();
      return;
    }
    const next = row.nextElementSibling ?? addRow();
    next?.querySelector("[data-sku]").focus();
  }

  body.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey) return;
    const input = event.target;
    if (event.altKey && event.key === "Delete") {
      event.preventDefault();
      emptyRow(input.closest("[data-line]"));
      ask();
      return;
    }
    if (input.matches("[data-sku]") && codes.takes(event, input, () => moveOn(input))) return;
    if (event.key !== "Enter" || input.matches("select, [type=checkbox]")) return;
    event.preventDefault();
    moveOn(input);
  });

  function emptyRow(row) {
    row.querySelectorAll("input, select").forEach((field) => {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    });
    row.querySelector("[data-sku]").focus();
  }

  body.addEventListener("input", (event) => {
    if (event.target.matches("[data-sku]")) codes.look(event.target);
    ask();
  });
  body.addEventListener("change", ask);
  body.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-sku]")) setTimeout(() => codes.closeFor(event.target), 150);
  });
  grid.addEventListener("change", (event) => {
    if (["customer", "stated_amount", "freight", "ordered_on"].includes(event.target.name)) ask();
  });
  const stated = grid.querySelector("[name='stated_amount']");
  stated?.addEventListener("input", ask);
  grid.querySelector("[data-add-rows]").addEventListener("click", (event) => {
    event.preventDefault();
    const first = addRow();
    for (let more = 0; more < 9; more += 1) addRow();
    first?.querySelector("[data-sku]").focus();
  });
  // Keys of the header: Enter goes on to the lines instead of sending an unfinished order.
  grid.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || isComposing(event) || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("[data-lines]") || !event.target.matches("input:not([type=submit])")) return;
    event.preventDefault();
    body.querySelector("[data-sku]")?.focus();
  });
  ask();
}

/* One list of candidates for all code cells. */
export function codeList(grid, changed) {
  const list = document.createElement("ul");
  list.className = "code-list";
  list.id = "code-candidates";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  document.body.append(list);
  let owner = null;
  let options = [];
  let at = 0;
  let asked = "";
  let timer = 0;

  function close() {
    list.hidden = true;
    owner?.setAttribute("aria-expanded", "false");
    owner?.removeAttribute("aria-activedescendant");
    owner = null;
  }

  function look(input) {
    clearTimeout(timer);
    timer = setTimeout(() => find(input), 100);
  }

  async function find(input) {
    const text = input.value.trim();
    asked = text;
    if (!text) return close();
    try {
      const answer = await fetch(`${grid.dataset.productsUrl}?${new URLSearchParams({ q: text, customer: grid.querySelector("[name='customer']")?.value ?? "" })}`, { credentials: "same-origin" });
      const found = answer.ok ? await answer.json() : [];
      if (asked === text && document.activeElement === input) open(input, found);
      return found;
    } catch {
      return [];
    }
  }

  function open(input, found) {
    owner = input;
    options = found;
    at = 0;
    const place = input.getBoundingClientRect();
    list.replaceChildren(...(found.length ? found.map(item) : [nothing()]));
    list.hidden = false;
    list.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - 432)) + window.scrollX}px`;
    list.style.top = `${place.bottom + window.scrollY + 2}px`;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    highlight();
  }

  function item(option, index) {
    const line = document.createElement("li");
    line.id = `code-candidate-${index}`;
    line.setAttribute("role", "option");
    for (const [css, text] of [["mono", option.value], ["", option.text], ["option-price", option.price], ["option-note", option.note]]) {
      const part = document.createElement("span");
      if (css) part.className = css;
      part.textContent = text;
      line.append(part);
    }
    line.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const input = owner;
      choose(index);
      input.closest("[data-line]").querySelector("[data-quantity]").focus();
    });
    return line;
  }

  function nothing() {
    const line = document.createElement("li");
    line.className = "none";
    line.textContent = grid.dataset.textNone;
    return line;
  }

  function highlight() {
    [...list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === at && options.length > 0)));
    if (options.length) owner.setAttribute("aria-activedescendant", `code-candidate-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const [option, input] = [options[index], owner];
    if (option && input) input.value = option.value;
    close();
    changed(option, input);
  }

  /* A scanner or a fast typist presses Enter before the answer is there: move on, and fill in when it comes. */
  async function settle(input) {
    clearTimeout(timer);
    const typed = input.value.trim();
    const found = (await find(input)) ?? [];
    const exact = found.find((option) => option.value.toLowerCase() === typed.toLowerCase());
    const only = exact ?? (found.length === 1 ? found[0] : null);
    if (only && input.value.trim() === typed) {
      input.value = only.value;
      changed(only, input);
    }
    close();
  }

  function takes(event, input, moveOn) {
    const isOpen = !list.hidden && owner === input;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      at = Math.max(0, Math.min(options.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
      highlight();
      return true;
    }
    if (isOpen && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
      return true;
    }
    if (event.key !== "Enter" || !input.value.trim()) return false;
    event.preventDefault();
    if (isOpen && options.length && asked === input.value.trim()) choose(at);
    else settle(input);
    moveOn();
    return true;
  }

  return { look, takes, closeFor: (input) => { if (owner === input) close(); } };
}
