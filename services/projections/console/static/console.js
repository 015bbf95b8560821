// The console's own script: commands as JSON through the front door, and what became of them. Keys: keys.js.
// No words here: texts come from the server. Nothing is lost: a form keeps its content until the record has answered.
"use strict";

const byId = (id) => document.getElementById(id);
const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
const newKey = () => hex(crypto.getRandomValues(new Uint8Array(16)));

// --- what a form says, as JSON -------------------------------------------------------------------------------------

// The instant of a wall-clock time in a zone: guess UTC, then correct by the zone's offset there.
function instant(local, zone) {
  const wall = Date.parse(local + "Z");
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
    minute: "2-digit", second: "2-digit",
  });
  const shownAt = (ms) => {
    const at = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
    return Date.parse(`${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}:${at.second}Z`);
  };
  let guess = wall;
  for (let i = 0; i < 2; i += 1) guess += wall - shownAt(guess);
  return new Date(guess).toISOString();
}

function bodyOf(form) {
  const body = {};
  for (const field of form.querySelectorAll("[data-kind]")) {
    const { name, value } = field;
    switch (field.dataset.kind) {
      case "place": break;
      case "flag": body[name] = field.checked; break;
      case "several": if (field.checked) (body[name] ??= []).push(value); break;
      case "count": if (value) body[name] = Number(value); break;
      case "money": if (value) body[name] = Math.round(Number(value) * 100); break;
      case "time": if (value) body[name] = instant(value, form.dataset.zone); break;
      default: if (value.trim()) body[name] = value;
    }
  }
  return body;
}

// Where it is sent: a `{name}` in the address is what the field of that name says.
function addressOf(form) {
  const said = (_, name) => encodeURIComponent(form.querySelector(`[name="${name}"]`).value.trim());
  return form.getAttribute("action").replace(/{([a-z_]+)}/g, said);
}

// While something goes on, nothing of the form is sent.
function busy(form, on) {
  form.querySelector("button:not([type=button])").disabled = on;
  if (on) form.setAttribute("aria-busy", "true"); else form.removeAttribute("aria-busy");
}

// A chosen file stays where it is: what it is called, its kind, size and fingerprint go into the fields beside it.
async function fingerprint(picker) {
  const form = picker.closest("form"), [file] = picker.files;
  const kind = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(file?.type) ? file.type : "application/octet-stream";
  const tell = (name, value) => { form.querySelector(`[name="${name}"]`).value = value; };
  for (const name of ["name", "media_type", "size_bytes", "sha256"]) tell(name, "");
  busy(form, Boolean(file));
  if (!file) return;
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    if (picker.files[0] !== file) return;
    tell("name", file.name);
    tell("media_type", kind);
    tell("size_bytes", file.size);
    tell("sha256", hex(new Uint8Array(digest)));
  } catch {
    show(form, byId("unreadable").content.cloneNode(true));
  } finally {
    if (picker.files[0] === file) busy(form, false);
  }
}

function inWords(form) {
  const said = [];
  for (const field of form.querySelectorAll("select, textarea, input:not([type=hidden], [type=file])")) {
    const value = field.type === "checkbox" ? (field.checked ? field.closest("label").textContent : "")
      : field.tagName === "SELECT" ? field.selectedOptions[0].textContent : field.value;
    if (value.trim()) said.push(value.trim());
  }
  return said.join("\n");
}

function openForm(id) {
  const form = byId(id);
  form.open = true;
  form.querySelector("form [name]:not([type=hidden]), form button").focus();
}

// --- sending -------------------------------------------------------------------------------------------------------

// What cannot be taken back is asked once more, with what it means. A try again of what was sent was asked before.
function sure(form) {
  const asking = form.querySelector("dialog");
  if (!asking) return true;
  const said = asking.open || "key" in form.dataset;
  if (said) asking.close(); else asking.showModal();
  return said;
}

