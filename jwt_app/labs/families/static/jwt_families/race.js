// Copies of one refresh token, sent in the same moment by the server's own clients.
import { call } from "../jwt_app/api.js";
import { line } from "../jwt_app/log.js";
import { speakIn } from "../jwt_app/say.js";

const element = (id) => document.getElementById(id);

const { say, sayWhy } = speakIn(element("race-status"));

// "23 × 401 token_reused", each kind of answer once.
function counted(answers) {
  const kinds = new Map();
  for (const { status, code } of answers) {
    const kind = status ? `${status} ${code ?? ""}`.trim() : "no answer";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].sort().map(([kind, number]) => `${number} × ${kind}`).join(", ") || "none";
}

function show({ grace, times, answers, alive, after }) {
  const won = answers.filter(({ status }) => status === 200);
  const cells = {
    Won: `${won.length} of ${times}${won.length ? `, at instance ${won[0].to}` : ""}`,
    Refused: counted(answers.filter(({ status }) => status !== 200)),
    "The family": alive ? "✓ alive" : "✗ ended",
    "The winner's next refresh": after.status ? `${after.status} ${after.code ?? ""}`.trim() : "not tried",
  };
  const row = document.createElement("tr");
  const name = line("th", grace ? `${times} copies, ${grace} seconds of grace` : `${times} copies, no grace`);
  name.scope = "row";
  row.append(name);
  for (const [title, text] of Object.entries(cells)) {
    const cell = line("td", text);
    cell.dataset.mechanism = title;
    row.append(cell);
  }
  element("races").hidden = element("race-lesson").hidden = false;
  element("races").tBodies[0].prepend(row);
}

function lesson({ answers, alive, grace }) {
  const won = answers.filter(({ status }) => status === 200).length;
  if (won === 1 && alive) return `One won. The others came within ${grace} seconds, so they were refused and nothing ended.`;
  if (won === 1) return "One won, and a moment later the family had ended: the winner is out as well.";
  return `${won} won.`;
}

export function start(url) {
  element("race").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    say("The race runs …");
    const body = { times: Number(element("times").value), grace: Number(button.value) };
    const result = await call("POST", url, { body });
    button.ariaBusy = null;
    if (result.status !== 200) return sayWhy(result);
    show(result.data);
    say(lesson(result.data), "success");
  });
}
