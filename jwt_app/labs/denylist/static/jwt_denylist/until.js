// The seconds until the copies expire, beside the time that stands there without JavaScript, too.
const time = document.querySelector("[data-until]");
if (time) {
  const end = Number(time.dataset.until) * 1000;
  const left = document.createElement("span");
  left.ariaHidden = "true";
  time.after(left);
  const count = () => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    left.textContent = seconds > 0 ? ` (${seconds} s left)` : " (now: send them once more)";
    if (seconds <= 0) {
      clearInterval(timer);
    }
  };
  const timer = setInterval(count, 1000);
  count();
}
