// The access token that this tab holds goes along with the form. Without one, or without this script, the lab gets one.
import * as tokens from "../jwt_app/store.js";
import { decode, secondsLeft } from "../jwt_app/token.js";

const held = () => {
  const token = tokens.load()?.access ?? "";
  return secondsLeft(token) > 0 ? token : "";
};

function fill(form) {
  if (form.matches?.("[data-own-token]")) form.elements.token.value = held();
}

// Only at the last moment, so that it stands in no page for longer than that.
document.addEventListener("submit", ({ target }) => fill(target), { capture: true });
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.matches?.("[data-own-token]")) detail.parameters.token = held();
});

function say() {
  const token = held();
  for (const words of document.querySelectorAll("[data-own-token] [data-own-token-words]")) {
    const whose = decode(token)?.payload.username;
    words.textContent = token
      ? `It is made from the token of this tab${whose ? `, ${whose}'s` : ""}.`
      : "This tab holds no token, so it is made from one that the lab gets for alice.";
  }
}
tokens.onChange(say);
say();
