// A family as nested lists: each token stands inside the one that it was exchanged for.
import { line } from "../jwt_app/log.js";

const STATES = {
  usable: "usable: good for one exchange",
  used: "used",
  ended: "ended with the family, unused",
  expired: "expired",
};
const REASONS = {
  logout: "somebody signed out",
  reuse: "a used token came back",
  admin: "an administrator ended it",
  elsewhere: "its user ended it from another browser",
  password: "the password was changed",
  inactive: "the account was switched off",
};

export function stateOf({ state, reason }) {
  return state === "alive" ? "✓ It is alive." : `✗ It has ended: ${REASONS[reason] ?? "for another reason"}.`;
}

function box({ id, state, issued_at: issued, is_yours: yours }) {
  const node = document.createElement("div");
  node.className = `member ${state}`;
  node.append(line("span", `${id}…`, "mono"), line("b", STATES[state] ?? state));
  node.append(line("span", `${new Date(issued).toISOString().slice(11, 19)} UTC`, "quiet"));
  if (yours) node.append(line("span", "in this tab", "tag"));
  return node;
}

// Return the list. Where only the newest members were told, the oldest of them has no parent here, and is a root.
export function draw(members) {
  const items = new Map();
  const root = document.createElement("ol");
  root.className = "family";
  for (const member of members) {
    const item = document.createElement("li");
    item.append(box(member));
    items.set(member.id, item);
    const parent = items.get(member.parent);
    if (!parent) {
      root.append(item);
      continue;
    }
    if (!parent.querySelector(":scope > ol")) parent.append(document.createElement("ol"));
    parent.querySelector(":scope > ol").append(item);
  }
  return root;
}
