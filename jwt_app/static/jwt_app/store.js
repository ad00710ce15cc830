// Where the tokens are kept. A person chooses; the choice is remembered for this browser and is no secret.
//
// memory  a variable of this module: gone with the page
// tab     sessionStorage: this tab, until it is closed. (A duplicated tab starts with a copy: two holders of one
//         refresh token, and the second exchange ends the sign-in.)
// local   localStorage: all tabs of this browser, until somebody signs out
// cookie  the refresh token in a cookie that no script can read, the access token in memory
//
// Every script of this site can read what lies in the first three, and the access token of the fourth.
const KEY = "authdemo.tokens";
const CHOICE = "authdemo.keep";
const HINT = "authdemo.cookie"; // there may be a cookie: nobody can look, so a sign-in notes it
export const PLACES = ["memory", "tab", "local", "cookie"];

let held = null; // what is in memory
const memory = {
  load: () => held,
  save: (tokens) => { held = tokens; },
  clear: () => { held = null; },
};
const lyingIn = (area) => ({
  load: () => JSON.parse(area.getItem(KEY)),
  save: (tokens) => area.setItem(KEY, JSON.stringify(tokens)),
  clear: () => area.removeItem(KEY),
});
// The cookie is all tabs' own, so the others are told of each new access token: else each would exchange by itself.
const tabs = new BroadcastChannel(KEY);
const besideCookie = {
  load: memory.load,
  save(tokens) {
    memory.save(tokens);
    localStorage.setItem(HINT, "yes");
    tabs.postMessage(tokens);
  },
  clear() {
    memory.clear();
    localStorage.removeItem(HINT);
    tabs.postMessage(null);
  },
};
const places = { memory, tab: lyingIn(sessionStorage), local: lyingIn(localStorage), cookie: besideCookie };

function chosen() {
  if (sessionStorage.getItem(KEY)) return "tab"; // what a tab already holds stays there, whatever another tab chose
  const choice = localStorage.getItem(CHOICE);
  return PLACES.includes(choice) ? choice : "tab";
}
let current = chosen();

export const place = () => current;
// Other tabs have the same tokens.
export const isShared = () => current === "local" || current === "cookie";
export const survivesReload = () => current === "tab" || current === "local";
// There is no access token, but perhaps a cookie that gets one.
export const mayHaveCookie = () => current === "cookie" && localStorage.getItem(HINT) !== null;
export const expectCookie = () => localStorage.setItem(HINT, "yes");

// Return {access, refresh, received}, without `refresh` where a cookie has it; null where there are none.
export function load() {
  try {
    const tokens = places[current].load();
    return typeof tokens?.access === "string" ? tokens : null;
  } catch {
    return null;
  }
}

// `received` is by this machine's clock, which need not be the server's.
export function save({ access, refresh }) {
  places[current].save({ access, refresh, received: Date.now() });
  announce();
}

export function clear() {
  places[current].clear();
  announce();
}

// Keep them somewhere else from now on; what is held moves along. To and from a cookie nothing can move: no script
// puts a refresh token into one, and none gets it out. So who wants that signs out first.
export function choose(next) {
  const tokens = load();
  places[current].clear();
  current = next;
  localStorage.setItem(CHOICE, next);
  if (tokens) places[current].save(tokens);
  announce();
}

export function onChange(listener) {
  addEventListener("authdemo:tokens", listener);
}

function announce() {
  dispatchEvent(new Event("authdemo:tokens"));
}

// ---- What happens in other tabs
addEventListener("storage", ({ key }) => {
  if (key === CHOICE && !load()) current = chosen();
  if (key === CHOICE || (key === KEY && current === "local")) announce();
});
tabs.addEventListener("message", ({ data }) => {
  if (current !== "cookie") return;
  held = data;
  announce();
});
