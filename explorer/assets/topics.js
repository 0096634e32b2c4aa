export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const within = root.contains(root.getRootNode().activeElement) ? root.getRootNode().activeElement.dataset.topic : undefined;
  root.classList.toggle("calm", Boolean(data.calm));
  root.replaceChildren(...[
    data.rows?.length ? list(data, (topic) => setTriggerValue("open", topic)) : null,
    data.words?.length ? element("dl", { class: "words" }, ...data.words.flatMap(words)) : null,
    ...(data.shares ?? []).map((block) => shares(block, (chosen) => setTriggerValue("narrow", chosen))),
    data.facts?.length ? element("dl", { class: "facts" }, ...data.facts.flatMap(([term, said]) => [element("dt", {}, term), element("dd", {}, said)])) : null,
  ].filter(Boolean));
  // A row that was used keeps the focus when the list is drawn anew.
  if (within !== undefined) [...root.querySelectorAll("button[data-topic]")].find((button) => button.dataset.topic === within)?.focus({ preventScroll: true });
}

const SHORT = 12;
let expanded = new Set(); // survives a change of page

function list(data, open) {
  const figures = data.heads;
  const rows = data.rows.map((row) => element("li", { style: `--hue: ${row.colour}` },
    element("button", { type: "button", class: "row", "data-topic": row.id, onclick: () => open(row.id) },
      element("i", { class: "dot" }),
      element("span", { class: "what" },
        element("span", { class: "title" }, element("span", { class: "name" }, row.name), ...row.tags.map((tag) => element("small", { class: "tag" }, tag))),
        element("span", { class: "beside" }, row.words)),
      ...row.figures.map((figure, place) => element("span", { class: `figure${figure.faint ? " faint" : ""}` },
        element("span", { class: "head" }, figures[place]),
        element("span", { class: "track" }, element("span", { class: "bar", style: `width: ${Math.round(Math.max(0, Math.min(1, figure.share)) * 100)}%` })),
        element("span", { class: "value" }, figure.text))))));
  const all = element("ol", { style: `--figures: ${figures.length}` }, ...rows);
  const head = element("div", { class: "heads", "aria-hidden": "true", style: `--figures: ${figures.length}` },
    element("span"), element("span", {}, data.title), ...figures.map((figure) => element("span", {}, figure)));
  const more = element("button", { type: "button", class: "link more", onclick: () => {
    if (expanded.has(data.title)) expanded.delete(data.title); else expanded.add(data.title);
    fold();
  } });
  function fold() {
    const whole = expanded.has(data.title) || rows.length <= SHORT + 3;
    rows.forEach((row, place) => { row.hidden = !whole && place >= SHORT; });
    more.hidden = rows.length <= SHORT + 3;
    more.textContent = whole ? "Show fewer" : `Show all ${rows.length}`;
  }
  fold();
  return element("div", { class: "list" }, head, all, more);
}

function words({ lang, language, words }) {
  return [element("dt", {}, language), element("dd", { lang }, ...words.map(({ word, weight }) =>
    element("span", { class: "word", style: `--weight: ${Math.max(0, Math.min(1, weight))}` }, word)))];
}

function shares({ title, heads, highest, rows }, narrow) {
  const at = (share) => `${Math.round(1000 * Math.min(1, share / highest)) / 10}%`;
  return element("section", { class: "shares", style: `--figures: ${heads.length}`, "aria-label": title },
    element("div", { class: "share top", "aria-hidden": "true" }, element("h3", {}, title), element("span", { class: "scale" }, element("span", {}, "0"), element("span", {}, `${Math.round(highest * 100)} %`)), ...heads.map((head) => element("span", { class: "text" }, head))),
    ...rows.map((row) => element("button", { type: "button", class: "share", title: "Read the quotes", onclick: () => narrow(row.narrow) },
      element("span", { class: "label" }, row.name),
      element("span", { class: "line" },
        element("span", { class: "interval", style: `left: ${at(row.low)}; right: calc(100% - ${at(row.high)})` }),
        element("span", { class: "point", style: `left: ${at(row.share)}` })),
      ...row.figures.map((figure) => element("span", { class: "text" }, figure)))));
}
