// What a page of forms cannot do by itself: count down, keep folds open, and keep the link up to date.
const live = (selector) => document.querySelectorAll(`#compare-run ${selector}`);

// ---- Counting down. The server says how many seconds are left, so the clock of this machine may be wrong.
const seen = new WeakMap(); // since when a part of the page is there: parts come at different times
let timer = null;

function secondsOf(part) {
  if (!seen.has(part)) seen.set(part, performance.now());
  return (performance.now() - seen.get(part)) / 1000;
}

function tick() {
  for (const one of live("[data-left]")) one.textContent = words(leftOf(one));
  for (const bars of live("[data-length]")) grow(bars);
  const form = document.querySelector("#compare-run [data-waits]");
  if (form) waits(form);
}

function leftOf(one) {
  return Math.max(0, Math.ceil(Number(one.dataset.left) - secondsOf(one)));
}

function words(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

// Who is still in stays in until somebody tries: the pale part grows.
function grow(bars) {
  const passed = Math.min(1, (Number(bars.dataset.passed) + secondsOf(bars)) / Number(bars.dataset.length));
  for (const one of bars.querySelectorAll("[data-grows]")) {
    one.setAttribute("width", `${Math.max(0, passed * 100 - parseFloat(one.getAttribute("x")))}%`);
  }
}

// The last step of a run that asks first: it goes on by itself for who has ticked something.
function waits(form) {
  const over = leftOf(form.querySelector("[data-left]")) === 0;
  const button = form.querySelector("button");
  button.disabled = !over;
  if (over && form.querySelector("input[type=checkbox]:checked")) {
    form.removeAttribute("data-waits");
    form.requestSubmit(button);
  }
}

function count() {
  clearInterval(timer);
  if (live("[data-left]").length) timer = setInterval(tick, 250);
  tick();
}

// ---- Folds stay as they are while the part that holds them is replaced; so does the place of the keyboard.
let open = [];
let inside = false;
document.addEventListener("htmx:beforeSwap", () => {
  const run = document.getElementById("compare-run");
  open = [...live("details[open][id]")].map((one) => one.id);
  inside = run.contains(document.activeElement);
});
document.addEventListener("htmx:afterSettle", () => {
  document.getElementById("compare-silent")?.remove();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (inside && document.activeElement === document.body) {
    (document.getElementById("compare-now") ?? document.getElementById("compare-all")).focus({ preventScroll: true });
  }
  ready();
});

function ready() {
  const unfold = document.getElementById("compare-unfold");
  if (unfold) unfold.hidden = false;
  count();
}

document.addEventListener("click", ({ target }) => {
  if (target.id !== "compare-unfold") return;
  const folds = [...live(".scenario details")];
  const all = folds.every((one) => one.open);
  for (const one of folds) one.open = !all;
  target.textContent = all ? "Unfold all" : "Fold all";
});

// ---- The site is gone, in the middle of a step perhaps. What is kept comes with the page, and the next answer.
document.addEventListener("htmx:sendError", () => {
  if (document.getElementById("compare-silent")) return;
  const again = Object.assign(document.createElement("a"), { href: location.href, textContent: "load this page again" });
  const said = Object.assign(document.createElement("p"), { id: "compare-silent", className: "note error", role: "alert" });
  said.append("The site does not answer. When it does, ", again, ": it says how far this is.");
  document.getElementById("compare-run").prepend(said);
});

// ---- "None of them" and a column cannot both be meant.
document.addEventListener("change", ({ target }) => {
  if (target.name !== "prediction" || !target.checked) return;
  const none = target.value === "none";
  for (const one of live("input[name=prediction]")) if ((one.value === "none") !== none) one.checked = false;
});

// ---- The link says what is chosen now.
const choices = document.getElementById("compare-choices");
const link = document.getElementById("compare-link");
choices?.addEventListener("change", () => {
  const asked = new URLSearchParams(new FormData(choices));
  asked.delete("csrfmiddlewaretoken");
  link.href = `?${asked}`;
});

ready();
