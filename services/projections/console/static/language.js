// Another language without losing what was typed: the page comes in its words, and what was begun goes into its forms.
// No words here. Where nothing was begun, the form of the languages is sent as any other.
"use strict";

const homeOf = (form) => form.closest("[id]").id;

function placeOf(field, form) {
  const same = (one) => one.type === field.type && one.name === field.name && (one.type !== "checkbox" || one.value === field.value);
  return Array.from(form.querySelectorAll(field.tagName)).find(same);
}

// A chosen file cannot be written into another field: the field itself goes along.
function carry(from) {
  const to = document.querySelector(`#${CSS.escape(homeOf(from))} > [data-command]`);
  if (!to) return;
  for (const field of from.querySelectorAll("input, select, textarea")) {
    const place = placeOf(field, to);
    if (field.type === "file") place?.replaceWith(field);
    else if (place) { place.value = field.value; place.checked = field.checked; }
  }
  if (from.dataset.key) to.dataset.key = from.dataset.key;
  if (to.parentElement.matches("details")) to.parentElement.open = true;
}

async function reword(form, button, kept) {
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer?.ok || new URL(answer.url).pathname !== location.pathname) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.body.replaceWith(page.body);
  kept.forEach(carry);
  rememberKeys();
  htmx.process(document.body);
  document.querySelector(".lang [aria-current]")?.focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".lang")) return;
  const kept = Array.from(document.querySelectorAll("[data-command]")).filter(begun);
  if (!kept.length || kept.some((one) => one.hasAttribute("aria-busy"))) return;
  event.preventDefault();
  reword(event.target, event.submitter, kept);
});
