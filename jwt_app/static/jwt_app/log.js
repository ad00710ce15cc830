// The calls that a page has made, the newest first and open, the ones before it folded.

export function line(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

// Return a function for `onExchange`. `list` takes the calls, `empty` is what stands there before the first.
export function logInto(list, empty) {
  return ({ method, url, header, body, status, statusText, answer }) => {
    const good = status >= 200 && status < 300;
    const summary = line("summary", `${method} ${url} `, "mono");
    summary.append(line("b", status ? `${status} ${statusText}` : "no answer", good ? "good" : "bad"));
    const details = document.createElement("details");
    details.open = true;
    details.append(
      summary,
      ...(header ? [line("p", header, "mono")] : []),
      ...(body ? [line("p", "Sent", "part"), line("pre", body, "json")] : []),
      ...(answer ? [line("p", "Answer", "part"), line("pre", answer, "json")] : []),
    );
    const item = document.createElement("li");
    item.append(details);
    list.querySelector("details")?.removeAttribute("open");
    list.prepend(item);
    empty.hidden = true;
  };
}
