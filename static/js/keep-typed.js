/* What was typed survives a session that ended meanwhile: after signing in, the page comes back as it was left.

   A form that goes out is kept in this tab. The next page forgets it, unless that page is one without the shell
   (sign-in, a form refused as stale): then it waits for its own page to come back to the same person. */

const KEPT = "typed";
const SKIPPED = new Set(["csrfmiddlewaretoken", "next"]);

const person = () => document.body.dataset.person ?? "";
const here = () => location.pathname + location.search;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

function write(kept) {
  try {
    if (kept) sessionStorage.setItem(KEPT, JSON.stringify(kept));
    else sessionStorage.removeItem(KEPT);
  } catch {
    /* No storage, or it is full: the browser's own back button remains. */
  }
}

function keep(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIPPED.has(name));
  write({ person: person(), page: here(), action: form.getAttribute("action") ?? "", fields });
}

function fieldsNamed(form, name) {
  return [...form.elements].filter((field) => field.name === name && field.type !== "file" && field.type !== "submit");
}

function makeRoom(form, names) {
  const button = form.querySelector("[data-add-rows]");
  for (let tries = 0; button && tries < 100 && names.some((name) => !fieldsNamed(form, name).length); tries += 1) button.click();
}

function putBack(form, fields) {
  const byName = new Map();
  fields.forEach(([name, value]) => byName.set(name, [...(byName.get(name) ?? []), value]));
  makeRoom(form, [...byName.keys()].filter((name) => name.includes("-")));
  for (const field of form.elements) {
    if (!field.name || SKIPPED.has(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
    const values = byName.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (values.length) field.value = values.length > 1 ? values.shift() : values[0];
    if (field.type !== "hidden") field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function restore(kept) {
  const form = [...document.querySelectorAll("main form[method=post]")].find(
    (each) => (each.getAttribute("action") ?? "") === kept.action,
  );
  if (!form) return;
  form.closest("details")?.setAttribute("open", "");
  putBack(form, kept.fields);
  const note = document.getElementById("typed-kept");
  if (note) form.prepend(note.content.cloneNode(true));
}

export function startKeepTyped() {
  const kept = read();
  if (document.body.classList.contains("bare")) {
    if (kept) write({ ...kept, isWaiting: true });
    return;
  }
  if (kept?.isWaiting && kept.page === here() && kept.person === person()) restore(kept);
  write(null);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() === "post" && form.closest("main") && !event.defaultPrevented) keep(form);
  });
}
