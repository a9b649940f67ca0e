// What the pages gain where scripts run: search, copying, and where one is. All text
// is there without it.
"use strict";

const root = document.body.dataset.root;

// Copying: of a terminal, the commands without their prompts.
for (const figure of document.querySelectorAll("figure")) {
  const pre = figure.querySelector("pre");
  const commands = figure.querySelectorAll(".cmd");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = commands.length ? [...commands].map((c) => c.textContent).join("\n") : pre.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  figure.append(button);
}

// The heading that is being read, in the list of headings.
const entries = new Map([...document.querySelectorAll(".toc a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
if (entries.size) {
  const headings = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let queued = false;
  const look = () => {
    queued = false;
    let now = headings[0];
    for (const h of headings) if (h.getBoundingClientRect().top < 120) now = h;
    for (const [id, a] of entries) a.classList.toggle("now", id === now.id);
  };
  addEventListener("scroll", () => { if (!queued) { queued = true; requestAnimationFrame(look); } }, { passive: true });
  look();
}

// The page one is on, in a long list of pages.
const here = document.querySelector(".side [aria-current]");
const side = document.querySelector(".side");
if (here && side.scrollHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2;

// Search.
const box = document.querySelector(".search");
const input = document.getElementById("q");
const found = document.getElementById("found");
let index = null;
let chosen = -1;
box.hidden = false;

async function load() {
  if (!index) {
    index = fetch(root + "search.json?v=" + document.body.dataset.version).then((r) => r.json()).then((list) => {
      for (const e of list) {
        e.title = (e.p + " " + (e.h || "")).toLowerCase();
        e.text = e.title + " " + (e.b || "").toLowerCase() + " " + (e.w || "");
      }
      return list;
    });
    index.catch(() => { index = null; });
  }
  return index;
}

function score(e, words) {
  let sum = 0;
  for (const w of words) {
    const title = e.title.indexOf(w);
    if (title >= 0) sum += (title === 0 || /[^a-z0-9]/.test(e.title[title - 1])) ? 40 : 12;
    const at = e.text.indexOf(w, e.title.length);
    if (at >= 0) sum += /[^a-z0-9]/.test(e.text[at - 1]) ? 5 : 1;
    else if (title < 0) return 0;
  }
  if (e.title.trim() === words.join(" ")) sum += 100;
  if (!e.h) sum += 8;
  if (e.s === "Tutorials" || e.s === "How to") sum += 12;
  return sum;
}

function marked(text, words) {
  const span = document.createDocumentFragment();
  const lower = text.toLowerCase();
  let at = 0;
  for (;;) {
    let best = -1, length = 0;
    for (const w of words) {
      const i = lower.indexOf(w, at);
      if (i >= 0 && (best < 0 || i < best)) { best = i; length = w.length; }
    }
    if (best < 0) break;
    span.append(text.slice(at, best));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(best, best + length);
    span.append(mark);
    at = best + length;
  }
  span.append(text.slice(at));
  return span;
}

function choose(i) {
  const options = found.querySelectorAll("a");
  chosen = options.length ? (i + options.length) % options.length : -1;
  options.forEach((o, n) => o.setAttribute("aria-selected", String(n === chosen)));
  if (chosen >= 0) {
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function close() {
  found.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

async function search() {
  const text = input.value.trim().toLowerCase();
  if (!text) return close();
  const words = text.split(/\s+/).map((w) => w.replace(/^[-/`]+|[`.,]+$/g, "")).filter(Boolean);
  if (!words.length) return close();
  let list;
  try {
    list = await load();
  } catch {
    list = null;
  }
  if (input.value.trim().toLowerCase() !== text) return;
  found.replaceChildren();
  const hits = (list || []).map((e) => [score(e, words), e]).filter(([s]) => s > 0);
  hits.sort((a, b) => b[0] - a[0]);
  hits.slice(0, 12).forEach(([, e], i) => {
    const a = document.createElement("a");
    a.href = root + e.u;
    a.id = "found-" + i;
    a.setAttribute("role", "option");
    a.setAttribute("aria-selected", "false");
    const title = document.createElement("b");
    title.append(marked(e.h || e.p, words));
    const where = document.createElement("span");
    where.textContent = e.h ? e.p : e.s || "";
    const begins = document.createElement("small");
    begins.append(marked(e.b || "", words));
    a.append(title, where, begins);
    found.append(a);
  });
  if (!hits.length) {
    const p = document.createElement("p");
    p.textContent = list ? "Nothing has these words." : "The index could not be loaded.";
    found.append(p);
  }
  found.hidden = false;
  input.setAttribute("aria-expanded", "true");
  choose(hits.length ? 0 : -1);
}

input.addEventListener("focus", () => { load().catch(() => {}); });
input.addEventListener("input", search);
input.addEventListener("keydown", (e) => {
  if (e.key === "ArrowDown") { e.preventDefault(); choose(chosen + 1); }
  else if (e.key === "ArrowUp") { e.preventDefault(); choose(chosen - 1); }
  else if (e.key === "Escape") { close(); input.blur(); }
  else if (e.key === "Enter") {
    const option = found.querySelectorAll("a")[chosen];
    if (!found.hidden && option) { e.preventDefault(); location.href = option.href; close(); }
  }
});
addEventListener("click", (e) => { if (!box.contains(e.target)) close(); });
addEventListener("keydown", (e) => {
  if (e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !/^(input|textarea|select)$/i.test(e.target.tagName)) {
    e.preventDefault();
    input.focus();
  }
});
