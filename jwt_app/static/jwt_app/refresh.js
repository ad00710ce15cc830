// When the refresh token is exchanged, and that it is done once: however many calls and tabs want it.
import * as api from "./api.js";
import { alone } from "./lock.js";
import * as store from "./store.js";
import { decode } from "./token.js";

const MARGIN = 30; // seconds before the access token expires; of a short life a fifth
const LONGEST = 60; // seconds between two tries while the server does not answer

// ---- Once
let underWay = null;
export function refresh(urls) {
  underWay ??= exchange(urls).finally(() => {
    underWay = null;
  });
  return underWay;
}

function exchange(urls) {
  const before = store.load();
  const act = () => exchangeUnlessDone(urls, before);
  return store.isShared() ? alone(act) : act();
}

const same = (one, other) => one?.access === other?.access;

async function exchangeUnlessDone(urls, before) {
  const now = store.load();
  if (now && !same(now, before)) return { status: 200, data: now, wait: 0 }; // another tab was first
  if (before && !now) return { status: 401, data: { detail: "You signed out meanwhile." }, wait: 0 };
  let result = await api.exchange(urls);
  if (result.data?.code === "token_used") result = await afterAnother(urls, before, result);
  const held = store.load();
  if (!same(held, before)) return held ? { status: 200, data: held, wait: 0 } : result;
  if (result.status === 200) store.save(result.data);
  if (result.status === 401) store.clear();
  return result;
}

// Two exchanges at once in spite of all, and a server with a time of grace: the other one's tokens will be here soon.
async function afterAnother(urls, before, result) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return store.place() === "cookie" && same(store.load(), before) ? api.exchange(urls) : result;
}

// Sign out. An exchange that is under way comes first: the token that comes out of it is the one to hand in.
export async function signOut(urls) {
  await underWay;
  return api.signOut(urls);
}

// ---- When
// Seconds until the next exchange, by this machine's clock alone: it may be wrong, but it runs.
export function dueIn({ access, received }) {
  const { iat, exp } = decode(access)?.payload ?? {};
  const life = exp - iat;
  if (!(life > 0)) return Infinity; // not a token: nobody would exchange it
  const since = Date.now() / 1000 - (received ? received / 1000 : iat);
  return life - Math.min(MARGIN, life / 5) - since;
}

// Call with the access token. One that is about to expire is exchanged before, one that has expired all the same
// (the clock was set back, say) after: and the call is made once more.
export async function callWithToken(urls, method, url) {
  const due = dueIn(store.load()) <= 0;
  if (due) {
    const renewed = await refresh(urls);
    if (!store.load()) return renewed;
  }
  const result = await api.call(method, url, { token: store.load().access });
  if (due || result.status !== 401 || result.data?.code !== "token_expired") return result;
  const renewed = await refresh(urls);
  return renewed.status === 200 ? api.call(method, url, { token: store.load().access }) : renewed;
}

// Exchange by itself, each time before the access token expires; `done` hears of each result. It looks at the clock
// every second, and when the page is seen again: a laptop that slept, or a hidden tab, has missed any timer.
export function keepFresh(urls, done) {
  let failures = 0;
  let notBefore = 0; // milliseconds
  let looking = false;
  async function look() {
    const tokens = store.load();
    if (looking || !tokens || dueIn(tokens) > 0 || Date.now() < notBefore) return;
    looking = true;
    const result = await refresh(urls);
    looking = false;
    failures = result.status === 200 ? 0 : failures + 1;
    notBefore = failures ? Date.now() + Math.max(result.wait, Math.min(2 ** failures, LONGEST)) * 1000 : 0;
    done(result);
  }
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  addEventListener("online", () => {
    notBefore = 0;
    look();
  });
}
