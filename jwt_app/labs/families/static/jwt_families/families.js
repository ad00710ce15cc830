// The family of this tab's sign-in: drawn, refreshed, and ended by a copy.
import * as api from "../jwt_app/api.js";
import { refresh } from "../jwt_app/refresh.js";
import { speakIn } from "../jwt_app/say.js";
import { signInWith } from "../jwt_app/sign_in.js";
import * as store from "../jwt_app/store.js";
import { start } from "./race.js";
import { draw, stateOf } from "./tree.js";

const element = (id) => document.getElementById(id);
const urls = element("families").dataset;
let copy = null; // of the token that was used last: the thief's

const { say, sayWhy } = speakIn(element("status"));

function showWhatCanBeDone() {
  const held = store.load();
  const inCookie = store.place() === "cookie";
  element("in-cookie").hidden = !inCookie;
  element("sign-in").hidden = Boolean(held) || inCookie;
  element("acts").hidden = !held?.refresh && !copy;
  element("refresh").disabled = !held?.refresh;
  element("again").disabled = !copy;
}

// Whoever holds a token of a family may look at it, also when it is used or ended.
async function showFamily() {
  showWhatCanBeDone();
  const token = store.load()?.refresh ?? copy;
  if (!token) {
    element("tree").hidden = true;
    return;
  }
  const result = await api.call("POST", urls.family, { body: { refresh: token } });
  if (result.status !== 200) return sayWhy(result);
  element("tree-state").textContent = stateOf(result.data);
  element("members").replaceChildren(draw(result.data.members));
  element("tree").hidden = false;
}

async function busy(button, act) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  await act();
  button.ariaBusy = null;
}

async function exchange() {
  const before = store.load()?.refresh;
  const result = await refresh(urls);
  if (result.status === 200) {
    copy = before;
    say("A new pair. The token before it is used up, and this page has kept a copy of it.", "success");
  } else sayWhy(result);
  await showFamily();
}

async function sendAgain() {
  const result = await api.call("POST", urls.refresh, { body: { refresh: copy } });
  if (result.data?.code === "token_reused") {
    say("The used token came back: 401 token_reused. The whole family has ended, with the token in this tab, which nobody had used. Press Refresh, and you see that you are out, too.", "error");
  } else sayWhy(result);
  await showFamily();
}

element("refresh").addEventListener("click", ({ target }) => busy(target, exchange));
element("again").addEventListener("click", ({ target }) => busy(target, sendAgain));
signInWith(document.querySelector("#sign-in form"), urls, {
  refused: sayWhy,
  async done() {
    copy = null;
    say("A sign-in is a new family, with one refresh token in it.", "success");
    await showFamily();
    element("refresh").focus();
  },
});

store.onChange(showWhatCanBeDone);
start(urls.race);
element("no-script").hidden = true;
element("families").hidden = false;
showFamily();
