/* The second check by scanner: one field, each code counts one; what is read fills the table of the plain form below. */
import { isComposing } from "./page.js";

const amount = (text) => Math.round(Number(String(text).replace(",", "")) * 1000) / 1000 || 0;
const figure = (number) => String(Math.round(number * 1000) / 1000);

function tone(frequency, at, length, context) {
  const wave = context.createOscillator();
  const loudness = context.createGain();
  wave.frequency.value = frequency;
  loudness.gain.value = 0.15;
  wave.connect(loudness).connect(context.destination);
  wave.start(context.currentTime + at);
  wave.stop(context.currentTime + at + length);
}

/** A high short tone for good, two low ones for wrong; always beside the words of the panel. */
function makeSound() {
  let context = null;
  return (isGood) => {
    try {
      context ??= new AudioContext();
      if (isGood) tone(880, 0, 0.08, context);
      else { tone(220, 0, 0.16, context); tone(220, 0.22, 0.16, context); }
    } catch {
      context = null; // no sound device: the panel has said it
    }
  };
}

function readLines(form) {
  return [...form.querySelectorAll("[data-scan-line]")].map((row) => {
    const [sku, quantity, batch] = row.querySelectorAll("input");
    return { row, codes: [row.dataset.sku, row.dataset.barcode].filter(Boolean), asked: amount(row.dataset.asked),
      expectedBatch: row.dataset.batch, sku, quantity, batch };
  });
}

class Scan {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("[data-scan]");
    this.input = form.querySelector("[data-scan-input]");
    this.panel = form.querySelector("[data-scan-panel]");
    this.lines = readLines(form);
    this.history = [];
    this.last = null;
    this.sound = makeSound();
    this.area.hidden = false;
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("input", (event) => { if (event.target !== this.input) this.refresh(); });
    this.refresh();
    this.input.focus();
  }

  text(name, values = {}) {
    return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), this.area.dataset[name]);
  }

  say(isGood, text) {
    this.panel.classList.toggle("tone-done", isGood);
    this.panel.classList.toggle("tone-blocked", !isGood);
    this.panel.querySelector("[data-scan-mark]").textContent = isGood ? "✔" : "✖";
    this.panel.querySelector("[data-scan-text]").textContent = text;
    this.sound(isGood);
    this.refresh();
  }

  refresh() {
    let counted = 0;
    let asked = 0;
    for (const line of this.lines) {
      const count = amount(line.quantity.value);
      counted += count;
      asked += line.asked;
      line.row.classList.toggle("is-counted", count === line.asked && line.batch.value.trim() === line.expectedBatch);
      line.row.classList.toggle("is-last", line === this.last);
    }
    this.panel.querySelector("[data-scan-total]").textContent = `${figure(counted)} / ${figure(asked)}`;
  }

  onKey(event) {
    if (isComposing(event)) return;
    if (event.key === "Backspace" && this.input.value === "") {
      event.preventDefault();
      this.undo();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const code = this.input.value.normalize("NFKC").trim();
      this.input.value = "";
      if (code) this.accept(code);
    }
  }

  accept(code) {
    const times = /^\*(\d+(?:\.\d{1,3})?)$/.exec(code);
    if (times) {
      this.multiply(amount(times[1]));
      return;
    }
    const fitting = this.lines.filter((line) => line.codes.includes(code));
    if (fitting.length) {
      const line = fitting.find((each) => amount(each.quantity.value) < each.asked) ?? fitting.at(-1);
      this.count(line, code, 1);
    } else {
      this.noteBatch(code);
    }
  }

  remember(line) {
    this.history.push({ line, sku: line.sku.value, quantity: line.quantity.value, batch: line.batch.value, last: this.last });
  }

  count(line, code, by) {
    this.remember(line);
    const count = amount(line.quantity.value) + by;
    this.last = line;
    if (count > line.asked) {
      this.history.pop();
      this.say(false, this.text("textOver", { code, asked: figure(line.asked) }));
      return;
    }
    line.sku.value = code;
    line.quantity.value = figure(count);
    const name = count === line.asked ? "textComplete" : "textCounted";
    this.say(true, this.text(name, { code, count: figure(count), asked: figure(line.asked) }));
  }

  /** `*10` makes the last scan ten: nine more than the one it counted. */
  multiply(times) {
    if (!this.last) this.say(false, this.text("textFirst"));
    else this.count(this.last, this.last.sku.value, times - 1);
  }

  noteBatch(code) {
    const known = this.lines.find((line) => line.expectedBatch === code && (line === this.last || !line.batch.value));
    const line = this.last?.expectedBatch === code ? this.last : known;
    if (line) {
      this.remember(line);
      line.batch.value = code;
      this.last = line;
      this.say(true, this.text("textBatch", { code, sku: line.codes[0] }));
    } else if (this.last && !this.last.batch.value) {
      this.say(false, this.text("textWrongBatch", { code, asked: this.last.expectedBatch }));
    } else {
      this.say(false, this.text("textUnknown", { code }));
    }
  }

  undo() {
    const before = this.history.pop();
    if (!before) return;
    before.line.sku.value = before.sku;
    before.line.quantity.value = before.quantity;
    before.line.batch.value = before.batch;
    this.last = before.last;
    this.say(true, this.text("textUndone"));
  }
}

const form = document.querySelector("[data-scan-form]");
if (form) new Scan(form);
