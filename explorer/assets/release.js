export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  root.replaceChildren(
    element("header", {},
      element("p", { class: "place" }, data.place), element("p", { class: "about" }, data.about),
      element("p", { class: `state ${data.tone}` }, data.state)),
    element("blockquote", { lang: data.lang },
      ...data.pieces.map(({ text, why, faint }) => why ? element("mark", { title: why, class: faint ? "faint" : null }, ...breakable(text)) : element("span", {}, ...breakable(text)))),
    ...[data.shown ? element("div", { class: "shown" }, element("p", { class: "label" }, "Shown outside as"),
      element("p", { lang: data.shownLang, class: "outside" }, ...breakable(data.shown))) : null].filter(Boolean),
    element("dl", {}, ...data.facts.flatMap(([term, said, words]) => [
      element("dt", {}, term),
      element("dd", {}, said, ...(words ? [": ", element("b", {}, ...breakable(words))] : [])),
    ])),
    element("p", { class: "id" }, data.codes, element("span", {}, data.id)),
  );
}
