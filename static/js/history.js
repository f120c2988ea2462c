// In a frame, looking at months and days leaves the Back button to the page around it.
if (self !== top) document.addEventListener("htmx:before:history:update", (event) => {
  event.detail.history.type = "replace";
});
