// Two pictures, four ways to look at them. All state is on #compare; the style sheet draws it.
import { cover, reveal } from "./reveal.js";

const view = document.getElementById("compare");
const tiles = [...view.querySelectorAll("[data-reveal]")];
const modes = [...document.querySelectorAll("button[data-mode]")];
const all = document.getElementById("reveal-all");
const slider = document.querySelector(".slider");
const boundary = document.getElementById("boundary");
const align = document.getElementById("align");
const open = (tile) => tile.getAttribute("aria-pressed") === "true";

let blinking = null;

function setMode(mode) {
  if (view.dataset.mode === mode && mode === "blink") mode = "side";
  view.dataset.mode = mode;
  modes.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.mode === mode)));
  if (slider) slider.hidden = mode !== "swipe";
  clearInterval(blinking);
  view.classList.remove("flipped");
  if (mode === "blink") blinking = setInterval(() => view.classList.toggle("flipped"), 600);
  fitTurned();
}

modes.forEach((button) => button.addEventListener("click", () => setMode(button.dataset.mode)));
boundary?.addEventListener("input", () => view.style.setProperty("--boundary", `${boundary.value}%`));

async function toggleBoth() {
  tiles.some(open) ? tiles.forEach(cover) : await Promise.all(tiles.map(reveal));
}

function noteBoth() {
  all?.setAttribute("aria-pressed", String(tiles.some(open)));
}

new MutationObserver(noteBoth).observe(view, { subtree: true, attributeFilter: ["aria-pressed"] });
all?.addEventListener("click", toggleBoth);

// Laid over each other, the pictures open and close together.
view.addEventListener("click", (event) => {
  if (dragged || (view.dataset.mode !== "side" && event.target.closest("[data-reveal]"))) {
    event.stopPropagation();
    if (!dragged) toggleBoth();
  }
  dragged = false;
}, true);

const points = document.getElementById("points");
points?.addEventListener("click", () => {
  const on = points.getAttribute("aria-pressed") !== "true";
  points.setAttribute("aria-pressed", String(on));
  view.toggleAttribute("data-unmarked", !on);
});

// --- Turning ---

const quarter = /^matrix\(0,/.test(view.dataset.turn);

// A picture turned by a quarter has to fit its frame lying on its side.
function fitTurned() {
  const picture = view.querySelector(".second .clear");
  if (!picture?.naturalWidth || !quarter) return;
  const [width, height] = [picture.clientWidth, picture.clientHeight];
  const upright = Math.min(width / picture.naturalWidth, height / picture.naturalHeight);
  const lying = Math.min(width / picture.naturalHeight, height / picture.naturalWidth);
  view.style.setProperty("--fit", align.getAttribute("aria-pressed") === "true" ? lying / upright : 1);
}

align?.addEventListener("click", () => {
  const turned = align.getAttribute("aria-pressed") !== "true";
  align.setAttribute("aria-pressed", String(turned));
  view.style.setProperty("--turn", turned ? view.dataset.turn : "none");
  fitTurned();
});
view.addEventListener("revealed", fitTurned);
addEventListener("resize", fitTurned);

// --- Stills of recordings ---

for (const button of document.querySelectorAll("[data-still]")) {
  button.addEventListener("click", () => {
    const tile = document.getElementById(button.dataset.into).querySelector("[data-reveal]");
    const was = open(tile);
    cover(tile);
    tile.dataset.picture = button.dataset.still;
    const moment = tile.querySelector(".moment");
    if (moment) moment.textContent = button.dataset.label;
    document
      .querySelectorAll(`[data-into="${button.dataset.into}"]`)
      .forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    if (was) reveal(tile);
  });
}

// --- Zoom, linked: what is larger on one side is as much larger, and at the same place, on the other ---

const shown = document.getElementById("zoom");
const pan = document.querySelector(".pan");
const place = { zoom: 1, x: 0, y: 0 };
let drag = null;
let dragged = false;

function draw() {
  const box = tiles[0];
  const reach = (size) => (size * (place.zoom - 1)) / 2;
  place.x = Math.max(-reach(box.clientWidth), Math.min(reach(box.clientWidth), place.x));
  place.y = Math.max(-reach(box.clientHeight), Math.min(reach(box.clientHeight), place.y));
  view.style.setProperty("--zoom", place.zoom);
  view.style.setProperty("--x", `${place.x}px`);
  view.style.setProperty("--y", `${place.y}px`);
  view.classList.toggle("zoomed", place.zoom > 1);
  shown.textContent = `${Math.round(place.zoom * 100)} %`;
  pan.hidden = place.zoom <= 1;
}

const zooms = { in: () => Math.min(8, place.zoom * 1.5), out: () => Math.max(1, place.zoom / 1.5), fit: () => 1 };

for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    const zoom = zooms[button.dataset.zoom]();
    place.x *= zoom / place.zoom;
    place.y *= zoom / place.zoom;
    place.zoom = zoom;
    draw();
  });
}

for (const button of document.querySelectorAll("[data-pan]")) {
  const [right, down] = button.dataset.pan.split(",").map(Number);
  button.addEventListener("click", () => {
    place.x += right * 80;
    place.y += down * 80;
    draw();
  });
}

view.addEventListener("pointerdown", (event) => {
  dragged = false;
  if (place.zoom > 1 && event.button === 0) {
    drag = { x: event.clientX - place.x, y: event.clientY - place.y, fromX: event.clientX, fromY: event.clientY };
    event.stopPropagation();
  }
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  dragged ||= Math.hypot(event.clientX - drag.fromX, event.clientY - drag.fromY) > 4;
  if (!dragged) return;
  place.x = event.clientX - drag.x;
  place.y = event.clientY - drag.y;
  draw();
});
addEventListener("pointerup", () => (drag = null));
