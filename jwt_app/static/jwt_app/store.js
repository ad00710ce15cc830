// Where the tokens are kept: in sessionStorage, so in this tab only and until it is closed.
// (A duplicated tab starts with a copy: two holders of one refresh token, and the second exchange ends the sign-in.)
// Every script of this site can read them here. There is no place in a page where it could not.
const KEY = "authdemo.tokens";

export function load() {
  try {
    const tokens = JSON.parse(sessionStorage.getItem(KEY));
    return typeof tokens?.access === "string" ? tokens : null;
  } catch {
    return null;
  }
}

export function save(tokens) {
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
  announce();
}

export function clear() {
  sessionStorage.removeItem(KEY);
  announce();
}

export function onChange(listener) {
  addEventListener("authdemo:tokens", listener);
}

function announce() {
  dispatchEvent(new Event("authdemo:tokens"));
}
