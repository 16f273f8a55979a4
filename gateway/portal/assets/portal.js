// What htmx does not do: live news, copying an address, and keeping the eye where it was.
(() => {
  "use strict";
  const live = document.querySelector("[data-stream]");
  if (live && "EventSource" in window) {
    const seen = new Set();
    const stream = new EventSource(live.dataset.stream);
    const show = () => {
      const n = seen.size;
      const say = n === 1 ? live.dataset.one : live.dataset.many.replace("#", new Intl.NumberFormat(document.documentElement.lang).format(n));
      const link = document.createElement("a");
      link.className = "btn main";
      link.href = live.dataset.href;
      link.textContent = say;
      live.replaceChildren(link);
    };
    stream.addEventListener("item", (event) => { seen.add(event.lastEventId); show(); });
    stream.addEventListener("resync", () => { seen.add("resync"); show(); });
    window.addEventListener("pagehide", () => stream.close());
  }
  const say = (text) => { document.getElementById("said").textContent = text; };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    say(button.dataset.said);
  });
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => say(document.body.dataset.failed));
  }
  // What was pressed is replaced: the keyboard goes on at what stands in its place.
  let next = null;
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    say("");
    const before = elt.closest("li")?.previousElementSibling;
    const card = elt.closest(".card")?.id;
    if (elt.matches(".more")) next = () => before?.nextElementSibling?.querySelector("h2 a");
    else next = card ? () => document.getElementById(card)?.querySelector("button") : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    next?.()?.focus();
    next = null;
    const done = document.querySelector("#sources[data-said]");
    if (done) say(done.dataset.said);
  });
  document.querySelector("[aria-invalid=true]")?.focus();
})();
