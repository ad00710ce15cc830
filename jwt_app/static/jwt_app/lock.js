// One tab at a time. By the browser's own locks where there are any; over plain http from another machine there are
// none (no secure context), and tabs have only localStorage to agree by.
const NAME = "authdemo.refresh";
const LEASE = 15_000; // milliseconds; more than one call may take
// Tokens and locks reach another tab by two different roads. This is how long the one who is done waits for the slower.
const SETTLE = 100; // milliseconds

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Do `act` while no other tab does, and return what it returns.
export function alone(act) {
  return new Promise((resolve, reject) => {
    const hold = async () => {
      await act().then(resolve, reject);
      await pause(SETTLE);
    };
    if (navigator.locks) navigator.locks.request(NAME, hold);
    else byLease(hold);
  });
}

const lease = () => JSON.parse(localStorage.getItem(NAME));
const write = (owner) => localStorage.setItem(NAME, JSON.stringify({ owner, until: Date.now() + LEASE }));

// Write your name, wait, and look whether it still stands there: of two at once the last one has it. A tab that is
// closed meanwhile leaves its name; it counts for as long as the lease.
async function byLease(act) {
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  while (lease()?.owner !== me) {
    if (!(lease()?.until > Date.now())) write(me);
    await pause(SETTLE);
  }
  write(me);
  await act();
  if (lease()?.owner === me) localStorage.removeItem(NAME);
}
