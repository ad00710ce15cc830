// What a page of forms cannot do by itself: count down, keep folds open, and keep the link up to date.
const live = (selector) => document.querySelectorAll(`#compare-run ${selector}`);
let timer = null;

// ---- Counting down. The server says how many seconds are left, so the clock of this machine may be wrong.
function tick(began) {
  const passed = (performance.now() - began) / 1000;
  for (const one of live("[data-left]")) one.textContent = words(Math.max(0, Math.ceil(one.dataset.left - passed)));
  for (const bars of live("[data-length]")) grow(bars, Number(bars.dataset.passed) + passed);
  const form = document.querySelector("#compare-run [data-waits]");
  if (form) waits(form, passed);
}

function words(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

// Who is still in stays in until somebody tries: the hatched part grows.
function grow(bars, passed) {
  for (const one of bars.querySelectorAll("[data-grows]")) {
    const part = Math.min(1, passed / Number(bars.dataset.length)) * 100 - parseFloat(one.getAttribute("x"));
    one.setAttribute("width", `${Math.max(0, part)}%`);
  }
}

// The last step of a run that asks first: it goes on by itself for who has ticked something.
function waits(form, passed) {
  const over = passed > Number(form.querySelector("[data-left]").dataset.left);
  form.querySelector("button").disabled = !over;
  if (over && form.querySelector("input[type=checkbox]:checked")) {
    delete form.dataset.waits;
    form.requestSubmit(form.querySelector("button"));
  }
}

function count() {
  clearInterval(timer);
  const began = performance.now();
  if (live("[data-left]").length) timer = setInterval(tick, 250, began);
  tick(began);
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
