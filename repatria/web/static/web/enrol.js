// Enrolment: the code comes after # in the address and leaves it at once; the delegate's key is made on the way.

import { makeKey } from "./keys.js";

const code = document.getElementById("code");
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}

const author = document.querySelector("[data-author]")?.dataset.author;
if (author) {
  // A browser that makes no such keys still logs in; whoever appoints sees that no key has come.
  const making = makeKey(author).catch(() => undefined);
  for (const form of document.querySelectorAll("form:has(input[name='key'])")) {
    form.addEventListener("submit", async (event) => {
      if (form.dataset.ready) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // the passkey is asked for once the key is there
      form.elements.key.value = (await making)?.public ?? "";
      form.dataset.ready = "yes";
      setTimeout(() => form.requestSubmit()); // a form that is being sent cannot be sent again before that has ended
    });
  }
}
