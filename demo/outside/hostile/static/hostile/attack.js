// Sends the form by itself, after a moment in which one can read what it does. It has no other power than the button.
const form = document.getElementById("attack");
const left = document.getElementById("left");
if (form) {
  let seconds = Number.parseInt(left.textContent, 10);
  const timer = setInterval(() => {
    seconds -= 1;
    left.textContent = seconds === 1 ? "1 second" : `${seconds} seconds`;
    if (seconds <= 0) {
      clearInterval(timer);
      form.submit();
    }
  }, 1000);
  form.addEventListener("submit", () => clearInterval(timer));
}
