// Where the lines of text stand: outlined over the picture, once it is revealed.
import { reveal } from "./reveal.js";

const button = document.getElementById("text-boxes");
const frame = document.getElementById("boxed");

button?.addEventListener("click", async () => {
  const on = button.getAttribute("aria-pressed") !== "true";
  if (on) await reveal(frame.querySelector("[data-reveal]"));
  button.setAttribute("aria-pressed", String(on));
  frame.toggleAttribute("data-unmarked", !on);
});
