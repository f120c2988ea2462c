// On a first visit, shows times in the visitor's own zone.
const form = document.getElementById("choice");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const address = new URL(location.href);
if (form && own && own !== form.elements.timezone.value && !address.searchParams.has("timezone")) {
  const select = form.elements.timezone;
  const adopt = () => {
    if (![...select.options].some((option) => option.value === own)) select.add(new Option(own, own));
    select.value = own;
    form.dataset.silent = "yes";
    form.requestSubmit();
  };
  address.searchParams.set("timezone", own);
  // A zone that is not in the list is asked for first: the site may not know it. HTMX is ready one turn later.
  if ([...select.options].some((option) => option.value === own)) setTimeout(adopt);
  else fetch(address, { method: "HEAD" }).then((answer) => { if (answer.ok) adopt(); }).catch(() => {});
}
