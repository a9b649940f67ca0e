// The script of the front page: search, filters and order of the table, kept in the
// address; and the check of a project, which stays in the browser. Without it the
// table is whole.
"use strict";
(() => {
  const $ = (selector) => document.querySelector(selector);
  const table = $("#table");
  if (!table) return;

  // ---- the table -------------------------------------------------------------

  const form = $("#filters");
  const fields = ["q", "state", "py", "os", "gil", "sort"];
  const bodies = [...table.tBodies]; // of a large table, groups of rows that are laid out when they come into sight
  let large = table.classList.contains("large");
  const heads = [...table.tHead.rows[0].cells];
  const keys = heads.map((th) => th.dataset.k);
  const platforms = table.dataset.platforms.split(" ");
  const pythons = keys.slice(keys.indexOf("os") + 1, keys.indexOf("gil"));
  const options = (name) => [...form.elements[name].options].map((o) => o.value).filter(Boolean);
  const ranks = {
    state: options("state"), gil: options("gil"), py: ["yes", "part", "no"],
    declared: ["", "unstable", "unspecified", "beta", "stable", "resilient"],
    strip: "nabposxu",
  };

  // What the table says, read once and when it is first needed.
  let rows = null;
  const read = () => rows ??= bodies.flatMap((body) => [...body.rows]).map((tr, i) => {
    const text = (key) => tr.cells[keys.indexOf(key)].textContent;
    const strip = tr.cells[keys.indexOf("os")].classList[1].slice(2);
    return {
      tr, i, strip, name: tr.cells[0].firstElementChild.textContent, state: text("state"), gil: text("gil"), since: text("since"),
      deps: text("deps"), declared: text("declared"), age: text("age"), impact: Number(tr.dataset.n ?? 0),
      py: Object.fromEntries(pythons.map((p) => [p, text(p)])), shown: true,
    };
  });

  const state = Object.fromEntries(fields.map((f) => [f, ""]));

  // A value may begin with "-", for what is not so, or "~", for what is so in part.
  const split = (value) => /^[-~]/.test(value) ? [value[0], value.slice(1)] : ["", value];
  const wheel = (letter) => "nabp".includes(letter);

  // All but the state, which is asked for apart: each state says how many rows there
  // are of it among those that are so otherwise.
  const match = () => {
    const q = state.q.trim().toLowerCase().replace(/[-_.]+/g, "-");
    const [pyHow, py] = split(state.py);
    const [osHow, os] = split(state.os);
    const at = platforms.indexOf(os);
    return (r) => r.name.includes(q) &&
      (!state.gil || r.gil === state.gil) &&
      (!pythons.includes(py) || r.py[py] === (pyHow === "-" ? "no" : pyHow === "~" ? "part" : "yes")) &&
      (at < 0 || wheel(r.strip[at]) === (osHow !== "-"));
  };

  // Versions are compared by the numbers at their beginning, which is what an order
  // of a table needs.
  const numbers = (v) => (v.match(/^\d+(?:[.!]\d+)*/)?.[0] ?? "").split(/[.!]/).map(Number);
  const compareNumbers = (a, b) => {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) - (b[i] ?? 0);
    }
    return 0;
  };
  const hours = (age) => age === "now" ? 0 : age === "never" ? Infinity : parseInt(age, 10) * (age.endsWith("d") ? 24 : 1);
  const blockers = (deps) => deps === "none" ? 0 : deps === "fine" ? 1 : deps === "–" ? 2 : deps === "unknown" ? 3 : 4 + Number(/\+(\d+)$/.exec(deps)?.[1] ?? 0);
  const bars = (strip) => [...strip].reduce((n, letter) => n - ranks.strip.indexOf(letter), 0);

  const value = {
    state: (r) => ranks.state.indexOf(r.state), gil: (r) => ranks.gil.indexOf(r.gil), os: (r) => -bars(r.strip), deps: (r) => blockers(r.deps),
    declared: (r) => ranks.declared.indexOf(r.declared), age: (r) => hours(r.age), impact: (r) => -r.impact,
  };
  const order = (key) => {
    if (pythons.includes(key)) return (a, b) => ranks.py.indexOf(a.py[key]) - ranks.py.indexOf(b.py[key]);
    // Those that have no such release come last, whichever way.
    if (key === "since") return (a, b) => compareNumbers(numbers(a.since), numbers(b.since));
    return value[key] ? (a, b) => value[key](a) - value[key](b) || 0 : () => 0;
  };

  let sorted = ""; // the order that the rows are in
  const arrange = () => {
    if (state.sort === sorted) return;
    sorted = state.sort;
    const [how, key] = split(sorted || "name");
    const compare = order(key);
    const sign = how === "-" ? -1 : 1;
    const list = [...read()].sort((a, b) => {
      if (key === "since" && !a.since !== !b.since) return a.since ? -1 : 1;
      return sign * compare(a, b) || (key === "name" ? sign : 1) * (a.i - b.i);
    });
    const size = Math.ceil(list.length / bodies.length);
    bodies.forEach((body, i) => body.replaceChildren(...list.slice(i * size, (i + 1) * size).map((r) => r.tr)));
    heads.forEach((th) => {
      if (th.dataset.k === key) th.setAttribute("aria-sort", how === "-" ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
  };

  const apply = () => {
    const untouched = !rows && fields.every((f) => !state[f]);
    if (untouched) return;
    arrange();
    const ok = match();
    let n = 0;
    const counts = {};
    for (const r of read()) {
      const fits = ok(r);
      if (fits) counts[r.state] = (counts[r.state] ?? 0) + 1;
      const shown = fits && (!state.state || r.state === state.state);
      if (shown) n++;
      if (shown !== r.shown) r.tr.hidden = !(r.shown = shown);
    }
    for (const o of form.elements.state.options) {
      const text = o.value && `${o.value} (${counts[o.value] ?? 0})`;
      if (text && o.textContent !== text) o.textContent = text;
    }
    if (large) fit();
    const all = rows.length;
    const things = (m) => m === 1 ? "1 package" : `${m} packages`;
    $("#found").textContent = n === all ? things(all) : `${n} of ${things(all)}`;
    $("#none").hidden = n > 0;
  };

  // fit tells each group how high it will be, so that the page is as long as it has to be.
  const fit = () => {
    const counts = new Map(bodies.map((b) => [b, 0]));
    for (const r of rows) {
      if (r.shown) counts.set(r.tr.parentNode, counts.get(r.tr.parentNode) + 1);
    }
    height ||= bodies[0].rows[0]?.offsetHeight ?? 0;
    for (const [body, n] of counts) {
      body.hidden = n === 0;
      body.style.containIntrinsicBlockSize = `${n * (height || 41)}px`;
    }
  };
  let height = 0; // of a row
  window.addEventListener("resize", () => { height = 0; });

  // Assistive technology is told of rows that are laid out, and of no others. Who
  // needs all of them at once asks for it, and waits a little longer for filters.
  $("#whole")?.addEventListener("click", (e) => {
    large = false;
    table.classList.remove("large");
    for (const body of bodies) {
      body.hidden = false;
      body.style.removeProperty("contain-intrinsic-block-size");
    }
    table.tabIndex = -1;
    table.focus();
    e.target.parentNode.remove();
  });

  const toAddress = () => {
    const query = new URLSearchParams();
    for (const f of fields) if (state[f]) query.set(f, state[f]);
    const text = query.toString();
    try {
      history.replaceState(null, "", (text ? "?" + text : location.pathname) + location.hash);
    } catch { /* a page that has no address of its own, or too many changes a second */ }
  };

  const fromAddress = () => {
    const query = new URLSearchParams(location.search);
    for (const f of fields) {
      const field = form.elements[f];
      const wanted = query.get(f) ?? "";
      state[f] = field.options && ![...field.options].some((o) => o.value === wanted) ? "" : wanted;
      field.value = state[f];
    }
    apply();
  };

  const change = (f, wanted) => {
    state[f] = form.elements[f].value = wanted;
    apply();
    toAddress();
  };

  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("input", (e) => {
    if (fields.includes(e.target.name)) change(e.target.name, e.target.value);
  });
  const reset = () => {
    for (const f of fields) state[f] = form.elements[f].value = "";
    apply();
    toAddress();
  };
  form.addEventListener("reset", (e) => { e.preventDefault(); reset(); });
  $("#reset").addEventListener("click", () => { reset(); form.elements.q.focus(); });

  for (const link of document.querySelectorAll('.states a[href^="?state="]')) {
    link.addEventListener("click", (e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      change("state", new URLSearchParams(link.search).get("state"));
      $("#packages").scrollIntoView();
      form.elements.state.focus({ preventScroll: true });
    });
  }

  heads.forEach((th) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const key = th.dataset.k;
      const up = key === "name" ? "" : key;
      change("sort", th.getAttribute("aria-sort") === "ascending" ? "-" + key : up);
    });
  });

  table.addEventListener("mouseover", (e) => {
    const td = e.target.closest("td.p");
    if (td && !td.title) td.title = td.textContent;
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !e.target.closest("input, select, textarea")) {
      e.preventDefault();
      form.elements.q.focus();
    }
  });
  window.addEventListener("popstate", fromAddress);
  fromAddress();

  // ---- check your project ----------------------------------------------------

  const project = $("#project");
  const answer = $("#answer");
  const normal = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");

  // Names and versions in the text of a file: of the packages of a lock file (uv,
  // poetry, pdm, pylock), or of the lines of a requirements file.
  const requirements = (text) => {
    const found = new Map();
    const add = (name, version) => {
      if (/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(name)) found.set(normal(name), version ?? found.get(normal(name)) ?? "");
    };
    if (/^\s*\[\[packages?\]\]\s*$/m.test(text)) {
      for (const block of text.split(/^\s*\[\[packages?\]\]\s*$/m).slice(1)) {
        const own = block.split(/^\s*\[/m)[0];
        const string = (key) => new RegExp(`^\\s*${key}\\s*=\\s*["']([^"'\\n]*)["']`, "m").exec(own)?.[1];
        // The project itself is in some of these files.
        if (/^\s*source\s*=\s*\{\s*(?:virtual|editable)\s*=/m.test(own)) continue;
        if (string("name")) add(string("name"), string("version"));
      }
      return found;
    }
    for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
      const bare = line.replace(/(^|\s)#.*$/, "").trim();
      const m = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:$|[;,@(<>=!~ ])/i.exec(bare);
      if (m && !bare.startsWith("-")) add(m[1], /===?\s*([^\s;,*]+)\s*(?:;|$|\s)/.exec(bare)?.[1]);
    }
    return found;
  };

  const el = (name, attributes, ...children) => {
    const e = document.createElement(name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    e.append(...children);
    return e;
  };
  const word = (v) => /^[a-z-]+$/.test(v) ? v : "other";
  const badge = (s) => el("span", { class: "s " + word(s) }, s);
  const link = (name) => el("a", { href: `p/${encodeURIComponent(name)}/` }, name);

  let status = null;
  const load = () => status ??= fetch(project.dataset.status).then((r) => {
    if (!r.ok) throw new Error(`${r.status} ${r.statusText}`);
    return r.json();
  }).catch((e) => { status = null; throw e; });

  const hinders = new Set(["gil-on", "source-only", "none"]);

  // judge looks at what is named and at all that it requires.
  const judge = (doc, wanted) => {
    const known = new Map(doc.packages.map((p) => [p.name, p]));
    const seen = new Map(); // name to the one that brought it in, null for what was named
    const queue = [...wanted.keys()].map((name) => [name, null]);
    while (queue.length) {
      const [name, from] = queue.shift();
      if (seen.has(name)) continue;
      seen.set(name, from);
      for (const r of known.get(name)?.requires ?? []) queue.push([r, name]);
    }
    const out = { inTheWay: [], unknown: [], partial: [], fine: [], old: [], python: doc.python };
    for (const [name, from] of seen) {
      const p = known.get(name);
      const row = { name, from, p, version: wanted.get(name) ?? "" };
      const own = p?.own || p?.state;
      if (!p || own === "unknown" || (p.state === "unknown" && own !== "gil-on")) out.unknown.push(row);
      else if (hinders.has(own)) out.inTheWay.push(row);
      else if (own === "clear") out.fine.push(row);
      else out.partial.push(row);
      const first = p?.since?.[doc.python]?.version;
      if (first && row.version && compareNumbers(numbers(row.version), numbers(first)) < 0) out.old.push({ ...row, first });
    }
    for (const list of Object.values(out)) if (Array.isArray(list)) list.sort((a, b) => a.name < b.name ? -1 : 1);
    return out;
  };

  const things = (n, one, many) => n === 1 ? `1 ${one}` : `${n} ${many}`;
  const listing = (title, list, says) => list.length ? [
    el("h3", {}, title),
    el("ul", { class: "plainlist" }, ...list.map((r) => el("li", {},
      ...(r.p ? [link(r.name), " ", badge(r.p.own || r.p.state)] : [r.name]), " ", says(r), ...(r.from ? [el("span", { class: "kind" }, ` required by ${r.from}`)] : [])))),
  ] : [];

  const show = (doc, wanted) => {
    const a = judge(doc, wanted);
    const all = a.inTheWay.length + a.unknown.length + a.partial.length + a.fine.length;
    const direct = wanted.size;
    let sentence = `Nothing known keeps this from Python ${a.python}.`;
    if (a.inTheWay.length) sentence = `${things(a.inTheWay.length, "package has", "packages have")} to change before this goes without the GIL on Python ${a.python}. Each is required, so nothing less does it.`;
    else if (a.unknown.length) sentence = `Nothing known is in the way on Python ${a.python}, but of ${things(a.unknown.length, "package it is not known", "packages it is not known")}.`;
    answer.replaceChildren(
      el("p", { class: "big", id: "sentence" }, el("b", {}, sentence)),
      el("p", { class: "sub" }, `${things(direct, "package was", "packages were")} named, ${all} with all that they require. This is about the newest releases as of ${doc.generated.slice(0, 10)}.`),
      ...listing("In the way", a.inTheWay, (r) => r.p.own === r.p.state || !r.p.own ? r.p.reason ?? "" : ""),
      ...listing(`Newer ones needed on ${a.python}`, a.old, (r) => `you have ${r.version}, the first with a wheel for ${a.python} is ${r.first}`),
      ...listing("In part, or slower", a.partial, (r) => r.p.own === r.p.state || !r.p.own ? r.p.reason ?? "" : ""),
      ...listing("Not known", a.unknown, (r) => r.p ? r.p.reason ?? "" : "is not watched here; ftpkg ready tells"),
      ...(a.fine.length ? [el("details", {}, el("summary", {}, `Fine: ${a.fine.length}`), el("p", {}, ...a.fine.flatMap((r, i) => i ? [", ", link(r.name)] : [link(r.name)])))] : []),
    );
  };

  const check = async (text) => {
    const wanted = requirements(text);
    if (!wanted.size) {
      answer.replaceChildren(el("p", { class: "notice warn" }, "No names of packages were found in that."));
      return;
    }
    try {
      show(await load(), wanted);
    } catch (e) {
      answer.replaceChildren(el("p", { class: "notice warn" }, `The status of the packages could not be read (${e.message}). A page that is opened from a disk cannot read it; ftpkg serve can show it.`));
    }
  };

  const most = 20e6; // bytes
  let taken = { short: null, text: "" }; // the last file, and what the field shows of it
  const take = async (file) => {
    if (!file) return;
    if (file.size > most) {
      answer.replaceChildren(el("p", { class: "notice warn" }, `${file.name} is too large to be a lock file.`));
      return;
    }
    const text = await file.text();
    // A large text is kept aside: a field with it would be slow.
    const short = text.length < 20000 ? text : `# ${file.name}, ${text.length} characters`;
    $("#names").value = short;
    taken = { short, text };
    await check(text);
  };
  project.addEventListener("submit", (e) => {
    e.preventDefault();
    const text = $("#names").value;
    check(text === taken.short ? taken.text : text);
  });
  $("#file").addEventListener("change", async (e) => { await take(e.target.files[0]); e.target.value = ""; });
  const drop = $("#drop");
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (e) => { e.preventDefault(); take(e.dataTransfer.files[0]); });

  performance.mark("ftpkg-ready");
})();
