// A box on a picture, drawn with the mouse, a finger or the arrow keys; what it shows is looked for everywhere.
import { reveal } from "./reveal.js";

const form = document.getElementById("region");
const keep = document.getElementById("keep");
const frame = document.getElementById("boxed");
const NS = "http://www.w3.org/2000/svg";
const box = { x: 0.3, y: 0.3, width: 0.4, height: 0.4 };
let sheet = null;
let rect = null;
let from = null;

// The sheet lies exactly over the picture, whose units are a thousand a side.
function lay() {
  const picture = frame.querySelector("img.clear");
  sheet = document.createElementNS(NS, "svg");
  sheet.classList.add("sheet");
  sheet.setAttribute("viewBox", `0 0 ${picture.naturalWidth} ${picture.naturalHeight}`);
  sheet.setAttribute("tabindex", "0");
  sheet.setAttribute("role", "application");
  sheet.setAttribute("aria-label", form.dataset.hint);
  rect = document.createElementNS(NS, "rect");
  sheet.append(rect);
  frame.append(sheet);
  sheet.addEventListener("pointerdown", begin);
  sheet.addEventListener("pointermove", stretch);
  sheet.addEventListener("pointerup", () => (from = null));
  sheet.addEventListener("keydown", byKeys);
  sheet.focus();
  draw();
}

function draw() {
  const { width, height } = sheet.viewBox.baseVal;
  rect.setAttribute("x", box.x * width);
  rect.setAttribute("y", box.y * height);
  rect.setAttribute("width", box.width * width);
  rect.setAttribute("height", box.height * height);
  for (const [name, value] of Object.entries(box)) {
    form.elements[name].value = keep.elements[name].value = value.toFixed(5);
  }
}

function at(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(sheet.getScreenCTM().inverse());
  const { width, height } = sheet.viewBox.baseVal;
  const clamp = (value) => Math.min(1, Math.max(0, value));
  return { x: clamp(point.x / width), y: clamp(point.y / height) };
}

function begin(event) {
  from = at(event);
  sheet.setPointerCapture(event.pointerId);
  event.preventDefault();
}

function stretch(event) {
  if (!from) return;
  const to = at(event);
  box.x = Math.min(from.x, to.x);
  box.y = Math.min(from.y, to.y);
  box.width = Math.max(0.01, Math.abs(from.x - to.x));
  box.height = Math.max(0.01, Math.abs(from.y - to.y));
  draw();
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function byKeys(event) {
  const step = STEPS[event.key];
  if (event.key === "Enter") return form.requestSubmit();
  if (event.key === "Escape") return remove();
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const [right, down] = step.map((one) => one * 0.02);
  if (event.shiftKey) {
    box.width = Math.min(1 - box.x, Math.max(0.02, box.width + right));
    box.height = Math.min(1 - box.y, Math.max(0.02, box.height + down));
  } else {
    box.x = Math.min(1 - box.width, Math.max(0, box.x + right));
    box.y = Math.min(1 - box.height, Math.max(0, box.y + down));
  }
  draw();
}

function remove() {
  sheet?.remove();
  sheet = null;
  note(false);
}

function note(drawing) {
  document.getElementById("draw").setAttribute("aria-pressed", String(drawing));
  document.getElementById("look-for").hidden = keep.hidden = !drawing;
  document.getElementById("region-hint").textContent = drawing ? form.dataset.hint : "";
}

document.getElementById("draw")?.addEventListener("click", async () => {
  if (sheet) return remove();
  await reveal(frame.querySelector("[data-reveal]"));
  if (!frame.querySelector("img.clear")) return;
  lay();
  note(true);
});

// A picture that is covered takes its box with it.
if (form) new MutationObserver(() => sheet && !frame.querySelector("img.clear") && remove()).observe(frame, { subtree: true, childList: true });
