// What the editor of a definition does besides: line numbers that follow, jumps to a fault, no lost draft.
(() => {
  "use strict";
  const text = document.getElementById("text");
  const gutter = document.querySelector(".code-edit .lines");
  if (!text || !gutter) return;
  const number = () => {
    const lines = text.value.split("\n").length;
    while (gutter.children.length > lines) gutter.lastElementChild.remove();
    while (gutter.children.length < lines) {
      const line = document.createElement("li");
      const n = gutter.children.length + 1;
      line.id = `L${n}`;
      line.textContent = n;
      gutter.append(line);
    }
    text.rows = lines + 1;
  };
  // The lines with faults are marked beside the text.
  const mark = () => {
    for (const line of gutter.querySelectorAll(".wrong")) line.classList.remove("wrong");
    for (const { dataset } of document.querySelectorAll("#findings [data-line]")) {
      gutter.children[dataset.line - 1]?.classList.add("wrong");
    }
  };
  text.addEventListener("input", number);
  document.addEventListener("htmx:afterSettle", mark);
  document.addEventListener("click", (event) => {
    const place = event.target.closest("#findings [data-line]");
    if (!place) return;
    event.preventDefault();
    const before = text.value.split("\n").slice(0, place.dataset.line - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(place.dataset.column) - 1;
    text.focus({ preventScroll: true });
    text.setSelectionRange(at, at);
    gutter.children[place.dataset.line - 1]?.scrollIntoView({ block: "center" });
  });
  number();
  mark();
})();
