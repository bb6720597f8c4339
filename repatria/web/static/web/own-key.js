// Says whether this browser has the key that the node knows.

import { keptKey } from "./keys.js";

const shown = document.querySelector("[data-public]");
if (shown) {
  const found = await keptKey(shown.dataset.author);
  const here = found?.public === shown.dataset.public;
  shown.querySelector(here ? "[data-here]" : "[data-elsewhere]").hidden = false;
}
