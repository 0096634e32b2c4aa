const SHORT = 8;
const SEARCHABLE = 14;
const states = new WeakMap();
const opened = new Map(); // survives a change of page

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  let state = states.get(root);
  const shape = data.lang + JSON.stringify(data.sections.map((section) => section.facets.map((facet) => [facet.id, facet.options.map((option) => option.id).sort()])));
  if (!state || state.shape !== shape) {
    state = { shape, turn: state?.turn ?? data.turn, chosen: new Map(), suggestions: false, facets: new Map(), foot: element("footer") };
    states.set(root, state);
    build(root, data, state);
  }
  state.send = () => {
    state.turn += 1;
    // The whole choice travels, so that quick clicks cannot lose one another.
    const chosen = Object.fromEntries([...state.chosen].map(([name, codes]) => [name, [...codes]]));
    setTriggerValue("choice", { turn: state.turn, chosen, suggestions: state.suggestions });
  };
  if (data.turn >= state.turn) {
    state.turn = data.turn;
    state.chosen = new Map(Object.entries(data.chosen).map(([facet, codes]) => [facet, new Set(codes)]));
    state.suggestions = data.suggestions.on;
  }
  update(data, state);
}

function build(root, data, state) {
  const box = element("input", { type: "checkbox", onchange: () => { state.suggestions = box.checked; state.send(); } });
  const said = element("span", { class: "count" });
  const { name, help } = data.suggestions;
  const row = element("div", { class: "suggestions" }, element("label", { title: help }, box, element("span", { class: "name" }, name)), said);
  state.review = { row, box, said };
  root.replaceChildren(row);
  for (const section of data.sections) {
    root.append(element("div", { class: "section" }, section.name));
    for (const facet of section.facets) root.append(buildFacet(facet, state, data.lang));
  }
  root.append(state.foot);
}

function buildFacet(facet, state, lang) {
  const list = element("ul");
  const parts = { list, rows: new Map(), expanded: false, query: "" };
  for (const option of facet.options) {
    const box = element("input", { type: "checkbox", onchange: () => choose(facet.id, option.id, box.checked, state) });
    const count = element("span", { class: "count" });
    const row = element("li", {}, element("label", { title: option.help }, box, element("span", { class: "name", lang }, option.name), count));
    parts.rows.set(option.id, { row, box, count, place: 0, name: option.name.toLowerCase() });
    list.append(row);
  }
  parts.badge = element("span", { class: "badge", hidden: true });
  parts.more = element("button", { type: "button", class: "more link", onclick: () => { parts.expanded = !parts.expanded; show(facet.id, state); } });
  const find = facet.options.length < SEARCHABLE ? null : element("input", {
    class: "find", type: "search", placeholder: `Find among ${facet.options.length}`, "aria-label": `Find in ${facet.name}`,
    oninput: (event) => { parts.query = event.target.value.trim().toLowerCase(); show(facet.id, state); },
  });
  parts.waiting = element("p", { class: "waiting" });
  parts.details = element("details", { ontoggle: () => opened.set(facet.id, parts.details.open) },
    element("summary", { title: facet.help }, element("span", { lang }, facet.name), parts.badge), find, list, parts.more, parts.waiting);
  parts.details.open = opened.get(facet.id) ?? facet.open;
  state.facets.set(facet.id, parts);
  return parts.details;
}

function choose(facet, code, on, state) {
  const set = state.chosen.get(facet) ?? new Set();
  if (on) set.add(code); else set.delete(code);
  state.chosen.set(facet, set);
  state.send();
}

function update(data, state) {
  state.review.box.checked = state.suggestions;
  state.review.said.textContent = data.suggestions.said;
  state.review.row.hidden = !data.suggestions.said && !state.suggestions;
  for (const section of data.sections) {
    for (const facet of section.facets) {
      const parts = state.facets.get(facet.id);
      parts.waiting.textContent = facet.waiting;
      parts.waiting.hidden = !facet.waiting;
      const rows = facet.options.map((option, place) => {
        const entry = parts.rows.get(option.id);
        entry.place = place;
        entry.row.classList.toggle("none", option.count === 0);
        entry.count.textContent = option.count === null ? data.few.mark : number.format(option.count);
        entry.count.title = option.count === null ? data.few.why : "";
        return entry.row;
      });
      // A list that is in order is left alone: moving a row would take the focus from it.
      if (rows.some((row, place) => parts.list.children[place] !== row)) parts.list.append(...rows);
      if (state.chosen.get(facet.id)?.size && !opened.has(facet.id)) parts.details.open = true;
      show(facet.id, state);
    }
  }
  state.foot.replaceChildren(
    element("p", {}, data.foot.title),
    element("dl", {}, ...data.foot.lines.flatMap(([term, said]) => [element("dt", {}, term), element("dd", {}, said)])),
  );
}

function show(id, state) {
  const parts = state.facets.get(id);
  const chosen = state.chosen.get(id) ?? new Set();
  for (const [code, { row, box, place, name }] of parts.rows) {
    box.checked = chosen.has(code);
    const far = !parts.expanded && !parts.query && place >= SHORT && parts.rows.size > SHORT + 2;
    row.hidden = (far && !box.checked) || !name.includes(parts.query);
  }
  parts.badge.hidden = chosen.size === 0;
  parts.badge.textContent = String(chosen.size);
  parts.more.hidden = Boolean(parts.query) || parts.rows.size <= SHORT + 2;
  parts.more.textContent = parts.expanded ? "Show fewer" : `Show all ${parts.rows.size}`;
}
