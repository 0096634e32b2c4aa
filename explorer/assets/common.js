// Text only ever enters the page as text: no function here takes markup.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const number = new Intl.NumberFormat("en");

async function copy(text, button, said) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = said;
  } catch {
    button.textContent = "Copying is not allowed here";
  }
  setTimeout(() => { button.textContent = before; }, 1800);
}

// Puts a quote into the story pack, or takes it out again; the second click of a double click does neither.
function collector(id, send) {
  let held = false;
  const sign = element("span", { "aria-hidden": "true" });
  const words = element("span");
  const button = element("button", { type: "button", class: "collect", hidden: true, onclick: (event) => {
    if (event.detail > 1) return;
    show(!held);
    send("collect", { quote: id, wanted: held });
  } }, sign, words);
  function show(now) {
    held = now;
    sign.textContent = held ? "✓" : "+";
    words.textContent = held ? "Collected" : "Collect";
    button.classList.toggle("held", held);
    button.title = held ? "In the story pack. Click to take it out" : "Put it into the story pack";
    button.setAttribute("aria-label", `${words.textContent}: quote ${id}`);
  }
  // Who has no story pack (null) sees no button.
  return { button, showCollected: (collected) => { button.hidden = !collected; if (collected) show(collected.includes(id)); } };
}

// A word of many thousand letters stops the browser, which looks for a place to break it line by line; here it is offered places.
function broken(text) {
  if (!/\S{400}/u.test(text)) return [document.createTextNode(text)];
  return text.match(/[^]{1,200}/gu).flatMap((piece) => [document.createTextNode(piece), document.createElement("wbr")]);
}

// What stands in a text for what was masked is no word of the answer, and is shown so.
const masks = {
  email: "an e-mail address", url: "a link", card: "a card or account number", id: "an identity number", phone: "a telephone number",
  handle: "a name in social media", self: "words by which somebody tells who they are", place: "a small place", person: "a person’s name",
  date: "an exact date", withheld: "withheld when the quote was released",
};
const placeholder = new RegExp(`(\\[(?:${Object.keys(masks).join("|")})\\])`, "u");

function breakable(text) {
  return text.split(placeholder).flatMap((piece, place) => place % 2
    ? [element("span", { class: "masked", title: `Masked: ${masks[piece.slice(1, -1)]}` }, piece)] : broken(piece));
}
