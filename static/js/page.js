/* Small things several parts need. */

/** Typing through an input method: Enter picks a candidate and must not reach us. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

export const isTextField = (element) =>
  Boolean(element) &&
  (element.isContentEditable ||
    element.tagName === "TEXTAREA" ||
    element.tagName === "SELECT" ||
    (element.tagName === "INPUT" && !["checkbox", "radio", "button", "submit", "reset", "file"].includes(element.type)));

export const openDialog = () => [...document.querySelectorAll("dialog[open]")].pop() ?? null;

export const setCookie = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};

/** Parses a fragment our own server sent; scripts in it do not run. */
export const fragmentOf = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};

export const sizeText = (bytes) => {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
};
