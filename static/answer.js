// Tells that a person has the page of a personal link before them. What reads mail by machine does not
// stay: the page is told of after it has been seen for a moment.
"use strict";

const opened = document.querySelector("[data-opened]");
let told = false;

function tell() {
  if (told || !opened || document.visibilityState !== "visible") return;
  told = true;
  fetch(opened.action, { method: "POST", body: new FormData(opened), keepalive: true }).catch(() => {});
}

window.setTimeout(() => {
  tell();
  document.addEventListener("visibilitychange", tell);
}, 2000);
