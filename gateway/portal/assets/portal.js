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
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    document.getElementById("said").textContent = button.dataset.said;
  });
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  // The field that was refused, or the notice, is where the reader should begin.
  document.querySelector("[aria-invalid=true]")?.focus();
})();
