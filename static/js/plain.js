// Where htmx cannot fetch, a link is a link and a form a form: after an error, and in a sandbox whose pages are of no origin.
if (origin === "null") document.body.setAttribute("hx-ignore", "");
document.addEventListener("htmx:error", ({ target }) => {
  if (target.href) location.assign(target.href);
  else if (target.id === "choice") target.submit();
});
