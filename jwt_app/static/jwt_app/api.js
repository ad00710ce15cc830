// Calls to the API. Each is reported to whoever listens, with its tokens masked.
import { alone } from "./lock.js";
import * as store from "./store.js";
import { mask } from "./token.js";

const TIMEOUT = 10_000; // milliseconds

let report = () => {};
export function onExchange(listener) {
  report = listener;
}

// Tokens inside an answer or a body are shown masked, a password not at all.
function masked(data) {
  const hide = (name, value) => {
    if (name === "password") return "••••••";
    return ["access", "refresh", "token"].includes(name) && typeof value === "string" ? mask(value) : value;
  };
  return JSON.stringify(data, hide, 2);
}

// What an endpoint of the cookie needs: a token that a page of this site has, and a page of another site has not.
const csrfToken = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

function headersFor(token, body, cookie) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (cookie) headers["X-CSRFToken"] = csrfToken();
  return headers;
}

function shownHeaders(token, cookie) {
  if (token) return `Authorization: Bearer ${mask(token)}`;
  return cookie ? "X-CSRFToken: ••••••, and the cookie, which the browser adds and no script sees" : "";
}

// Return {status, data, wait}; status 0 when no answer came, `wait` the seconds of `Retry-After`, if any.
export async function call(method, url, { token, body, cookie = false } = {}) {
  const exchange = { method, url, status: 0, statusText: "", answer: "" };
  exchange.header = shownHeaders(token, cookie);
  exchange.body = body ? masked(body) : "";
  let data = null;
  let wait = 0;
  try {
    const options = { method, headers: headersFor(token, body, cookie), cache: "no-store" };
    // No cookie goes along, but for three endpoints: who calls is said by the token alone.
    options.credentials = cookie ? "same-origin" : "omit";
    options.signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(url, { ...options, body: body && JSON.stringify(body) });
    exchange.status = response.status;
    exchange.statusText = response.statusText;
    wait = Number(response.headers.get("Retry-After")) || 0;
    const text = await response.text();
    try {
      data = JSON.parse(text);
      exchange.answer = masked(data);
    } catch {
      exchange.answer = "(no JSON)";
    }
  } catch (error) {
    exchange.answer = error.name === "TimeoutError" ? "(no answer within ten seconds)" : "(no answer)";
  }
  report(exchange);
  return { status: exchange.status, data, wait };
}

// All tabs have one jar, and a refused exchange or a sign-out empties it. So where a cookie has the refresh token, a
// sign-in and a sign-out wait for what another tab has under way: its answer must not take away what came after.
const inTurn = (act) => (byCookie() ? alone(act) : act());

// ---- The three acts. `urls` has login, refresh and logout, and the same with a cookie: cookieLogin …
const byCookie = () => store.place() === "cookie";

export async function signIn(urls, username, password) {
  const cookie = byCookie();
  return inTurn(async () => {
    const result = await call("POST", cookie ? urls.cookieLogin : urls.login, { body: { username, password }, cookie });
    if (result.status === 200) store.save(result.data);
    return result;
  });
}

// One exchange of the refresh token. Nobody but refresh.js calls it: a second one with the same token ends the sign-in.
export function exchange(urls) {
  if (byCookie()) return call("POST", urls.cookieRefresh, { cookie: true });
  return call("POST", urls.refresh, { body: { refresh: store.load()?.refresh } });
}

// The server ends the family, and this browser forgets its tokens: those in any case.
export async function signOut(urls) {
  const refresh = store.load()?.refresh;
  const cookie = byCookie();
  store.clear();
  const result = cookie
    ? await inTurn(() => call("POST", urls.cookieLogout, { cookie }))
    : await call("POST", urls.logout, { body: { refresh } });
  // No script can throw that cookie away: it is still there, and good.
  if (cookie && result.status !== 200) store.expectCookie();
  return result;
}
