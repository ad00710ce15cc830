// Sign in with the tokens in each of the four places, let the bad script in, and say what it got.
import * as api from "../jwt_app/api.js";
import { explain } from "../jwt_app/explain.js";
import { line } from "../jwt_app/log.js";
import { callWithToken, refresh, signOut } from "../jwt_app/refresh.js";
import { speakIn } from "../jwt_app/say.js";
import * as store from "../jwt_app/store.js";

const element = (id) => document.getElementById(id);
const lab = element("storage");
const urls = lab.dataset;
const PATIENCE = 20_000; // milliseconds

const { say, sayWhy } = speakIn(element("status"));

class Refused extends Error {
  constructor(result) {
    super(explain(result));
    this.result = result;
  }
}

function expectOK(result) {
  if (result.status !== 200) throw new Refused(result);
}

const heard = (name) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("The bad script did not come to its end. Try again.")), PATIENCE);
    addEventListener(name, ({ detail }) => {
      clearTimeout(late);
      resolve(detail);
    }, { once: true });
  });

// Load the script as an ordinary element, as a page does that was made to; call twice while it listens.
async function letIn() {
  const script = document.createElement("script");
  script.src = urls.injected;
  script.dataset.cookieRefresh = urls.cookieRefresh;
  script.dataset.whoami = urls.whoami;
  const listening = heard("injected:listening");
  const done = heard("injected:done");
  done.catch(() => {}); // where the first is late, nobody waits for the second
  document.head.append(script);
  await listening;
  expectOK(await callWithToken(urls, "GET", urls.whoami));
  expectOK(await refresh(urls));
  dispatchEvent(new Event("injected:called"));
  const got = await done;
  script.remove();
  return got;
}

// What a form can send that somebody else wrote: the browser's cookies, no header of ours, no CSRF token.
async function forged(place) {
  const [url, method] = place === "cookie" ? [urls.cookieRefresh, "POST"] : [urls.whoami, "GET"];
  const response = await fetch(url, { method, credentials: "same-origin", cache: "no-store" });
  return { status: response.status, code: (await response.json()).code };
}

async function tryPlace(place, username, password) {
  store.choose(place);
  expectOK(await api.signIn(urls, username, password));
  const got = await letIn();
  const form = await forged(place);
  expectOK(await signOut(urls));
  return { ...got, form };
}

// ---- The table
const taken = (words) => line("span", words, "taken");
const safe = (words) => line("span", words, "safe");
const tokens = (kinds) => {
  const found = [...kinds].sort();
  return found.length ? taken(`✗ ${found.join(" and ")} token`) : safe("✓ Nothing");
};

function show(place, { lying, asked, caught, used, form, home, opens }) {
  const cells = {
    "Lying about": tokens(lying),
    "The page was asked": tokens(asked),
    "Caught on its way": tokens(caught),
    "Used, not read": used.token ? taken(`✗ ${used.status}: a new access token`) : safe(`✓ ${used.status}: there is no cookie`),
    "A forged form": form.status === 200 ? taken("✗ 200") : safe(`✓ ${form.status} ${form.code}`),
    "The thief goes home with": home.includes("refresh")
      ? taken(`✗ access token (whoami: ${opens}), and the refresh token: it gets the next ones at home`)
      : taken(`✗ access token (whoami: ${opens}); no refresh token, so it ends with that`),
  };
  const row = lab.querySelector(`[data-row=${place}]`);
  row.querySelectorAll("td").forEach((cell) => cell.remove());
  for (const [name, content] of Object.entries(cells)) {
    const cell = document.createElement("td");
    cell.dataset.mechanism = name;
    cell.append(content);
    row.append(cell);
  }
}

async function tryAll(username, password) {
  const before = store.place();
  if (store.load() || store.mayHaveCookie()) expectOK(await signOut(urls));
  try {
    for (const [number, place] of store.PLACES.entries()) {
      say(`Trying ${number + 1} of ${store.PLACES.length} …`);
      show(place, await tryPlace(place, username, password));
      element("bar").value = number + 1;
    }
  } finally {
    if (store.load()) await signOut(urls); // it broke off in the middle
    store.choose(before);
  }
}

lab.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  const { username, password } = Object.fromEntries(new FormData(form));
  form.password.value = "";
  button.disabled = true;
  element("bar").hidden = false;
  element("bar").value = 0;
  try {
    await tryAll(username, password);
    element("lesson").hidden = false;
    say("All four were tried. The bad script got an access token each time, and a refresh token from each place but the cookie.", "success");
    element("status").scrollIntoView({ block: "start" });
  } catch (error) {
    if (error.result) sayWhy(error.result);
    else say(error.message, "error");
    form.password.focus();
  }
  element("bar").hidden = true;
  button.disabled = false;
});

element("no-script").hidden = true;
lab.hidden = false;
