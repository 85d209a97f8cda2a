// A picture is fetched only when the officer asks for it; the server logs each time. A second press covers it again.

export async function reveal(tile) {
  if (!tile.dataset.picture || tile.getAttribute("aria-pressed") === "true") return;
  const picture = new Image();
  picture.className = "clear";
  picture.alt = "";
  picture.src = tile.dataset.picture;
  try {
    await picture.decode();
  } catch {
    tile.classList.add("failed");
    return;
  }
  tile.querySelector("img.clear")?.remove();
  tile.append(picture);
  tile.setAttribute("aria-pressed", "true");
}

export function cover(tile) {
  tile.querySelector("img.clear")?.remove();
  tile.setAttribute("aria-pressed", "false");
}

export function toggle(tile) {
  return tile.getAttribute("aria-pressed") === "true" ? cover(tile) : reveal(tile);
}

document.addEventListener("click", (event) => {
  const tile = event.target.closest("[data-reveal]");
  if (tile) toggle(tile);
});

// Leaving the window covers everything: nobody passing by sees what was open.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) document.querySelectorAll('[data-reveal][aria-pressed="true"]').forEach(cover);
});
