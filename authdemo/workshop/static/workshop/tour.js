// The tour's script: the question of step 1, the token of step 2, copies and countdown of step 3; and what turns
// green is read out at every step. Steps 4 and 5 need no more.
import * as api from "../jwt_app/api.js";
import * as store from "../jwt_app/store.js";
import { clock, decode, mask, secondsLeft } from "../jwt_app/token.js";
import { countDown } from "../jwt_app/wait.js";

const element = (id) => document.getElementById(id);
// The exchange is kept after its answer was sent: ask a moment later, and not only at the next poll.
const check = () => setTimeout(() => window.htmx?.trigger(document.body, "tour:check"), 300);

// What has turned green is read out. The part itself is replaced, and a new element is not a change to a reader.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "tour-status") return;
  const list = [...document.querySelectorAll(".tour-check h2, .tour-check li.done")];
  element("tour-live").textContent = list.map((one) => one.textContent.trim()).join(" ");
  // What the step showed stands at the top, with the way on.
  if (document.querySelector(".tour-check.done")) element("tour-top").scrollIntoView({ block: "nearest" });
});

// ---- Step 1: ask from here, so that the page stays. Without this script the answer opens as a page of its own.
document.addEventListener("click", async (event) => {
  if (event.target.id !== "tour-ask" || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.target.setAttribute("aria-busy", "true");
  try {
    await fetch(event.target.href, { cache: "no-store" });
  } catch {
    location.assign(event.target.href); // the browser says what is wrong
  }
  event.target.removeAttribute("aria-busy");
  check();
});

// ---- Step 2
const client = element("tour-token");

let stopWaiting = () => {};
function say(sentence, kind = "") {
  stopWaiting();
  const said = element(element("tour-has-token").hidden ? "tour-refused" : "tour-said");
  said.textContent = sentence;
  said.className = `note ${kind}`;
  said.hidden = !sentence;
  return said;
}

function explain({ status, data }) {
  if (!status) return "The server did not answer. Is it running?";
  return data?.detail ?? `The server answered ${status}.`;
}

function showToken() {
  const access = store.load()?.access;
  element("tour-no-token").hidden = Boolean(access);
  element("tour-has-token").hidden = !access;
  if (!access) return;
  element("tour-token-mask").textContent = mask(access);
  element("tour-payload").textContent = JSON.stringify(decode(access)?.payload, null, 2);
  showTimeLeft();
}

function showTimeLeft() {
  const access = store.load()?.access;
  if (!access) return;
  const left = secondsLeft(access);
  element("tour-left").textContent = left > 0 ? clock(left) : "no time: it has expired";
}

async function getTokens(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  // The next step is another page, and needs them.
  if (!store.survivesReload()) store.choose("tab");
  const result = await api.signIn(client.dataset, form.username.value, form.password.value);
  button.disabled = false;
  form.password.value = "";
  if (result.status !== 200) {
    const said = say(explain(result), "error");
    if (result.wait) stopWaiting = countDown(said, result.wait, () => say("The wait is over. You can try again."));
    form.password.focus();
    return;
  }
  element("tour-refused").hidden = true;
  element("tour-whoami").focus();
  check();
}

async function whoAmI() {
  const result = await api.call("GET", client.dataset.whoami, { token: store.load()?.access });
  if (result.status === 401) store.clear(); // expired: the form is there again, and why is said beside it
  // Who that was stands below the button, with what it cost.
  if (result.status === 200) element("tour-whoami").className = "secondary outline";
  else say(explain(result), "error");
  check();
}

if (client) {
  client.querySelector("form").addEventListener("submit", getTokens);
  element("tour-whoami").addEventListener("click", whoAmI);
  store.onChange(showToken);
  setInterval(showTimeLeft, 1000);
  client.hidden = false;
  showToken();
}

// ---- Step 3: only this tab has the token, so only a script can hand in a copy.
const copies = document.querySelector("[data-copies]");

function showWhetherThereIsAToken() {
  element("tour-no-token-here").hidden = Boolean(store.load());
  if (copies && !store.load()) element("tour-replay").disabled = true;
}

if (element("tour-no-token-here")) {
  store.onChange(showWhetherThereIsAToken);
  showWhetherThereIsAToken();
}
if (copies) {
  copies.addEventListener("submit", () => {
    const tokens = store.load();
    copies.elements.access.value = tokens?.access ?? "";
    copies.elements.refresh.value = tokens?.refresh ?? "";
    element("tour-replay").setAttribute("aria-busy", "true");
  });
}

// Signed out: this tab forgets the tokens that it had then, as a good client does.
const ended = element("tour-ended");
const issued = decode(store.load()?.access ?? "")?.payload.iat;
if (ended && issued * 1000 < Date.parse(ended.dataset.at)) store.clear();

const countdown = element("tour-countdown");
function count() {
  const left = Math.ceil((Date.parse(countdown.dataset.until) - Date.now()) / 1000);
  countdown.querySelector("[data-left]").textContent =
    left > 0 ? `, another ${clock(left)}` : ": that is over now. Let the thief try once more";
}
if (countdown) {
  count();
  setInterval(count, 1000);
}
