/* Selects with server search. The plain <select> stays underneath and is what the form sends. */

let loading = null;

function library(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.TomSelect);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

function optionOf(data, escape) {
  const note = data.note ? `<span class="option-note">${escape(data.note)}</span>` : "";
  return `<div><span>${escape(data.text)}</span>${note}</div>`;
}

function enhance(select, TomSelect) {
  const url = select.dataset.comboboxUrl;
  const control = new TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: url ? [] : ["text"],
    maxOptions: 50,
    loadThrottle: 120,
    selectOnTab: true,
    openOnFocus: !url,
    placeholder: select.dataset.placeholder ?? "",
    shouldLoad: (query) => Boolean(url) && query.length > 0,
    load: url ? (query, done) => {
      fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : []))
        .then((found) => { control.clearOptions(); done(found.results ?? found); })
        .catch(() => done());
    } : null,
    score: url ? () => () => 1 : undefined,
    render: {
      option: optionOf,
      no_results: () => `<div class="no-results">${select.dataset.textNone ?? ""}</div>`,
      loading: null,
    },
  });
  // The label now names the text field; the select behind it is only what the form sends.
  select.setAttribute("aria-hidden", "true");
  const describedBy = select.getAttribute("aria-describedby");
  if (describedBy) control.control_input.setAttribute("aria-describedby", describedBy);
  if (select.getAttribute("aria-invalid") === "true") {
    control.control_input.setAttribute("aria-invalid", "true");
    control.wrapper.classList.add("invalid");
  }
}

export function startCombobox(scope) {
  scope.querySelectorAll("select[data-combobox]:not(.tomselected)").forEach(async (select) => {
    try {
      const TomSelect = await library(select.dataset.comboboxLibrary);
      if (!select.tomselect) enhance(select, TomSelect);
    } catch {
      /* The plain select works. */
    }
  });
}
