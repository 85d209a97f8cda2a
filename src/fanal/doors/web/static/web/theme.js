// Runs before the first paint, so that the page never flashes in the other theme.
const kept = localStorage.getItem("theme");
if (kept) document.documentElement.dataset.theme = kept;

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("theme")?.addEventListener("click", () => {
    const root = document.documentElement;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
    root.dataset.theme = now === "light" ? "dark" : "light";
    localStorage.setItem("theme", root.dataset.theme);
  });
  document.querySelector("[data-submits]")?.addEventListener("change", (event) => event.target.form.submit());
});
