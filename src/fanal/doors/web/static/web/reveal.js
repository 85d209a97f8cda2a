// A picture is fetched only when the officer asks for it; the server logs each time. A press opens it, a second press covers
// it again; held, it stays open only while the button is down.

const HELD = 350;
const open = (tile) => tile.getAttribute("aria-pressed") === "true";
const coverAll = document.getElementById("cover");

function noteOpen() {
  if (coverAll) coverAll.hidden = !document.querySelector('[data-reveal][aria-pressed="true"]');
}

export async function reveal(tile) {
  if (!tile.dataset.picture || open(tile)) return;
  // Each look has an address of its own: browsers keep pictures of a page in memory, and such a look would not be logged.
  const address = tile.dataset.picture;
  tile.setAttribute("aria-pressed", "true");
  const picture = new Image();
  picture.className = "clear";
  picture.alt = "";
  picture.src = `${address}?look=${Date.now()}`;
  try {
    await picture.decode();
    tile.classList.remove("failed");
  } catch {
    tile.classList.add("failed");
    return cover(tile);
  }
  // It may have been covered, or have been given another still, while the picture was under way.
  if (!open(tile) || tile.dataset.picture !== address) return;
  tile.querySelector(".clear")?.remove();
  tile.append(tile.dataset.crop ? cut(picture, tile.dataset.crop.split(" ").map(Number)) : picture);
  tile.dispatchEvent(new CustomEvent("revealed", { bubbles: true }));
  noteOpen();
}

// The boxed part alone, given as shares of the picture.
function cut(picture, [x, y, width, height]) {
  const part = document.createElement("canvas");
  part.className = "clear";
  part.width = Math.max(1, Math.round(width * picture.naturalWidth));
  part.height = Math.max(1, Math.round(height * picture.naturalHeight));
  part.getContext("2d").drawImage(picture, -x * picture.naturalWidth, -y * picture.naturalHeight);
  return part;
}

export function cover(tile) {
  tile.querySelector(".clear")?.remove();
  if (tile.dataset.picture) tile.setAttribute("aria-pressed", "false");
  noteOpen();
}

export function toggle(tile) {
  return open(tile) ? cover(tile) : reveal(tile);
}

let waiting = null;
let held = null;
let swallow = false;

document.addEventListener("pointerdown", (event) => {
  const tile = event.target.closest("[data-reveal]");
  swallow = false;
  if (!tile || event.button !== 0 || open(tile)) return;
  waiting = setTimeout(() => {
    held = tile;
    reveal(tile);
  }, HELD);
});

function release() {
  clearTimeout(waiting);
  if (!held) return;
  cover(held);
  held = null;
  swallow = true;
}

document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", release);

document.addEventListener("click", (event) => {
  const tile = event.target.closest("[data-reveal]");
  if (tile && !swallow) toggle(tile);
  swallow = false;
});

export function coverEverything() {
  document.querySelectorAll('[data-reveal][aria-pressed="true"]').forEach(cover);
}

coverAll?.addEventListener("click", coverEverything);

// Leaving the window covers everything: nobody passing by sees what was open.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) coverEverything();
});
