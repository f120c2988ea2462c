// A grid or a list in place: dimmed while it loads, then said once; a day that was chosen leads on to its times.
let from;
const region = () => document.querySelector("[data-announce]");
const busy = (on) => { if (region()) region().ariaBusy = on; };
document.addEventListener("htmx:before:request", (event) => { from = event.target; busy(true); });
document.addEventListener("htmx:finally:request", () => busy(false));
document.addEventListener("htmx:after:swap", () => {
  const shown = region();
  const status = document.getElementById("status");
  if (!shown || !status || !from) return;
  // What had the focus may be gone: the arrow past the last month, the link to all zones.
  const lost = document.activeElement === document.body && from.matches("a");
  if (from.id === "all-zones") document.getElementById("timezone").focus();
  else if (lost || from.matches(".day, .jump")) (document.getElementById("times-head") || shown).focus();
  if (!from.dataset.silent) setTimeout(() => { status.textContent = shown.dataset.announce; }, 60);
  from = null;
});
