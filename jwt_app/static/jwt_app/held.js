// What this page holds: both tokens, masked and decoded, and their seconds running down.
import { dueIn } from "./refresh.js";
import * as store from "./store.js";
import { clock, decode, mask, secondsLeft } from "./token.js";

const element = (id) => document.getElementById(id);
const KINDS = ["access", "refresh"];
const revealed = { access: false, refresh: false };

function showText(kind, token) {
  element(`${kind}-text`).textContent = revealed[kind] ? token : mask(token);
  element(`${kind}-reveal`).textContent = revealed[kind] ? "Hide" : "Reveal";
}

function showDecoded(kind, token) {
  const decoded = decode(token);
  for (const part of ["header", "payload"]) {
    element(`${kind}-${part}`).textContent = decoded ? JSON.stringify(decoded[part], null, 2) : "(cannot be read)";
  }
}

export function showHeld() {
  const tokens = store.load();
  if (!tokens) {
    revealed.access = revealed.refresh = false;
    return;
  }
  for (const where of document.querySelectorAll("[data-place]")) where.hidden = where.dataset.place !== store.place();
  element("refresh-seen").hidden = !tokens.refresh;
  for (const kind of KINDS.filter((one) => tokens[one])) {
    showText(kind, tokens[kind]);
    showDecoded(kind, tokens[kind]);
  }
  tick();
}

export function tick() {
  const tokens = store.load();
  if (!tokens) return;
  for (const kind of KINDS.filter((one) => tokens[one])) {
    const left = secondsLeft(tokens[kind]);
    const { iat, exp } = decode(tokens[kind])?.payload ?? {};
    element(`${kind}-left`).textContent = left > 0 ? clock(left) : "no longer: it has expired";
    element(`${kind}-bar`).max = exp - iat > 0 ? exp - iat : 1;
    element(`${kind}-bar`).value = Math.max(left, 0);
  }
  const due = dueIn(tokens);
  element("due").textContent = due > 0 && due < Infinity ? `This page gets the next one by itself in ${clock(Math.ceil(due))}.` : "";
}

for (const kind of KINDS) {
  element(`${kind}-reveal`).addEventListener("click", () => {
    revealed[kind] = !revealed[kind];
    showText(kind, store.load()[kind]);
  });
}
