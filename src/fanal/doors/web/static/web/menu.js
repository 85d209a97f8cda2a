// A group of the menu closes when its reader goes elsewhere, or says so with Escape.

const open = () => document.querySelectorAll(".top details[open]");

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const group of open()) if (!group.contains(event.target)) group.open = false;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const group of open()) {
    const within = group.contains(document.activeElement);
    group.open = false;
    if (within) group.querySelector("summary").focus();
  }
});
