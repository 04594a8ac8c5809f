/* Starts what every page has. Each part looks for its own attributes and does nothing where there are none. */
import { startCombobox } from "./combobox.js";
import { startDates } from "./dates.js";
import { startDialogs } from "./dialog.js";
import { startFileDrops } from "./filedrop.js";
import { startKeepTyped } from "./keep-typed.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startPalette } from "./palette.js";
import { startPolling } from "./poll.js";
import { startShell } from "./shell.js";
import { startSubmitOnce } from "./submit-once.js";
import { startToasts } from "./toast.js";
import { startViewers } from "./viewer.js";

const everywhere = [startToasts, startDialogs, startShell, startSubmitOnce, startKeepTyped, startKeys, startLists, startPalette];
const inEachFragment = [startDates, startFileDrops, startViewers, startCombobox, startPolling];

everywhere.forEach((start) => start());
inEachFragment.forEach((start) => start(document));
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) inEachFragment.forEach((start) => start(event.target));
});
document.addEventListener("fragment:loaded", (event) => inEachFragment.forEach((start) => start(event.target)));
