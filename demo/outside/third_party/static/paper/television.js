// Looks again when it is time. The server asks the site, and not more often than the site wants to be asked.
const seconds = Number(document.querySelector("[data-wait]")?.dataset.wait);
if (seconds > 0) {
  setTimeout(() => location.reload(), seconds * 1000);
}
