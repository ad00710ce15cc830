// The page's client: a form, the tokens, five calls and a log.
import * as api from "./api.js";
import * as store from "./store.js";
import { clock, decode, mask, secondsLeft } from "./token.js";
import { countDown } from "./wait.js";

const element = (id) => document.getElementById(id);
const client = element("client");
const urls = client.dataset;
const revealed = { access: false, refresh: false };

// ---- What is shown
let stopWaiting = () => {};
function say(sentence, kind = "") {
  stopWaiting();
  const status = element("status");
  status.textContent = sentence;
  status.className = `note ${kind}`;
  status.hidden = !sentence;
}

function sayWait(sentence, seconds) {
  say(sentence, "error");
  stopWaiting = countDown(element("status"), seconds, () => say("The wait is over. You can try again."));
}

function showTokens() {
  const tokens = store.load();
  element("sign-in").hidden = Boolean(tokens);
  element("tokens").hidden = element("calls").hidden = !tokens;
  if (!tokens) {
    revealed.access = revealed.refresh = false;
    return;
  }
  for (const kind of ["access", "refresh"]) {
    element(`${kind}-text`).textContent = revealed[kind] ? tokens[kind] : mask(tokens[kind]);
    element(`${kind}-reveal`).textContent = revealed[kind] ? "Hide" : "Reveal";
  }
  const decoded = decode(tokens.access);
  element("access-header").textContent = JSON.stringify(decoded?.header, null, 2);
  element("access-payload").textContent = JSON.stringify(decoded?.payload, null, 2);
  tick();
}

function tick() {
  const tokens = store.load();
  if (!tokens) return;
  const access = secondsLeft(tokens.access);
  element("access-left").textContent = access > 0 ? clock(access) : "no longer: it has expired";
  const refresh = secondsLeft(tokens.refresh);
  element("refresh-left").textContent = refresh > 0 ? `Good for ${clock(refresh)}.` : "It has expired.";
}

function line(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

// The newest stands first and open, the ones before it folded.
function showExchange({ method, url, header, body, status, statusText, answer }) {
  const good = status >= 200 && status < 300;
  const summary = line("summary", `${method} ${url} `, "mono");
  summary.append(line("b", status ? `${status} ${statusText}` : "no answer", good ? "good" : "bad"));
  const details = document.createElement("details");
  details.open = true;
  details.append(
    summary,
    ...(header ? [line("p", header, "mono")] : []),
    ...(body ? [line("p", "Sent", "part"), line("pre", body, "json")] : []),
    ...(answer ? [line("p", "Answer", "part"), line("pre", answer, "json")] : []),
  );
  const item = document.createElement("li");
  item.append(details);
  element("log").querySelector("details")?.removeAttribute("open");
  element("log").prepend(item);
  element("log-empty").hidden = true;
}

// ---- What went wrong, in a sentence
const WHAT_NOW = {
  token_expired: "Refresh gets a new one.",
  token_revoked: "Sign in again.",
  token_reused: "Sign in again.",
  password_changed: "Sign in again.",
};

function explain({ status, data }) {
  if (!status) return "The server did not answer. Is it running?";
  if (data?.errors) return Object.entries(data.errors).map(([name, errors]) => `${name}: ${errors.join(" ")}`).join(" ");
  if (data?.detail) return [data.detail, WHAT_NOW[data.code]].filter(Boolean).join(" ");
  return `The server answered ${status}.`;
}

// ---- The calls
const calls = {
  async whoami() {
    const result = await api.call("GET", urls.whoami, { token: store.load().access });
    if (result.status !== 200) return say(explain(result), "error");
    say(`You are ${result.data.user.username}. The token said so; no database was asked.`, "success");
  },
  async me() {
    const result = await api.call("GET", urls.me, { token: store.load().access });
    if (result.status !== 200) return say(explain(result), "error");
    say(`You are ${result.data.user.username}. The token said who, and the user's row was read: one query.`, "success");
  },
  async orders() {
    const result = await api.call("GET", `${urls.orders}/orders/`, { token: store.load().access });
    if (!result.status) {
      const how = urls.ordersCommand ? ` This starts it: ${urls.ordersCommand}` : "";
      return say(`The orders service does not answer at ${urls.orders}.${how}`, "error");
    }
    if (result.status !== 200) return say(explain(result), "error");
    say("Another program, without a database, knew you by the same token: it has only the public key.", "success");
  },
  async refresh() {
    const result = await api.refresh(urls.refresh);
    if (result.status !== 200) return say(explain(result), "error");
    say("A new pair. The refresh token you had is used up.", "success");
  },
  async signout() {
    const access = store.load().access;
    const result = await api.signOut(urls.logout);
    const left = secondsLeft(access);
    const copy = left > 0 ? ` A copy of the access token would still work for ${clock(left)}: nothing can end it sooner.` : "";
    if (result.status === 200) say(`Signed out: no refresh token of this sign-in works any more.${copy}`, "success");
    else say(`This tab has forgotten its tokens, but the server did not end the sign-in. ${explain(result)}${copy}`, "error");
    element("username").focus();
  },
};

client.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-call]");
  if (!button || !store.load()) return;
  button.setAttribute("aria-busy", "true");
  try {
    await calls[button.dataset.call]();
  } finally {
    button.removeAttribute("aria-busy");
  }
});

for (const kind of ["access", "refresh"]) {
  element(`${kind}-reveal`).addEventListener("click", () => {
    revealed[kind] = !revealed[kind];
    showTokens();
  });
}

document.querySelector("#sign-in form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  const result = await api.signIn(urls.login, form.username.value, form.password.value);
  button.disabled = false;
  form.password.value = "";
  if (result.status !== 200) {
    if (result.wait) sayWait(explain(result), result.wait);
    else say(explain(result), "error");
    form.password.focus();
    return;
  }
  say("Two tokens came back. This tab keeps them; the server keeps no record of the access token.", "success");
  client.querySelector("[data-call=whoami]").focus();
});

api.onExchange(showExchange);
store.onChange(showTokens);
setInterval(tick, 1000);
element("no-script").hidden = true;
client.hidden = false;
showTokens();
