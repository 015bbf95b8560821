// Single keys: j and k walk the rows, Enter opens, c and h open a form, / searches, ? lists them; never inside a field.
// No words here, and nothing that only a key can do. Forms and what is sent: console.js.
"use strict";

function rows() { return Array.from(document.querySelectorAll("[data-row] .title")); }

function walk(step) {
  const all = rows();
  const here = all.findIndex((link) => link === document.activeElement);
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  if (next) { next.focus(); next.closest("tr").scrollIntoView({ block: "nearest" }); }
}

// The form of that key: on this page, or on the page of the case whose row has the focus.
function command(key) {
  const here = document.querySelector(`[data-key="${key}"]`);
  if (here) { openForm(here.dataset.open); return; }
  const row = document.activeElement.closest("[data-row]");
  if (row) location.assign(`${row.querySelector(".title").getAttribute("href")}#key-${key}`);
}

function onKey(event) {
  const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
  const off = byId("keys-on") && !byId("keys-on").checked;
  if (typing || off || event.ctrlKey || event.metaKey || event.altKey) return;
  const acts = {
    j: () => walk(1), k: () => walk(-1), c: () => command("c"), h: () => command("h"),
    "/": () => byId("q")?.focus(), "?": () => byId("all-keys")?.showModal(),
  };
  if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
}

function rememberKeys() {
  const box = byId("keys-on");
  if (!box) return;
  box.checked = localStorage.getItem("keys") !== "off";
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
}

document.addEventListener("keydown", onKey);
document.addEventListener("DOMContentLoaded", () => {
  rememberKeys();
  const asked = /^#key-([a-z])$/.exec(location.hash);
  if (asked) command(asked[1]);
});
