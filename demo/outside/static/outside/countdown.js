// How long the lock still lasts, second by second. Without this script the page says how long it was when it came.
const wait = document.getElementById("wait");
const end = Date.now() + Number(wait.dataset.seconds) * 1000;

function tick() {
  const left = Math.ceil((end - Date.now()) / 1000);
  if (left > 0) {
    wait.querySelector("b").textContent = left;
    return;
  }
  clearInterval(timer);
  wait.hidden = true;
  document.getElementById("waited").textContent = "The wait is over. You can try again."; // read out, too
}

const timer = setInterval(tick, 250);
tick();
