// What is shown once is gone when its page is left: a browser may keep the page as it was, and show it again at "back".

addEventListener("pagehide", () => {
  for (const shown of document.querySelectorAll("[data-once]")) shown.remove();
});
