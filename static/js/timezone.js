// On a first visit, shows times in the visitor's own zone; later, sends the form as soon as a choice changes.
const form = document.querySelector("form[data-zone]");
if (form) {
  const select = form.elements.timezone;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own && !new URLSearchParams(location.search).has("timezone") && own !== select.value) {
    if (![...select.options].some((option) => option.value === own)) select.add(new Option(own, own));
    select.value = own;
    const address = new URL(location.href);
    address.searchParams.set("timezone", own);
    location.replace(address);
  }
  form.addEventListener("change", () => form.requestSubmit());
}
