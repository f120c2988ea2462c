// A button that copies what the field beside it holds. Without script, or without leave, the field is there to select.
for (const group of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const field = group.querySelector("input, textarea");
  const button = group.querySelector("button");
  const word = button.firstElementChild;
  const usual = word.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(field.value); } catch { field.select(); return; }
    word.textContent = document.getElementById("status").textContent = group.dataset.done;
    setTimeout(() => { word.textContent = usual; }, 2000);
  });
}
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-copy] [readonly]")) event.target.select();
});
