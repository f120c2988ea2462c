// Says what the slot grid shows now, and moves on to the times once a day was chosen.
document.addEventListener("htmx:after:swap", () => {
  const slots = document.getElementById("slots");
  const status = document.getElementById("status");
  if (slots && status) setTimeout(() => { status.textContent = slots.dataset.announce; }, 60);
});