// A key stands for one command until the record has answered: sending again cannot double it.
async function send(form) {
  if (form.hasAttribute("aria-busy")) return;
  const key = (form.dataset.key ||= newKey());
  busy(form, true);
  try {
    await answer(form, await fetch(addressOf(form), {
      method: "POST", body: JSON.stringify(bodyOf(form)), signal: AbortSignal.timeout(20000),
      headers: {
        "Content-Type": "application/json", "Idempotency-Key": key,
        ...(form.dataset.pin && { "If-Match": form.dataset.pin }),
        ...(form.dataset.code && { "Tracking-Code": form.dataset.code }),
      },
    }));
  } catch {
    show(form, byId("unreachable").content.cloneNode(true));
  } finally {
    busy(form, false);
  }
}

async function answer(form, response) {
  const position = response.headers.get("Complaint-Position");
  if (response.status === 201 && !form.hasAttribute("data-made")) return recorded(form, position);
  const told = await response.json().catch(() => ({}));
  if (response.status === 201) return made(form, told, position);
  if (response.status === 202) return waiting(form);
  if (response.status < 500) delete form.dataset.key;
  if (response.status === 412) return part(form, `${form.dataset.faster}?seen=${encodeURIComponent(form.dataset.pin)}`, told, position);
  return part(form, `${form.dataset.answers}/${response.status}?code=${encodeURIComponent(told.code || "")}`, told);
}

// Written and not yet judged: ask again with the same key until the record has said.
async function waiting(form) {
  await part(form, `${form.dataset.answers}/202`, {});
  const rounds = (form.dataset.rounds = Number(form.dataset.rounds || 0) + 1);
  if (rounds < 30) setTimeout(() => send(form), 1000);
}

async function part(form, url, told, position) {
  const response = await fetch(url, { headers: position ? { "Complaint-Position": position } : {} });
  if (response.redirected) return part(form, `${form.dataset.answers}/401`, {});
  if (!response.ok) return show(form, byId("unreachable").content.cloneNode(true));
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return show(form, parsed.body, told);
}

function show(form, content, told = {}) {
  const place = form.querySelector(".answer");
  place.replaceChildren(...Array.from(content.childNodes));
  fill(place, "[data-detail]", place.querySelector("[data-worded]") || told.errors ? "" : told.detail || "");
  fill(place, "[data-own]", inWords(form));
  const reference = place.querySelector("[data-reference]");
  if (reference && told.trace_id) { reference.hidden = false; reference.querySelector(".mono").textContent = told.trace_id; }
  nameErrors(form, told.errors || []);
  place.focus();
}

// What is wrong with which field: by its label in the list, and at the field itself.
function nameErrors(form, errors) {
  const describe = (field, ...ids) => field.setAttribute("aria-describedby", ids.filter(byId).join(" "));
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    describe(field, `${field.id}-hint`);
  }
  const worded = (code) => byId("wrong").content.querySelector(`[data-code="${CSS.escape(code)}"]`);
  for (const error of errors) {
    const field = form.querySelector(`[name="${CSS.escape(error.pointer.replace(/^(#\/|[a-z]+:)/, "").split("/")[0])}"]`);
    const named = { "{field}": field?.dataset.label || error.pointer, "{why}": error.detail };
    const line = document.createElement("li");
    line.textContent = (worded(error.code) || worded("other")).textContent.replace(/{field}|{why}/g, (name) => named[name]);
    form.querySelector("[data-errors]")?.append(line);
    if (!field) continue;
    line.id = `${field.id || field.name}-wrong`;
    field.setAttribute("aria-invalid", "true");
    describe(field, line.id, `${field.id}-hint`);
  }
}

function fill(place, selector, text) {
  const slot = place.querySelector(selector);
  if (slot) slot.textContent = text;
}

// A page as of a place in the log; null where the views do not come that far in time.
async function pageAt(url, position) {
  for (let round = 0; round < 5; round += 1) {
    const response = await fetch(url, { headers: position ? { "Complaint-Position": position } : {} });
    if (response.ok && !response.redirected) return response.text();
  }
  return null;
}

