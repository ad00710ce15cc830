// How long the lock still lasts, second by second. Without this script the page says how long it was when it came.
const wait = document.getElementById("wait");
const number = wait.querySelector("b");
const end = Date.now() + Number(wait.dataset.seconds) * 1000;

function words(seconds) {
  const [count, unit] = seconds <= 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function tick() {
  const left = Math.ceil((end - Date.now()) / 1000);
  if (left > 0) {
    number.textContent = words(left);
    return;
  }
  clearInterval(timer);
  wait.hidden = true;
  for (const text of document.querySelectorAll(".meanwhile")) text.hidden = true; // true while it lasted
  document.getElementById("waited").textContent = "The wait is over. You can try again."; // read out, too
}

const timer = setInterval(tick, 250);
tick();
