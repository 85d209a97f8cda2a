// Countries by their names in the reader's language, which the browser knows; and a list of them that is searched by typing.

const names = new Intl.DisplayNames([document.documentElement.lang], { type: "region", fallback: "code" });

function name(root) {
  for (const element of root.querySelectorAll("[data-country]")) {
    if (element.dataset.country) element.textContent = names.of(element.dataset.country);
  }
}

name(document);
document.addEventListener("htmx:afterSwap", (event) => name(event.target));

const list = document.getElementById("country-list");
const find = document.getElementById("find-country");
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const order = new Intl.Collator(document.documentElement.lang);

// What is ticked stands first, then the country of these two letters, then names that begin so, then those that hold them.
function rank(label, asked) {
  const tick = label.querySelector("input");
  const named = plain(label.textContent.trim());
  if (tick.checked) return 0;
  if (plain(tick.value) === asked) return 1;
  return named.startsWith(asked) ? 2 : named.includes(asked) ? 3 : 4;
}

function narrow() {
  const asked = plain(find.value.trim());
  const ranked = [...list.children].map((label) => [rank(label, asked), label]);
  ranked.sort(([one, here], [other, there]) => one - other || order.compare(here.textContent, there.textContent));
  for (const [place, label] of ranked) label.hidden = place === 4;
  list.append(...ranked.map(([, label]) => label));
}

if (list) {
  narrow();
  find.hidden = document.getElementById("country-hint").hidden = false;
  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = list.querySelector("label:not([hidden]) input:not(:checked)");
    if (!find.value.trim() || !first) return;
    first.checked = true;
    find.value = "";
    narrow();
  });
}
