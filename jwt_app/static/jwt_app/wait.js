// Too many tries: how long to wait, second by second.
import { clock } from "./token.js";

// Add the seconds left to `status`, and call `over` when they are. The sentence that stands there is read out once, the
// seconds are not. Return a function that stops it.
export function countDown(status, seconds, over) {
  const end = Date.now() + seconds * 1000;
  const left = document.createElement("span");
  left.ariaHidden = "true";
  status.append(left);
  const count = () => {
    const now = Math.ceil((end - Date.now()) / 1000);
    if (now > 0) {
      left.textContent = ` (${clock(now)} left)`;
      return;
    }
    clearInterval(timer);
    over();
  };
  const timer = setInterval(count, 1000);
  count();
  return () => clearInterval(timer);
}
