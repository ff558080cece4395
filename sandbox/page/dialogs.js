// Links are shown, never followed: what leads out of the sandbox stays unopened.

import { make, one } from "./make.js";
import { say } from "./words.js";

export function wireDialogs(tell) {
  for (const dialog of document.querySelectorAll("dialog")) {
    for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
  one("#link-copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(one("#link-address").textContent);
      tell(say("copied"));
      one("#link-copy").textContent = say("copied");
    } catch {
      tell(say("copy-failed"));
    }
  });
  document.addEventListener("click", (event) => {
    const shot = event.target.closest?.("[data-picture]");
    if (shot) showPicture(shot);
  });
}

export function alertText(text) {
  one("#alert-text").textContent = text;
  one("#alert").showModal();
}

/** choices: [label, work] of what can be done with the link inside of the sandbox. */
export function showLink(url, words, choices) {
  const dialog = one("#link");
  one("#link-address").textContent = url;
  one("#link-words").textContent = words;
  one("#link-copy").textContent = say("copy");
  one("#link-choices").replaceChildren(...choices.map(([label, work]) =>
    make("button", { type: "button", class: "chip accent", onclick: () => { dialog.close(); work(); } }, label)));
  dialog.showModal();
}

function showPicture(shot) {
  one("#picture-name").textContent = say("picture");
  const image = one("#picture-image");
  image.src = one("img", shot).src;
  image.alt = say("picture");
  one("#picture").showModal();
}