// Whether something was begun in a form: words, a choice, a file; or its answer is still to come, or not known.
function begun(form) {
  const first = ({ options: [...all] }) => (all.find((one) => one.defaultSelected) ?? all[0])?.value ?? "";
  return form.hasAttribute("aria-busy") || "key" in form.dataset
    || Array.from(form.querySelectorAll("input, select, textarea")).some((field) =>
      field.type === "checkbox" ? field.checked !== field.defaultChecked
        : field.value !== (field.tagName === "SELECT" ? first(field) : field.defaultValue));
}

// A form that was begun goes into the new page as it stands; what its reader saw is now what this page shows.
function keep(form) {
  const place = document.querySelector(`#${CSS.escape(form.closest("details").id)} > form`);
  if (!place) return;
  if (place.dataset.pin) form.dataset.pin = place.dataset.pin;
  place.replaceWith(form);
  form.closest("details").open = true;
}

// It is recorded: show the page as of that place in the log, and say so.
async function recorded(done, position) {
  const texts = [byId("recorded-later"), byId("recorded")].map((one) => one.content.cloneNode(true));
  const html = await pageAt(location.href, position);
  if (html !== null) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const others = Array.from(byId("main").querySelectorAll("details > [data-command]")).filter((one) => one !== done && begun(one));
    byId("main").replaceWith(page.getElementById("main"));
    others.forEach(keep);
    htmx.process(byId("main"));
  }
  say(texts[html === null ? 0 : 1]);
}

// A new case is recorded: its tracking code takes the place of the form, and the way to it comes once there is one.
async function made(form, told, position) {
  const shown = byId("made").content.cloneNode(true);
  const way = shown.querySelector("[data-case]");
  fill(shown, "[data-code]", told.tracking_code);
  way.href = `/console/cases/${told.complaint_id}`;
  form.replaceWith(shown);
  say(byId("recorded").content.cloneNode(true));
  await pageAt(way.href, position);
  way.hidden = false;
}

function say(text) {
  const status = byId("status");
  status.className = "banner ok";
  status.replaceChildren(text);
  byId("title")?.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

// What was asked for anew has come. A countdown is silent but where it is at another stage than before.
function countDown() {
  const now = byId("fresh-area")?.dataset, status = byId("status");
  if (!now?.stage || !status || now.stage === status.dataset.stage) return;
  status.dataset.stage = now.stage;
  if (now.stage !== "none") status.textContent = now.said;
}

// A part that stands for what is still to come says so while it comes; what lives is replaced once it is there.
function loading(event, busy) {
  const part = event.target.closest?.("[data-part]");
  if (part) busy ? part.setAttribute("aria-busy", "true") : part.removeAttribute("aria-busy");
}

// --- wiring --------------------------------------------------------------------------------------------------------

function onClick(event) {
  const button = event.target.closest("[data-again], [data-keep], [data-pin-now], [data-open], [data-keys], [data-no]");
  if (!button) return;
  const form = button.closest("form");
  if (button.hasAttribute("data-keys")) { byId("all-keys").showModal(); return; }
  if (button.dataset.open) { event.preventDefault(); openForm(button.dataset.open); return; }
  if (button.hasAttribute("data-keep")) { recorded(form, null); return; }
  if (button.hasAttribute("data-no")) { button.closest("dialog").close(); return; }
  if (button.dataset.pinNow) form.dataset.pin = button.dataset.pinNow;
  form.requestSubmit();
}

document.addEventListener("click", onClick);
document.addEventListener("change", (event) => { if (event.target.matches("[data-fingerprint]")) fingerprint(event.target); });
document.addEventListener("htmx:before:request", (event) => loading(event, true));
document.addEventListener("htmx:finally:request", (event) => loading(event, false));
document.addEventListener("htmx:after:swap", countDown);
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-command]")) return;
  event.preventDefault();
  event.target.dataset.rounds = 0;
  if (sure(event.target)) send(event.target);
});
document.addEventListener("DOMContentLoaded", () => {
  const door = document.querySelector("[data-door] [name=tz]");
  if (door) door.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
});
