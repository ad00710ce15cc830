// A "Copy" button for each value. Over plain http from another machine there is no clipboard API: then the old command
// copies, and where that is refused, too, the value is selected for the keyboard.
const said = document.querySelector(".copied");

async function copy(element) {
  const text = element.textContent.trim();
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused by the browser or its user: as without
    }
  }
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return document.execCommand("copy");
}

for (const element of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy secondary outline";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${element.dataset.copy}`);
  button.addEventListener("click", async () => {
    const done = await copy(element);
    button.textContent = done ? "Copied" : "Selected";
    said.textContent = done ? `Copied: ${element.dataset.copy}.` : "Selected. Press Ctrl-C, or Cmd-C on a Mac.";
  });
  (element.closest("pre") ?? element).after(" ", button);
}
