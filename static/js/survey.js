/* Three scores and Enter: a digit from 1 to 5 goes on to the next field, Enter sends the row. */
import { isComposing } from "./page.js";

const SCORE = /^[1-5]$/;

document.querySelectorAll("[data-survey]").forEach((form) => {
  const scores = [...form.querySelectorAll("[data-score]")];
  scores.forEach((input, place) => {
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => {
      if (!SCORE.test(input.value)) input.value = "";
      else if (place + 1 < scores.length) scores[place + 1].focus();
    });
    input.addEventListener("keydown", (event) => {
      if (isComposing(event) || event.key !== "Backspace" || input.value || place === 0) return;
      event.preventDefault();
      scores[place - 1].focus();
    });
  });
});
