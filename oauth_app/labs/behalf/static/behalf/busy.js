// A try takes seconds: its button says that it is under way. The form is sent as without a script.

addEventListener("submit", (event) => {
  const button = event.submitter;
  const { busy } = event.target.dataset;
  if (!busy || !button) return;
  if (button.getAttribute("aria-busy")) return event.preventDefault(); // pressed twice
  button.dataset.rests = button.textContent;
  button.textContent = busy;
  button.setAttribute("aria-busy", "true");
});

// Back by the back button: the page is as one left it.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-rests]")) {
    button.textContent = button.dataset.rests;
    button.removeAttribute("aria-busy");
    delete button.dataset.rests;
  }
});
