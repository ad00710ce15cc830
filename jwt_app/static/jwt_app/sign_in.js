// The sign-in form of a page (_sign_in.html): sent once, the password is not kept.
import * as api from "./api.js";

// `done` is called when there are tokens, `refused` with the result when there are none.
export function signInWith(form, urls, { done, refused }) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const result = await api.signIn(urls, form.username.value, form.password.value);
    button.disabled = false;
    form.password.value = "";
    if (result.status === 200) return done();
    refused(result);
    form.password.focus();
  });
}
