// Judging by single keys: each key presses the button that shows it. Keys go by their place on the keyboard, so that
// they are the same in every alphabet; they can be switched off, and are while somebody writes.

const STORED = "repatria-keys";
const on = () => sessionStorage.getItem(STORED) !== "off";

function prepare() {
  const box = document.querySelector("#keys");
  if (box === null) return;
  box.checked = on();
  box.closest("label").hidden = false;
  box.addEventListener("change", () => sessionStorage.setItem(STORED, box.checked ? "on" : "off"));
}

let waiting = false; // for the next pair: a key pressed meanwhile would judge one that nobody has seen

function writing(target) {
  return target.matches("input:not([type=checkbox]), textarea, select");
}

document.addEventListener("keydown", (event) => {
  if (!on() || waiting || event.repeat || event.ctrlKey || event.altKey || event.metaKey || writing(event.target)) return;
  const pressed = document.querySelector(`#pair [data-key="${event.code}"]`);
  if (pressed === null || pressed.disabled) return;
  event.preventDefault();
  pressed.click();
});

// The next pair has come: whoever listens to the page hears how many are left, and keys go on working.
document.body.addEventListener("htmx:beforeRequest", () => { waiting = true; });
for (const ended of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(ended, () => { waiting = false; });
}
document.body.addEventListener("htmx:afterSettle", (event) => {
  waiting = false;
  prepare();
  if (event.detail.target.id === "pair") document.querySelector("#pair").focus({ preventScroll: true });
});
prepare();
