// The wire panel: opens in place, asks for new cards every two seconds, reveals tokens that this tab holds.
import * as tokens from "../jwt_app/store.js";

const EVERY = 2000; // milliseconds
const MOST = 60; // cards; the server keeps no more, either
const cards = () => document.getElementById("wire-cards");

// ---- htmx, loaded when it is needed and only once. Some pages have it already.
let loading = null;
function htmxReady() {
  if (window.htmx) return Promise.resolve(window.htmx);
  loading ??= new Promise((resolve, reject) => {
    const config = document.createElement("meta");
    config.name = "htmx-config";
    // Both would need what our Content-Security-Policy forbids.
    config.content = JSON.stringify({ includeIndicatorStyles: false, allowEval: false });
    const script = document.createElement("script");
    script.src = new URL("../vendor/htmx/htmx.min.js", import.meta.url);
    script.addEventListener("load", () => resolve(window.htmx));
    script.addEventListener("error", reject);
    document.head.append(config, script);
  });
  return loading;
}

// ---- Calls without cookies
// The JWT client sends no cookie, so the server cannot see by it whose call this is. While the panel is open, a header
// says so. It opens nothing: it only lets the exchange be kept for this browser.
const send = window.fetch.bind(window);
window.fetch = async (resource, options) => {
  const request = new Request(resource, options);
  const list = cards();
  if (!list?.dataset.header || new URL(request.url).origin !== location.origin) return send(request);
  request.headers.set(list.dataset.headerName, list.dataset.header);
  try {
    return await send(request);
  } finally {
    setTimeout(poll, 150); // it is kept after its answer was sent
  }
};

// ---- Cards
function poll() {
  if (cards()?.dataset.header && document.visibilityState === "visible") window.htmx?.trigger(cards(), "wire:poll");
}

// The panel comes without cards, so that a page costs what it costs. Until the server was asked, nobody knows of any.
let known = false;
function count() {
  const list = cards();
  if (!list) return;
  while (list.children.length > MOST) list.lastElementChild.remove();
  const number = list.children.length;
  const empty = document.getElementById("wire-empty");
  if (number > 0 || known) empty.hidden = number > 0;
  const text = number ? `${number} exchange${number === 1 ? "" : "s"}` : "";
  const status = document.getElementById("wire-count");
  if (status.textContent !== text) status.textContent = text;
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const list = cards();
  if (detail.elt !== list) return;
  detail.parameters.after = list.firstElementChild?.dataset.exchange ?? "";
  detail.parameters.oldest = list.lastElementChild?.dataset.exchange ?? "";
  detail.parameters.held = list.children.length;
});

// A card that comes late belongs in between, so the whole list comes again. Nothing on a card ever changes: those that
// were here before are put back as they were, with their fold-outs open and the focus where it was.
let before = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const list = cards();
  if (detail.target !== list) return;
  const found = [...list.children].map((card) => [card.dataset.exchange, card]);
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  before = { found: new Map(found), focused, scrolled: list.parentElement.scrollTop };
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === cards() && before) putBack(before);
  before = null;
  if (detail.target === cards()) known = true;
  count();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt !== cards() || !detail.successful) return;
  known = true; // 204: the list lacks none
  count();
});

function putBack({ found, focused, scrolled }) {
  for (const card of [...cards().children]) {
    const old = found.get(card.dataset.exchange);
    if (!old || old === card) continue;
    card.replaceWith(old);
    window.htmx.process(old);
  }
  if (!focused || focused === document.activeElement || !focused.isConnected) return;
  focused.focus({ preventScroll: true });
  cards().parentElement.scrollTop = scrolled;
}

document.addEventListener("visibilitychange", poll);
setInterval(poll, EVERY);

// ---- Open and close in place
async function open(form) {
  const htmx = await htmxReady();
  await htmx.ajax("POST", form.action, { source: form, target: "#wire", swap: "outerHTML" });
  document.getElementById("wire-title").focus();
  poll();
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.pathInfo.requestPath.endsWith("/close/")) document.getElementById("wire-show")?.focus();
});

// ---- Reveal a token: it was never stored, but this tab may still hold it.
function reveal(form) {
  const output = form.querySelector("output");
  const length = Number(form.dataset.length);
  const end = form.dataset.mask.replace("…", "");
  const found = Object.values(tokens.load() ?? {}).find((token) => token.length === length && token.endsWith(end));
  output.replaceChildren();
  if (!found) {
    output.textContent = "Nobody can show this one any more: this tab does not hold it now, and it was never stored.";
    return;
  }
  const value = document.createElement("code");
  value.className = "value";
  value.textContent = found;
  const hide = document.createElement("button");
  hide.type = "button";
  hide.className = "outline";
  hide.dataset.hide = "";
  hide.textContent = "Hide";
  output.append(value, " ", hide);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".wire-closed")) {
    event.preventDefault();
    open(form).catch(() => form.submit());
  } else if (form.matches(".credential form:not([hx-post])")) {
    event.preventDefault();
    reveal(form);
  }
});

document.addEventListener("click", ({ target }) => {
  if (!target.matches("[data-hide]")) return;
  const form = target.closest("form");
  target.closest("output").replaceChildren();
  form.querySelector("button[type=submit]").focus();
});

if (cards()) {
  count();
  const start = () => htmxReady().then(poll);
  // htmx looks for its attributes when the page is complete, or not at all.
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
}
