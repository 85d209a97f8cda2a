// One key, one action. The keys stand on the elements they press (data-key), and the help card is made from these, so that it
// never lists a key that does nothing.

const on = () => localStorage.getItem("keys") !== "off";
// What is in a closed group of the menu can be pressed all the same.
const shown = (element) => element.offsetParent !== null || element.closest(".top details") !== null;
const nameOf = (element) =>
  (element.getAttribute("aria-label") || element.getAttribute("placeholder") || element.textContent).replace(/\s+/g, " ").trim();

function typing(target) {
  return target.closest("input:not([type=range]):not([type=checkbox]), textarea, select, dialog") !== null;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  (row.querySelector("[data-reveal]:not([disabled])") ?? row.querySelector("a")).focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

// What a page does goes before where the menu leads: a key that both have is the page's.
function keyed() {
  const found = new Map();
  const all = [...document.querySelectorAll("[data-key]")].filter(shown);
  const inMenu = (element) => element.closest("header.top") !== null;
  for (const element of [...all.filter((one) => !inMenu(one)), ...all.filter(inMenu)]) {
    if (!found.has(element.dataset.key)) found.set(element.dataset.key, element);
  }
  return found;
}

// An element claims its key only while that key would press it.
function claim() {
  const keys = on() ? keyed() : new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (keys.get(element.dataset.key) === element) element.setAttribute("aria-keyshortcuts", element.dataset.key);
    else element.removeAttribute("aria-keyshortcuts");
  }
}

claim();
new MutationObserver(claim).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "open"] });

function press(key) {
  const element = keyed().get(key);
  if (element) {
    element.matches("input, textarea") ? element.focus() : element.click();
    if (element.matches("summary") && element.parentElement.open) element.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    return true;
  }
  if (key === "j" || key === "ArrowRight") return step(1);
  if (key === "k" || key === "ArrowLeft") return step(-1);
  if (key === "o") {
    document.activeElement.closest("[data-row]")?.querySelector("[data-open]")?.click();
    return true;
  }
  return false;
}

// The letter that is pressed; on keyboards of other scripts, the letter that stands on that key in Latin.
function keyOf(event) {
  if (event.key.length > 1) return event.key;
  return /^[!-~]$/.test(event.key) ? event.key.toLowerCase() : plain(event.code);
}

const plain = (code) => code.replace(/^(Key|Digit)/, "").toLowerCase();
const same = { "=": "+", "_": "-" };

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) return event.target.form?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target.matches("input, textarea")) return event.target.blur();
  if (typing(event.target)) return;
  if (event.key === "?") return openHelp();
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  if (event.target.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
  const key = keyOf(event);
  // On some keyboards a digit needs Shift: its key does without as well.
  const digit = /^Digit/.test(event.code) ? plain(event.code) : key;
  if (on() && (press(key) || press(same[key] ?? digit))) event.preventDefault();
});

const CAPS = { Enter: "↵", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

function openHelp() {
  const list = document.getElementById("help-list");
  list.replaceChildren();
  document.getElementById("help-rows").hidden = !document.querySelector("[data-row]");
  document.getElementById("help-tiles").hidden = !document.querySelector("[data-reveal]");
  const named = [...keyed()].map(([key, element]) => {
    const words = element.cloneNode(true);
    words.querySelectorAll?.("kbd").forEach((kbd) => kbd.remove());
    return [CAPS[key] ?? key.toUpperCase(), nameOf(words)];
  });
  for (const [key, name] of named) {
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap);
    const meaning = document.createElement("dd");
    meaning.textContent = name;
    list.append(term, meaning);
  }
  const box = document.getElementById("keys-on");
  box.checked = on();
  document.getElementById("help").showModal();
}

document.getElementById("keys")?.addEventListener("click", openHelp);
document.getElementById("keys-on")?.addEventListener("change", (event) => {
  localStorage.setItem("keys", event.target.checked ? "on" : "off");
  claim();
});
