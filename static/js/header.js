// The header's live parts: the theme button.
const button = document.getElementById("theme");
const label = button.querySelector("span");
const order = ["system", "light", "dark"];

function apply(theme) {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("theme");
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }
  label.textContent = theme;
}

button.hidden = false;
label.textContent = localStorage.getItem("theme") ?? "system";
button.addEventListener("click", () => {
  apply(order[(order.indexOf(label.textContent) + 1) % order.length]);
});
