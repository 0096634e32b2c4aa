export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  root.replaceChildren(element("ol", { "aria-label": data.label }, ...data.quotes.map((quote) => drawn(quote, data.collected, setTriggerValue))));
}

function drawn(quote, collected, send) {
  const { button, showCollected } = collector(quote.id, send);
  showCollected(quote.citable ? collected ?? null : null);
  return element("li", {},
    ...quote.ways.map((way) => element("div", { class: "way", style: `--hue: ${way.colour}` },
      element("h3", {}, ...way.parts.flatMap((part, place) => [
        place ? element("span", { class: "to", "aria-hidden": "true" }, "→") : null, element("span", {}, part)]),
        element("span", { class: "effect" }, element("i", { "aria-hidden": "true" }), way.effect)),
      element("button", { type: "button", class: "link", onclick: () => send("read", way.key), "aria-label": `${way.read}: ${way.parts.join(", ")}, ${way.effect}` }, way.read))),
    quote.segments
      ? element("blockquote", { lang: quote.lang }, ...quote.segments.map((piece) =>
        element(piece.marked ? "mark" : "span", {}, ...breakable(piece.text))))
      : element("p", { class: "gone" }, "This quote was withdrawn."),
    element("div", { class: "foot" },
      button,
      quote.segments ? element("a", { class: "link", href: `quote?quote=${encodeURIComponent(quote.id)}`, target: "_self", "aria-label": `Open the page of quote ${quote.id}`, onclick: (event) => {
        if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault(); // a browser that goes there itself forgets what was collected
        send("page", { quote: quote.id });
      } }, "Open") : null,
      ...quote.about.map((fact) => element("span", {}, fact)),
      quote.kind ? element("span", { class: "kind" }, quote.kind) : null));
}
