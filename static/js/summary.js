// Moves on to what is to be looked at again when a form comes back with it, or to what the form has done.
const toSummary = () => { const summary = document.getElementById("summary") || document.getElementById("done"); if (summary) summary.focus(); };
document.addEventListener("htmx:after:swap", toSummary);
toSummary();
