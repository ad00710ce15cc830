// Read a token. Nothing here checks a signature: that is the server's work.

function part(token, index) {
  const base64 = token.split(".")[index].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

// Return {header, payload}, or null for what is not a token.
export function decode(token) {
  try {
    return { header: part(token, 0), payload: part(token, 1) };
  } catch {
    return null;
  }
}

// Whole seconds until the token expires; 0 or less when it has, or when it cannot be read.
export function secondsLeft(token) {
  const exp = decode(token)?.payload.exp;
  return typeof exp === "number" ? Math.ceil(exp - Date.now() / 1000) : 0;
}

// "14:32", or "6 d 23 h" for what lasts longer than a day.
export function clock(seconds) {
  if (seconds > 86400) return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const rest = two(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

// Enough to tell two tokens apart, not enough to use one. The start is the same in all (the header), so the end shows.
export function mask(token) {
  return `${token.slice(0, 10)}…${token.slice(-6)}`;
}
