export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const within = root.getRootNode().activeElement !== null && root.contains(root.getRootNode().activeElement);
  const title = element("h1", { tabindex: -1, lang: data.lang }, data.headline);
  const chips = data.chips.map((chip) => element("span", { class: "chip" },
    element("span", { title: chip.label, lang: data.lang }, element("small", {}, `${chip.facet} `), chip.label),
    element("button", { type: "button", "aria-label": `Remove ${chip.facet}: ${chip.label}`, onclick: () => setTriggerValue("remove", chip.remove) }, "×")));
  const share = element("button", { type: "button", class: "link", onclick: () => copy(window.location.href, share, "Link copied") }, "Copy link to this view");
  root.replaceChildren(...[
    element("p", { class: "kicker" }, data.kicker),
    title,
    element("p", { class: "tally", role: "status" }, data.tally),
    data.coverage ? element("p", { class: "coverage" }, data.coverage) : null,
    data.caveat ? element("p", { class: "caveat" }, data.caveat) : null,
    ...data.notes.map((note) => element("p", { class: "note", role: "alert" }, note)),
    element("div", { class: "row" },
      data.unfiltered ? null : element("button", { type: "button", class: "filters", onclick: openSidebar }, "Filters"),
      ...chips,
      element("span", { class: "actions" },
        data.chips.length ? element("button", { type: "button", class: "link", onclick: () => setTriggerValue("clear", true) }, "Clear all") : null,
        share)),
  ].filter(Boolean));
  if (within) title.focus({ preventScroll: true }); // the button that was used may be gone
}

function openSidebar() {
  document.querySelector('[data-testid="stExpandSidebarButton"]')?.click();
}
