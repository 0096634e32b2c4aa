const ID = "suasion-skip";

// The link stands before the menu, where no part of the page may: so it is put there, once, whatever page is open.
export default function ({ data }) {
  if (document.getElementById(ID)) return;
  const link = element("a", { id: ID, href: "#", onclick: (event) => { event.preventDefault(); enter(); } }, data.said);
  document.body.prepend(link);
}

function enter() {
  const main = document.querySelector('[data-testid="stMainBlockContainer"]');
  if (!main) return;
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
  main.scrollIntoView();
}
