// The header's live parts: the theme button, and the access token that this tab may hold.
import { signOut } from "../jwt_app/refresh.js";
import * as tokens from "../jwt_app/store.js";
import { clock, decode, secondsLeft } from "../jwt_app/token.js";

const button = document.getElementById("theme");
const label = button.querySelector("span");
const order = ["system", "light", "dark"];

function apply(theme) {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("theme");
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }
  label.textContent = theme;
}

button.hidden = false;
// The admin of Django keeps its own choice, "auto" among them, under the same name.
label.textContent = order.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "system";
button.addEventListener("click", () => {
  apply(order[(order.indexOf(label.textContent) + 1) % order.length]);
});

// Only this tab knows of its token, so only a script can say so. It has nothing to do with the session beside it.
const chip = document.getElementById("token-chip");
const noChip = document.getElementById("no-token-chip");

const WHERE = { memory: "this page", tab: "this tab", local: "this browser", cookie: "this page" };

function showToken() {
  const access = tokens.load()?.access;
  chip.hidden = !access;
  noChip.hidden = Boolean(access);
  if (!access) return;
  const left = secondsLeft(access);
  const state = left > 0 ? `${clock(left)} left` : "expired";
  document.getElementById("token-chip-text").textContent =
    `${decode(access)?.payload.username ?? "unreadable"}, ${state}, in ${WHERE[tokens.place()]}`;
}

document.getElementById("token-chip-end").addEventListener("click", async () => {
  const { status } = await signOut(chip.dataset);
  noChip.firstElementChild.textContent = status
    ? "no access token in this tab"
    : "no access token in this tab; the server did not answer, so it has not ended the sign-in";
});

tokens.onChange(showToken);
setInterval(showToken, 1000);
showToken();

// Paper is white.
window.addEventListener("beforeprint", () => { document.documentElement.dataset.theme = "light"; });
window.addEventListener("afterprint", () => apply(label.textContent));
