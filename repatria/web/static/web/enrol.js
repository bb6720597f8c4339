// Enrolment: the code comes after # in the address and leaves it at once; the delegate's key is made on the way.

import { ensureKey } from "./keys.js";

const code = document.getElementById("code");
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}

const author = document.querySelector("[data-author]")?.dataset.author;
if (author) {
  // A browser that makes no such keys still logs in; whoever appoints sees that no key has come.
  const key = await ensureKey(author).catch(() => undefined);
  for (const field of document.querySelectorAll('input[name="key"]')) field.value = key?.public ?? "";
}
