// Calls to the API. Each is reported to whoever listens, with its tokens masked.
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

// Return {status, data, wait}; status 0 when no answer came, `wait` the seconds of `Retry-After`, if any.
export async function call(method, url, { token, body } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const exchange = { method, url, status: 0, statusText: "", answer: "" };
  exchange.header = token ? `Authorization: Bearer ${mask(token)}` : "";
  exchange.body = body ? masked(body) : "";
  let data = null;
  let wait = 0;
  try {
    // No cookie goes along: who calls is said by the token alone.
    const options = { method, headers, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) };
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

export async function signIn(url, username, password) {
  const result = await call("POST", url, { body: { username, password } });
  if (result.status === 200) store.save(result.data);
  return result;
}

// A refresh token is good for one exchange: a second one with the same token would end the sign-in. So whoever asks
// while an exchange is under way waits for that one.
let refreshing = null;
export function refresh(url) {
  refreshing ??= exchangeRefreshToken(url).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function exchangeRefreshToken(url) {
  const before = store.load();
  const result = await call("POST", url, { body: { refresh: before?.refresh } });
  // Somebody may have signed out meanwhile; then these tokens are of no use any more.
  if (result.status === 200 && store.load()?.refresh === before.refresh) store.save(result.data);
  return result;
}

// Sign out: the server ends the family, this tab forgets its tokens. It forgets them in any case.
export async function signOut(url) {
  await refreshing; // the token that comes out of it is the one to hand in
  const tokens = store.load();
  store.clear();
  return call("POST", url, { body: { refresh: tokens?.refresh } });
}
