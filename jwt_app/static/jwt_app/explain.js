// What went wrong, in a sentence.
const WHAT_NOW = {
  csrf_failed: "Load this page again: its form is too old.",
  denylist_unavailable: "Try again in a moment: the token may be good, and the server cannot know.",
  password_changed: "Sign in again.",
  token_denied: "Sign in again.",
  token_expired: "Refresh gets a new one.",
  token_reused: "Sign in again.",
  token_not_valid: "Sign out, and in again.",
  token_revoked: "Sign in again.",
  token_used: "Sign in again.",
  user_inactive: "",
};

export function explain({ status, data }) {
  if (!status) return "The server did not answer. Is it running?";
  if (data?.errors) return Object.entries(data.errors).map(([name, errors]) => `${name}: ${errors.join(" ")}`).join(" ");
  if (data?.detail) return [data.detail, WHAT_NOW[data.code]].filter(Boolean).join(" ");
  return `The server answered ${status}.`;
}
