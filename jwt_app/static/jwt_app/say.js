// One sentence on what happened, in the element for it; with a countdown where there were too many tries.
import { explain } from "./explain.js";
import { countDown } from "./wait.js";

// Return {say(sentence, kind), sayWhy(result)}: what is to be said, or why a call was refused.
export function speakIn(status) {
  let stopWaiting = () => {};
  function say(sentence, kind = "") {
    stopWaiting();
    status.textContent = sentence;
    status.className = `note ${kind}`;
    status.hidden = !sentence;
  }
  function sayWhy(result) {
    say(explain(result), "error");
    if (result.wait) stopWaiting = countDown(status, result.wait, () => say("The wait is over. You can try again."));
  }
  return { say, sayWhy };
}
