// The pane without reloads, and this tab's tokens for it. Without this script each button is an ordinary form.
import * as tokens from "../jwt_app/store.js";

const pane = () => document.getElementById("device");

// A button for each token that this tab holds; it puts it into the field, where the learner sees it go.
function offer() {
  const held = tokens.load() ?? {};
  for (const button of document.querySelectorAll("[data-tab-token]")) button.hidden = !held[button.dataset.tabToken];
}

document.addEventListener("click", ({ target }) => {
  const kind = target.dataset?.tabToken;
  if (!kind) return;
  const form = target.closest("form");
  form.elements.kind.value = kind;
  form.elements.token.value = tokens.load()?.[kind] ?? "";
  form.querySelector("#device-hand").focus();
});
tokens.onChange(offer);
document.addEventListener("htmx:afterSwap", offer);

// A refusal is shown like any other answer.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== pane()) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

offer();
