// Swagger UI in a page of ours: our theme, our CSRF token, and nothing from elsewhere.
const place = document.getElementById("api");
const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value; // for the endpoints with a cookie
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function followTheme() {
  root.classList.toggle("dark-mode", (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark");
}
system.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-theme"] });
followTheme();

// What Swagger UI leaves out for those who do not see the page, or have no mouse.
const REPAIRS = {
  "h3.opblock-tag": { "aria-level": "2" },
  "h4.opblock-title": { "aria-level": "3" },
  textarea: { "aria-label": "Body, as JSON" },
  "pre, .highlight-code > .example": { tabindex: "0" },
};

function repair() {
  for (const [selector, attributes] of Object.entries(REPAIRS)) {
    for (const element of place.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) {
        if (element.getAttribute(name) !== value) element.setAttribute(name, value);
      }
    }
  }
}
new MutationObserver(repair).observe(place, { childList: true, subtree: true });

// The page says what this is and has a `main` of its own, so of Swagger UI's own page it takes the parts below that.
const ownLayout = ({ React, getComponent }) => ({
  components: {
    PartsLayout: () => {
      const parts = ["AuthorizeBtnContainer", "errors", "operations"].map((name) => getComponent(name, true));
      const shown = [getComponent("SvgAssets"), ...parts].map((part) => React.createElement(part));
      return React.createElement("div", { className: "swagger-ui" }, ...shown);
    },
  },
});

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  plugins: [ownLayout],
  layout: "PartsLayout",
  deepLinking: false,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  persistAuthorization: false, // a token stays in this page, and goes with it
  requestInterceptor(request) {
    // The name of the header is Django's. The token opens nothing: it says that this page has sent the call.
    if (request.method === "POST") request.headers["X-CSRFToken"] = csrf;
    return request;
  },
});
