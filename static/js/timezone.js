// On a first visit, shows times in the visitor's own zone; keeps the month that is shown when a choice is sent.
const form = document.querySelector("form[data-zone]");
if (form) {
  const select = form.elements.timezone;
  const here = (changes) => {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) address.searchParams.set(name, value);
    address.searchParams.delete("zones");
    return address;
  };
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own && own !== select.value && !new URLSearchParams(location.search).has("timezone")) {
    const address = here({ timezone: own });
    const listed = [...select.options].some((option) => option.value === own);
    // A zone that is not in the list is asked for first: the site may not know it.
    (listed ? Promise.resolve({ ok: true }) : fetch(address, { method: "HEAD" }))
      .then((answer) => { if (answer.ok) location.replace(address); })
      .catch(() => {});
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(here({ timezone: select.value, duration: form.elements.duration.value }));
  });
  // A click on a duration says it all; with the keyboard, arrows pass over the others first.
  form.addEventListener("click", (event) => {
    if (event.target.name === "duration" && event.detail > 0) form.requestSubmit();
  });
}
