// Runs before the first paint: a chosen theme is there at once. "system" leaves the choice to the browser.
const chosen = localStorage.getItem("theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
