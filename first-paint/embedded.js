// Between the page and the site that embeds it: loaded only in a frame. It speaks to the origins of the setting
// `embed_origins`, exactly, and to nobody else; to any other site the page is silent. See docs/embed.md.
const page = document.documentElement;

const origins = () => {
  try {
    const wanted = JSON.parse(document.getElementById("saoma-config").textContent).embed_origins;
    const isOrigin = (origin) => typeof origin === "string" && /^https?:\/\/[^/?#@*\s]+$/.test(origin);
    // Where the browser tells who embeds the page, the others need not be tried.
    const around = location.ancestorOrigins && location.ancestorOrigins[0];
    return wanted.filter((origin) => isOrigin(origin) && (!around || around === origin));
  } catch {
    return [];
  }
};

const allowed = origins();
const tell = (type, more) => allowed.forEach((origin) => parent.postMessage({ saoma: 1, type, ...more }, origin));

const ENDED = ["cashier-not-found", "closed", "creation-failed", "link-incomplete", "not-found", "timed-out"];
let ready = false;
let shown = page.dataset.shown;

const report = () => {
  if (!shown || shown === "loading") return;
  if (!ready) tell("ready", { screen: shown });
  ready = true;
  if (shown === "paid") tell("paid", { screen: shown });
  if (ENDED.includes(shown)) tell("ended", { screen: shown });
};
const resize = () => tell("resize", { height: document.body.offsetHeight });

if (allowed.length) {
  page.dataset.embedded = "";
  document.addEventListener("saoma:screen", ({ detail }) => {
    shown = detail.screen;
    report();
  });
  // The site around goes to the shop, not the frame.
  document.addEventListener("saoma:leave", (event) => {
    event.preventDefault();
    tell("leave", { url: new URL(event.detail.url, location.href).href });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-screen=paid] a.button");
    if (!link) return;
    event.preventDefault();
    tell("leave", { url: link.href });
  });
  document.addEventListener("saoma:back", (event) => {
    event.preventDefault();
    tell("closed");
  });
  addEventListener("message", ({ data, origin, source }) => {
    if (source !== parent || !allowed.includes(origin) || data?.saoma !== 1 || data.type !== "hello") return;
    ready = false;
    report();
    resize();
  });
  new ResizeObserver(resize).observe(document.body);
  report();
} else {
  console.warn("saoma: the page is embedded by a site that is not among embed_origins of the settings; it tells it nothing");
}
