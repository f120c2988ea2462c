// Shows Firsthand in other sites' pages: docs/embedding.md
window.Firsthand ||= (() => {
  const site = new URL(document.currentScript.src).origin;
  const frames = [];
  const make = (tag, values) => Object.assign(document.createElement(tag), values);
  const option = (link, name) => link.getAttribute("data-firsthand-" + name);
  // Stronger than style sheets, and allowed under any policy.
  const put = (element, name, value) => element.style.setProperty(name, value, "important");
  const hint = make("link", { rel: "preconnect", href: site });
  const dress = (element, rules) => { element.style.cssText = ("all:initial;" + rules).replace(/;/g, "!important;"); };

  const frameFor = (link, rules, fail) => {
    const src = new URL(link.href);
    const ask = (name, value) => value && !src.searchParams.has(name) && src.searchParams.set(name, value);
    const theme = option(link, "theme") || getComputedStyle(link).colorScheme;
    for (const name of "lang timezone date month duration".split(" ")) ask(name, option(link, name));
    new URLSearchParams(location.search).forEach((value, name) => /^utm_|(clk?|bra|fat_)id$/.test(name) && ask(name, value));
    ask("timezone", Intl.DateTimeFormat().resolvedOptions().timeZone);
    ask("origin", location.origin);
    ask("theme", theme);
    ask("embed", 1);
    const frame = make("iframe", { link, src, title: option(link, "title") || link.textContent, loading: "lazy" });
    dress(frame, `display:block;width:100%;height:40rem;color-scheme:${theme};${rules}`);
    frames.push(frame);
    // A lazy frame loads once it is nearly seen.
    new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) setTimeout(() => frame.ready || (frame.ready = 1, frame.remove(), fail()), 8000);
    }).observe(frame);
    return frame;
  };

  const inline = (link) => {
    link.after(frameFor(link, "", () => put(link, "display", "")));
    put(link, "display", "none");
  };

  const popup = (link) => {
    let dialog;
    const close = () => dialog.close();
    link.addEventListener("firsthand:close", close);
    link.onfocus = link.onpointerenter = () => document.head.append(hint);
    link.addEventListener("click", (event) => {
      if (dialog === 0 || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (!dialog) {
        const frame = frameFor(link, "max-width:66rem;margin:4rem auto;", () => { close(); dialog = 0; });
        const button = make("button", { textContent: "×", ariaLabel: option(link, "close") || "Close" });
        dialog = make("dialog", { ariaLabel: frame.title, onclick: close, onclose() { put(this, "display", "none"); link.focus(); } });
        button.style.cssText = "position:fixed;top:1rem;right:1rem;border:0;background:0;color:#fff;font:3rem serif";
        dress(dialog, "position:fixed;inset:0;width:100%;height:100%;overflow:auto;background:#000a;");
        dialog.append(button, frame);
        document.body.append(dialog);
      }
      put(dialog, "display", "block");
      dialog.showModal();
    });
  };

  const float = (link) => {
    link.style.cssText = "position:fixed;bottom:1rem;right:1rem;z-index:9999;padding:1em;border-radius:1em;background:#3552d8;color:#fff;text-decoration:none";
    popup(link);
  };

  const scan = () => document.querySelectorAll("a[data-firsthand]").forEach((link) => {
    const mode = { inline, popup, float }[link.dataset.firsthand];
    if (!mode || link.mode || link.origin !== site) return;
    link.mode = mode;
    mode(link);
  });

  addEventListener("message", ({ data, origin, source }) => {
    const frame = frames.find((one) => source && one.contentWindow === source);
    if (!frame || origin !== site || data?.v !== 1) return;
    const { src, v, type, ...detail } = data;
    if (type === "resize") return put(frame, "height", Math.min(detail.height, 20000) + "px");
    if (type === "ready") {
      const again = frame.ready;
      frame.ready = 1;
      source.postMessage({ ...JSON.parse(option(frame.link, "prefill")), src, v, type: "prefill" }, site);
      if (again) return frame.getBoundingClientRect().top < 0 && frame.scrollIntoView();
    }
    const key = type + detail.sequence + detail.id;
    if (detail.id && frame[key]) return;
    frame[key] = 1;
    if (frame.link.dispatchEvent(new CustomEvent("firsthand:" + type, { bubbles: 1, cancelable: 1, detail })) && /^http/.test(detail.redirect)) location.assign(detail.redirect);
  });

  scan();
  addEventListener("DOMContentLoaded", scan);
  return { scan };
})();
