// Speaks with the page around this one: docs/embedding.md. `data-parent` names the only site that is spoken to.
const page = document.documentElement;
const { parent: site, event: news } = page.dataset;
const around = location.ancestorOrigins && location.ancestorOrigins[0];
if (site && parent !== window && (!around || around === site || around === "null")) {
  const tell = (type, detail) => parent.postMessage({ src: "firsthand", v: 1, type, ...detail }, site);

  let height;
  new ResizeObserver(() => {
    const now = Math.ceil(page.getBoundingClientRect().height);
    if (now !== height) tell("resize", { height: height = now });
  }).observe(page);

  document.addEventListener("click", (event) => {
    const time = event.target.closest("a[href*='slot=']");
    const asked = time && new URL(time.href).searchParams;
    const start = asked && asked.get("slot").replace(/^(....)(..)(..T..)(..Z)$/, "$1-$2-$3:$4");
    if (start) tell("slot.selected", { start, duration: Number(asked.get("duration")) });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) tell("close");
  });

  // Fills in what is empty. Boxes are left alone: a consent that somebody else ticked is none.
  const fill = (name, value) => {
    const fields = [...document.getElementsByName(name)];
    if (fields.some((field) => field.checked)) return;
    for (const field of fields) {
      if (field.type === "radio") field.checked = field.value === String(value);
      else if (field.type !== "checkbox" && !field.value) field.value = value;
    }
  };
  addEventListener("message", ({ data, origin, source }) => {
    if (source !== parent || origin !== site || !data || data.src !== "firsthand" || data.type !== "prefill") return;
    if (data.name) fill("name", data.name);
    if (data.email) fill("email", data.email);
    for (const [key, answer] of Object.entries(data.answers || {})) fill("answer_" + key, answer);
  });

  tell("ready");
  if (news) {
    const { type, ...detail } = JSON.parse(news);
    tell(type, detail);
    // Shown again, from a reload or the history, it is no news.
    const address = new URL(location.href);
    address.searchParams.delete("just");
    history.replaceState(history.state, "", address);
  }
}
// A frame that nobody speaks with: where the browser sizes it by what it shows, it looks once unless it is asked to.
if (!site && parent !== window && window.requestResize) new ResizeObserver(() => requestResize()).observe(page);
