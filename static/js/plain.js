// Where htmx cannot fetch, a link is a link: after an error, and in a sandbox whose pages are of no origin.
if (origin === "null") document.body.setAttribute("hx-ignore", "");
document.addEventListener("htmx:error", (event) => {
  const link = event.target.closest && event.target.closest("a[href]");
  if (link) location.assign(link.href);
});
