// Two pictures, four ways to look at them. All state is on #compare; the style sheet draws it.
import { cover, reveal } from "./reveal.js";

const view = document.getElementById("compare");
const tiles = [...view.querySelectorAll("[data-reveal]")];
const modes = [...document.querySelectorAll("button[data-mode]")];
const all = document.getElementById("reveal-all");
const slider = document.querySelector(".slider");
const boundary = document.getElementById("boundary");
const align = document.getElementById("align");

let blinking = null;

function setMode(mode) {
  if (view.dataset.mode === mode && mode === "blink") mode = "side";
  view.dataset.mode = mode;
  modes.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.mode === mode)));
  if (slider) slider.hidden = mode !== "swipe";
  clearInterval(blinking);
  view.classList.remove("flipped");
  if (mode === "blink") blinking = setInterval(() => view.classList.toggle("flipped"), 600);
}

modes.forEach((button) => button.addEventListener("click", () => setMode(button.dataset.mode)));
boundary?.addEventListener("input", () => view.style.setProperty("--boundary", `${boundary.value}%`));

all?.addEventListener("click", async () => {
  const open = tiles.some((tile) => tile.getAttribute("aria-pressed") === "true");
  open ? tiles.forEach(cover) : await Promise.all(tiles.map(reveal));
  all.setAttribute("aria-pressed", String(!open));
});

align?.addEventListener("click", () => {
  const turned = align.getAttribute("aria-pressed") !== "true";
  align.setAttribute("aria-pressed", String(turned));
  view.style.setProperty("--turn", turned ? view.dataset.turn : "none");
});
