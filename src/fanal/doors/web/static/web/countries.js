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

function narrow() {
  const asked = plain(find.value.trim());
  for (const label of list.children) {
    const tick = label.querySelector("input");
    label.hidden = !tick.checked && !(plain(label.textContent).includes(asked) || plain(tick.value) === asked);
  }
}

if (list) {
  const order = new Intl.Collator(document.documentElement.lang);
  list.append(...[...list.children].sort((one, other) => order.compare(one.textContent, other.textContent)));
  find.hidden = document.getElementById("country-hint").hidden = false;
  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const asked = plain(find.value.trim());
    const open = [...list.querySelectorAll("label:not([hidden]) input:not(:checked)")];
    const first = open.find((tick) => plain(tick.value) === asked) ?? open[0];
    if (!asked || !first) return;
    first.checked = true;
    list.prepend(first.closest("label"));
    find.value = "";
    narrow();
  });
}
