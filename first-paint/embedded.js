// Between the page and the site that embeds it: loaded only in a frame. It speaks to an origin of the setting
// `embed_origins`, exactly, once that has greeted it, and to nobody else. See docs/embed.md.
const page = document.documentElement;

const origins = () => {
  try {
    const wanted = JSON.parse(document.getElementById("saoma-config").textContent).embed_origins;
    const isOrigin = (origin) => /^https?:\/\/[^/?#@*\s]+$/.test(origin);
    return wanted.filter((origin) => typeof origin === "string").map((origin) => origin.trim()).filter(isOrigin);
  } catch {
    return [];
  }
};

const allowed = origins();
/** The origin that has greeted. Until then nothing is told, and nothing is taken out of the page's hands. */
let friend = null;
let told = "";
let shown = page.dataset.shown;
let ended = "ended" in page.dataset;

const tell = (type, more) => parent.postMessage({ saoma: 1, type, ...more }, friend);
// Before the card is shown, or that the page cannot run, there is no height to speak of.
const resize = () => friend && ("place" in page.dataset || "start" in page.dataset) && tell("resize", { height: document.body.offsetHeight });
const report = () => {
  if (!friend || !shown || shown === "loading" || shown === told) return;
  if (!told) tell("ready", { screen: shown });
  told = shown;
  if (shown === "paid") tell("paid", { screen: shown });
  if (ended) tell("ended", { screen: shown });
};

addEventListener("message", ({ data, origin, source }) => {
  if (source !== parent || data?.saoma !== 1) return;
  // What the site says became of a payment that it was asked for: docs/host.md.
  if (data.type === "result" && origin === friend) document.dispatchEvent(new CustomEvent("saoma:result", { detail: data.code }));
  if (data.type !== "hello") return;
  if (!allowed.includes(origin)) {
    console.warn(`saoma: ${origin} embeds the page, but is not among embed_origins of the settings; it is told nothing`);
    return;
  }
  friend = origin;
  page.dataset.embedded = "";
  report();
  resize();
});
document.addEventListener("saoma:screen", ({ detail }) => {
  ({ ended, screen: shown } = detail);
  report();
});
// The site around goes to the shop, not the frame.
document.addEventListener("saoma:leave", (event) => {
  if (!friend) return;
  event.preventDefault();
  tell("leave", { url: new URL(event.detail.url, location.href).href });
});
document.addEventListener("saoma:back", (event) => {
  if (!friend) return;
  event.preventDefault();
  tell("closed");
});
// A payment that only an app can make: the site around may be in one.
document.addEventListener("saoma:pay", (event) => {
  if (!friend) return;
  event.preventDefault();
  tell("pay", { request: event.detail });
});
new ResizeObserver(resize).observe(document.body);
// The greeting of a site may have come before this script: it is asked for again. Only that site can read the question.
for (const origin of allowed) parent.postMessage({ saoma: 1, type: "here" }, origin);
