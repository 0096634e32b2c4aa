export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  root.replaceChildren(element("dl", { class: "figures" }, ...data.figures.map(({ name, said, lang }) =>
    element("div", {}, element("dt", { lang }, name), element("dd", {}, said)))));
}
