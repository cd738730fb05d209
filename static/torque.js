// Enhancements. Every page works without scripts.

// A box in a table's heading (data-check-all) ticks all boxes of its table; data-checked-count shows how many are.
function tick(table, change) {
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  if (change) boxes.forEach((box) => { box.checked = change.checked; });
  const ticked = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-check-all]");
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  document.querySelectorAll("[data-checked-count]").forEach((place) => {
    place.textContent = ticked ? `${ticked} selected` : "No users selected";
  });
}

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  if (!table || event.target.type !== "checkbox" || !table.querySelector("[data-check-all]")) return;
  tick(table, event.target.matches("[data-check-all]") ? event.target : null);
});

// data-copy="id": copies that element's text and shows "Copied" briefly.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
});

// Buttons that need scripts are hidden until there are some.
function showButtons(within) {
  within.querySelectorAll("[data-needs-script][hidden]").forEach((one) => { one.hidden = false; });
}
showButtons(document);
document.addEventListener("htmx:afterSwap", (event) => showButtons(event.detail.target));

// On a phone the sections are a scrolling row: keep the current one in view.
document.querySelector(".side-bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
