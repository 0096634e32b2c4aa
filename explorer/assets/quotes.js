const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const state = states.get(root) ?? { cards: new Map(), closed: new Set() };
  states.set(root, state);
  state.send = setTriggerValue;
  state.linked = data.linked ?? false;
  const cards = new Map();
  for (const quote of data.quotes) {
    const made = JSON.stringify(quote);
    const old = state.cards.get(quote.id);
    cards.set(quote.id, old?.made === made ? old : { made, ...(quote.brief ? brief(quote, state) : card(quote, data.families, state)) });
    cards.get(quote.id).showWhole(data.answers[quote.id] ?? null);
    cards.get(quote.id).showCollected(quote.citable ? data.collected ?? null : null);
  }
  state.cards = cards;
  const legend = element("div", { class: "legend" }, ...Object.entries(data.families).map(([family, name]) =>
    element("span", { style: `--hue: var(--${family})` }, element("i"), name)),
    element("span", { class: "doubtful" }, element("i"), "dashed, with a ?: for review"));
  const wanted = [...(data.quotes.every((quote) => quote.brief) ? [] : [legend]), ...[...cards.values()].map((entry) => entry.node)];
  const kept = wanted.length === root.children.length && wanted.every((node, place) => node === legend || root.children[place] === node);
  if (!kept) root.replaceChildren(...wanted);
  if (state.page !== undefined && state.page !== data.page) root.scrollIntoView({ block: "start" });
  state.page = data.page;
}

function card(quote, families, state) {
  const node = element("article", { class: quote.citable ? null : "invented", "aria-label": `Quote ${quote.id}` });
  const pop = popover(node, quote, state);
  const { button, showCollected } = collector(quote.id, (event, sent) => state.send(event, sent));
  // Each family keeps its line through the whole quote, so that a line does not jump where another begins.
  const used = new Set(quote.segments.flatMap((segment) => segment.marks.map((place) => quote.codes[place].family)));
  const lines = Object.keys(families).filter((family) => used.has(family));
  const text = element("blockquote", { lang: quote.lang, dir: "auto", class: quote.length > 480 ? "long" : null, style: `--lines: ${lines.length}` },
    ...quote.segments.flatMap((segment) => segment.marks.length || segment.claims.length ? [marked(segment, quote, pop, lines)] : said(segment)));
  const codes = element("ul", { class: "codes" }, ...quote.codes.map((code, place) => element("li", {}, tag(code, place, pop))));
  const claims = element("ul", { class: "claims", "aria-label": "Claims" }, ...quote.claims.map((each, place) => element("li", {}, claim(each, place, pop))));
  const whole = element("div", { class: "whole", hidden: true, tabindex: 0, role: "region", "aria-label": "The whole answer", lang: quote.lang, dir: "auto" });
  const open = element("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => {
    if (!whole.hidden) { state.closed.add(quote.id); showWhole(current); return; }
    state.closed.delete(quote.id);
    if (current) showWhole(current); else { open.textContent = "Opening…"; state.send("open", { quote: quote.id }); }
  } }, "Whole answer");
  const cites = (quote.cites ?? []).map(([name, text]) => {
    const button = element("button", { type: "button", class: "link", "aria-label": `Copy citation: ${name}`, onclick: () => copy(text, button, "Copied") }, name);
    return button;
  });
  const cite = quote.citable && !cites.length ? element("button", { type: "button", class: "link", onclick: () => copy(quote.citation, cite, "Copied") }, "Copy with source") : null;
  let current = null;
  function showWhole(answer) {
    current = answer;
    const show = answer !== null && !state.closed.has(quote.id);
    whole.hidden = !show;
    open.textContent = show ? "Hide whole answer" : "Whole answer";
    open.setAttribute("aria-expanded", String(show));
    if (show) whole.replaceChildren(element("h3", {}, answer.title), ...answer.segments.flatMap((segment) =>
      segment.here ? [element("mark", { class: "this" }, ...breakable(segment.text))] : breakable(segment.text)));
  }
  node.append(
    element("div", { class: "meta" },
      element("p", { class: "place" }, quote.country),
      ...quote.facts.map((fact) => element("p", { class: "small" }, fact)),
      element("p", {}, element("span", { class: "kind" }, quote.kind)),
      quote.why ? element("p", { class: "small why" }, quote.why) : null),
    element("div", {},
      quote.question ? element("p", { class: "asked" }, quote.question) : null, text, codes,
      quote.claims.length ? claims : null, quote.lesson ? element("p", { class: "lesson" }, quote.lesson) : null, whole,
      cites.length ? element("div", { class: "foot cites", role: "group", "aria-label": "Copy citation" }, element("span", {}, "Copy citation:"), ...cites) : null,
      element("div", { class: "foot" }, button, quote.alone ? null : link(quote, state, "Open"), open, cite, element("span", {}, quote.source), element("code", { title: "The quote's lasting id" }, quote.id))),
  );
  [...node.querySelectorAll("p:empty")].forEach((empty) => empty.remove());
  return { node, showWhole, showCollected };
}

