// Says whether this browser has the key that the node knows, and makes the one that is to take its place.

import { keyWith, nextKey } from "./keys.js";

const shown = document.querySelector("[data-public]");
if (shown) {
  const here = (await keyWith(shown.dataset.author, shown.dataset.public)) !== undefined;
  shown.querySelector(here ? "[data-here]" : "[data-elsewhere]").hidden = false;
}

const form = document.querySelector("form[data-replace]");
if (form) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { author, exchange, key } = form.dataset;
    try {
      const made = await nextKey(author, key);
      // repatria/exchange/events.py: rotation_text
      const text = ["repatria/rotate/v1", exchange, author, key, made.public].join("\0");
      const signed = await crypto.subtle.sign("Ed25519", made.signer, new TextEncoder().encode(text));
      form.elements.new.value = made.public;
      form.elements.signature.value = Array.from(new Uint8Array(signed), (b) => b.toString(16).padStart(2, "0")).join("");
    } catch {
      // The node says that no key has come, and what to do.
    }
    form.submit();
  });
}
