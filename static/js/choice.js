// A length or a zone is sent as soon as it is chosen.
document.addEventListener("change", ({ target }) => {
  if (target.form && target.form.id === "choice") target.form.requestSubmit();
});
