// Pages say `hx-ignore`: a link is a link and a form a form, until htmx and these scripts are all there, and where htmx can
// fetch: not in a sandbox whose pages are of no origin, nor after an error.
if (window.htmx && origin !== "null") {
  document.body.removeAttribute("hx-ignore");
  // It may have begun before these scripts came.
  setTimeout(() => htmx.process(document.body));
}
document.addEventListener("htmx:error", ({ target }) => {
  if (target.href) location.assign(target.href);
  else if (target.matches("#choice, #filters")) target.submit();
});