// A quote beside another one: its words, where they are from, and why it stands there.
function brief(quote, state) {
  const kind = element("span", { class: "kind" }, quote.kind);
  const { button, showCollected } = collector(quote.id, (event, sent) => state.send(event, sent));
  const node = element("article", { class: `brief${quote.citable ? "" : " invented"}`, "aria-label": `Quote ${quote.id}` }, element("div", {},
    quote.why ? element("p", { class: "why" }, quote.why) : null,
    element("blockquote", { lang: quote.lang, dir: "auto", style: "--lines: 0" }, ...quote.segments.flatMap(said)),
    element("p", { class: "small" }, [quote.country, ...quote.facts].join(" · "), " ", kind),
    ...(quote.notes ?? []).map((note) => element("p", { class: "small" }, note)),
    element("div", { class: "foot" }, button, link(quote, state, "Open"), element("span", {}, quote.source))));
  return { node, showWhole: () => {}, showCollected };
}

// The page of a quote. Where the page around can, it goes there by itself, which keeps the filters; else the browser does.
function link(quote, state, name) {
  return element("a", { class: "link", href: `quote?quote=${encodeURIComponent(quote.id)}`, target: "_self", "aria-label": `${name} the page of quote ${quote.id}`, onclick: (event) => {
    if (!state.linked || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    state.send("page", { quote: quote.id });
  } }, name);
}

// Words that were searched for stand out by their weight and ground, where codes are lines beneath the words.
function said(segment) {
  return segment.found ? [element("b", { class: "found" }, ...breakable(segment.text))] : breakable(segment.text);
}

function marked(segment, quote, pop, lines) {
  const families = [...new Set(segment.marks.map((place) => quote.codes[place].family))];
  const mark = element("mark", { "data-codes": segment.marks.join(" "), "data-claims": segment.claims.join(" ") }, ...said(segment));
  if (!families.length) {
    mark.className = "quiet"; // words of a claim alone show on demand
    return mark;
  }
  const sure = new Set(segment.marks.filter((place) => !quote.codes[place].review).map((place) => quote.codes[place].family));
  mark.style.backgroundImage = families.map((family) => sure.has(family)
    ? `linear-gradient(var(--${family}), var(--${family}))`
    : `repeating-linear-gradient(90deg, var(--${family}) 0 4px, transparent 4px 7px)`).join(",");
  mark.style.backgroundSize = families.map(() => "100% 2px").join(",");
  mark.style.backgroundPosition = families.map((family) => `0 calc(100% - ${(lines.length - 1 - lines.indexOf(family)) * 3}px)`).join(",");
  mark.style.paddingBottom = `${lines.length * 3 - 2}px`;
  mark.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") pop.show(mark, segment.marks); });
  mark.addEventListener("pointerleave", () => pop.hide());
  mark.addEventListener("click", () => pop.pin(mark, segment.marks));
  return mark;
}

function tag(code, place, pop) {
  const made = element("button", {
    type: "button", class: `code${code.active ? " active" : ""}${code.review ? " doubt" : ""}`, style: `--hue: var(--${code.family})`, "aria-expanded": "false",
    onpointerenter: (event) => { if (event.pointerType === "mouse") pop.show(made, [place]); }, onpointerleave: () => pop.hide(),
    onfocus: () => { if (made.matches(":focus-visible")) pop.show(made, [place]); }, onclick: () => pop.pin(made, [place]),
  }, element("small", {}, code.facet), code.name, code.review ? element("small", { class: "percent" }, `? ${code.confidence} %`) : null);
  return made;
}

function claim(said, place, pop) {
  const [actor, mechanism, right] = said.links.map((link) => link ?? "not told");
  const made = element("button", {
    type: "button", class: `claim${said.review ? " doubt" : ""}`, "aria-expanded": "false",
    onpointerenter: (event) => { if (event.pointerType === "mouse") pop.show(made, [], [place]); }, onpointerleave: () => pop.hide(),
    onfocus: () => { if (made.matches(":focus-visible")) pop.show(made, [], [place]); }, onclick: () => pop.pin(made, [], [place]),
  }, `${actor} → ${mechanism} → ${right} `, element("small", {}, `(${said.result})`), said.review ? element("small", {}, " ?") : null);
  return made;
}

function popover(node, quote, state) {
  let shown = null;
  let pinned = false;
  let anchor = null;
  const close = () => {
    shown?.remove();
    anchor?.setAttribute?.("aria-expanded", "false");
    shown = anchor = null;
    pinned = false;
    node.classList.remove("reading");
    node.querySelectorAll("mark.lit").forEach((mark) => mark.classList.remove("lit"));
  };
  const open = (at, places, claims) => {
    close();
    anchor = at;
    if (at.tagName === "BUTTON") at.setAttribute("aria-expanded", "true");
    shown = element("div", { class: "pop", role: "status" }, ...places.map((place) => explained(quote.codes[place])), ...claims.map((place) => told(quote.claims[place])));
    (at.tagName === "BUTTON" ? at.parentElement : node).append(shown);
    place(shown, at, node);
    const lit = new Set(places.map(String));
    const linked = new Set(claims.map(String));
    for (const mark of node.querySelectorAll("blockquote mark")) {
      const common = mark.dataset.codes.split(" ").find((code) => lit.has(code));
      if (common === undefined && !mark.dataset.claims.split(" ").some((code) => linked.has(code))) continue;
      mark.classList.add("lit");
      mark.style.setProperty("--lit", `var(--${common === undefined ? "accent" : quote.codes[Number(common)].family})`);
    }
    node.classList.add("reading");
  };
  const explained = (code) => element("div", { style: `--hue: var(--${code.family})` },
    element("strong", {}, `${code.facet}: ${code.name}`),
    element("p", {}, `Confidence ${code.confidence} % · ${code.evidence}`),
    code.review ? element("p", {}, code.review) : null,
    code.active ? null : element("button", { type: "button", class: "link", hidden: true,
      onclick: () => state.send("narrow", { facet: code.id[0], code: code.id[1], suggestions: Boolean(code.review) }) },
    code.review ? "Show all passages with this code, for review too" : "Show only passages with this code"));
  const told = (claim) => element("div", { style: "--hue: var(--accent)" },
    element("strong", {}, `Claim: ${claim.links.map((link) => link ?? "not told").join(" → ")}`),
    element("p", {}, claim.facts.map(([facet, said]) => `${facet}: ${said}`).join(" · ")),
    element("p", {}, claim.evidence),
    claim.review ? element("p", {}, claim.review) : null);
  node.addEventListener("keydown", (event) => { if (event.key === "Escape") { anchor?.focus?.(); close(); } });
  node.addEventListener("focusout", (event) => { if (!node.contains(event.relatedTarget)) close(); });
  node.addEventListener("pointerdown", (event) => { if (pinned && !shown?.contains(event.target) && event.target !== anchor && !anchor?.contains(event.target)) close(); });
  return {
    show: (at, places, claims = []) => { if (!pinned) open(at, places, claims); },
    hide: () => { if (!pinned) close(); },
    pin: (at, places, claims = []) => {
      if (pinned && anchor === at) { close(); return; }
      open(at, places, claims);
      pinned = true;
      shown.classList.add("pinned");
      shown.querySelectorAll("button").forEach((button) => { button.hidden = false; });
    },
  };
}

function place(shown, at, node) {
  const frame = node.getBoundingClientRect();
  const boxes = at.getClientRects();
  const box = boxes[boxes.length - 1] ?? frame;
  shown.style.left = `${Math.max(0, Math.min(box.left - frame.left, frame.width - shown.offsetWidth))}px`;
  shown.style.top = `${box.bottom - frame.top + 8}px`;
}
