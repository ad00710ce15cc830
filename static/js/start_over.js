// The refresh token lies in this tab, so only a script can hand it in to be ended. It is never written into the page.
import * as tokens from "../jwt_app/store.js";
import { decode } from "../jwt_app/token.js";

const form = document.getElementById("start-over");

function show() {
  const held = tokens.load();
  document.getElementById("start-over-token").textContent = held
    ? `those of ${decode(held.access)?.payload.username ?? "somebody"} in this tab, and the sign-in that they came from`
    : "none in this tab";
}

// The refresh token in a cookie is sent to its own paths only, so it is ended there. Without one, nothing happens.
async function endCookie(token) {
  const headers = { "X-CSRFToken": token };
  try {
    await fetch(form.dataset.cookieLogout, { method: "POST", headers, signal: AbortSignal.timeout(5000) });
  } catch {
    // No answer: the start over below makes the browser forget the cookie in any case.
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  const refresh = tokens.load()?.refresh;
  if (typeof refresh === "string") body.set("refresh", refresh);
  await endCookie(body.get("csrfmiddlewaretoken"));
  let done = false;
  try {
    // A redirect is the answer to "done". It is followed below, by the page: the message there is shown only once.
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    done = answer.type === "opaqueredirect";
  } catch {
    // No answer: the form is sent in the ordinary way, and the browser says what is wrong.
  }
  if (!done) {
    form.submit();
    return;
  }
  tokens.clear();
  tokens.choose("tab");
  location.assign(form.dataset.after);
});

tokens.onChange(show);
show();
