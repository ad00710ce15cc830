// The page: a form, a choice of where the tokens are kept, five calls and a log.
import * as api from "./api.js";
import { explain } from "./explain.js";
import { showHeld, tick } from "./held.js";
import { logInto } from "./log.js";
import { callWithToken, keepFresh, refresh, signOut } from "./refresh.js";
import { speakIn } from "./say.js";
import { signInWith } from "./sign_in.js";
import * as store from "./store.js";
import { clock, decode, secondsLeft } from "./token.js";

const element = (id) => document.getElementById(id);
const client = element("client");
const urls = client.dataset;

// ---- What is shown
const { say, sayWhy } = speakIn(element("status"));

let signedIn = false;
let wanted = null; // a place that is chosen, while the sign-in at the old one ends
function show() {
  const tokens = store.load();
  element("sign-in").hidden = Boolean(tokens);
  element("tokens").hidden = element("calls").hidden = !tokens;
  element("keep").querySelector(`[value=${wanted ?? store.place()}]`).checked = true;
  showHeld();
  // Another tab may have done it, or the button in the header. Whoever did it here says more in a moment.
  if (signedIn && !tokens) say("No tokens here any more.");
  signedIn = Boolean(tokens);
}

// ---- The calls
// A claim is as old as the token: the row may say something else by now.
function sayRole(row) {
  const { role } = decode(store.load().access)?.payload ?? {};
  if (!role || !row || role === row) return "";
  return ` Your row says “${row}” now, and this token still says “${role}”: whoever does not ask the database believes it for ${clock(secondsLeft(store.load().access))}.`;
}

const calls = {
  async whoami() {
    const result = await callWithToken(urls, "GET", urls.whoami);
    if (result.status !== 200) return sayWhy(result);
    const { role } = decode(store.load()?.access ?? "")?.payload ?? {};
    say(`You are ${result.data.user.username}. The token said so; no database was asked.${role ? ` Its role is “${role}”.` : ""}`, "success");
  },
  async me() {
    const result = await callWithToken(urls, "GET", urls.me);
    if (result.status !== 200) return sayWhy(result);
    const { username, role } = result.data.user;
    say(`You are ${username}. The token said who, and the user's row was read: one query.${sayRole(role)}`, "success");
  },
  async orders() {
    const result = await callWithToken(urls, "GET", `${urls.orders}/orders/`);
    if (!result.status) {
      const how = urls.ordersCommand ? ` This starts it: ${urls.ordersCommand}` : "";
      return say(`The orders service does not answer at ${urls.orders}.${how}`, "error");
    }
    if (result.status !== 200) return sayWhy(result);
    say("Another program, without a database, knew you by the same token: it has only the public key.", "success");
  },
  async refresh() {
    const result = await refresh(urls);
    if (result.status !== 200) return sayWhy(result);
    say("A new pair. The refresh token you had is used up.", "success");
  },
  async signout() {
    const { access } = store.load();
    const result = await signOut(urls);
    const left = secondsLeft(access);
    const copy = left > 0 ? ` A copy of the access token still works for ${clock(left)}, unless the server keeps a deny-list.` : "";
    if (result.status === 200) say(`Signed out: no refresh token of this sign-in works any more.${copy}`, "success");
    else say(`${notEnded()} ${explain(result)}${copy}`, "error");
    element("username").focus();
  },
};

function notEnded() {
  if (store.place() !== "cookie") return "This tab has forgotten its tokens, but the server did not end the sign-in.";
  return "This page has forgotten its access token, but the sign-in goes on: no script can throw the cookie away. Load this page again when the server answers, and sign out.";
}

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

// ---- Where they are kept
const KEPT = {
  memory: "From now on in the memory of this page: gone when you reload it.",
  tab: "From now on in this tab, until it is closed.",
  local: "From now on in this browser: every tab of it has them.",
  cookie: "From now on the refresh token comes in a cookie that no script can read.",
};

element("keep").addEventListener("change", async ({ target }) => {
  const ends = store.load() && [store.place(), target.value].includes("cookie");
  wanted = target.value;
  const result = ends ? await signOut(urls) : null;
  wanted = null;
  store.choose(target.value);
  if (!ends) return say(KEPT[target.value]);
  const why = "No script can put a refresh token into that cookie or get it out, so this sign-in was ended.";
  if (result.status === 200) say(`${KEPT[target.value]} ${why} Sign in again.`);
  else say(`${KEPT[target.value]} The sign-in before it was not ended. ${explain(result)}`, "error");
});

// ---- Signing in
signInWith(document.querySelector("#sign-in form"), urls, {
  refused: sayWhy,
  done() {
    say(
      store.place() === "cookie"
        ? "One token came back, and a cookie with the other one. The server keeps no record of the access token."
        : "Two tokens came back. The server keeps no record of the access token.",
      "success",
    );
    client.querySelector("[data-call=whoami]").focus();
  },
});

// The page was loaded anew, and memory is empty. If there is a cookie, it gets an access token.
async function restore() {
  const result = await refresh(urls);
  if (result.status === 200) say("The cookie of your last sign-in got a new access token.", "success");
  else sayWhy(result);
}

api.onExchange(logInto(element("log"), element("log-empty")));
store.onChange(show);
setInterval(tick, 1000);
keepFresh(urls, (result) => {
  if (result.status === 200) say("The access token was about to expire, so this page got a new pair.", "success");
  else if (store.load()) say(`${explain(result)} The tokens are kept, and this page tries again by itself.`, "error");
  else sayWhy(result);
});
element("no-script").hidden = true;
client.hidden = false;
show();
if (store.mayHaveCookie() && !store.load()) restore();
