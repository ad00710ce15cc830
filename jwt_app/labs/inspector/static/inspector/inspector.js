// Puts the tokens of this tab into the form. They go there by a form's POST, and into no address.
import { load, onChange } from "../jwt_app/store.js";

const form = document.getElementById("inspector");
const inspect = form.querySelector("[value=inspect]");
const buttons = { access: document.getElementById("mine"), refresh: document.getElementById("mine-refresh") };

function show() {
  const tokens = load();
  for (const [name, button] of Object.entries(buttons)) button.hidden = typeof tokens?.[name] !== "string";
}

for (const [name, button] of Object.entries(buttons)) {
  button.addEventListener("click", () => {
    const token = load()?.[name];
    if (!token) return show();
    form.elements.token.value = token;
    form.elements.key.value = "";
    form.elements.key_format.value = "site";
    form.requestSubmit(inspect);
  });
}

onChange(show);
show();
