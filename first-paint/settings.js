// What can be shown before the application has come: the shop's preset, stylesheet, name and logo from the settings, amount and
// subject from what the server wrote into the page. Every value is checked again, and named when it is no good, by the
// application. Old browsers must understand this.
(function (page) {
  function element(id) {
    return document.getElementById(id);
  }
  function isOwn(path) {
    return typeof path === "string" && /^\/[^/\\]/.test(path);
  }
  var settings = {};
  try {
    settings = JSON.parse(element("saoma-config").textContent) || {};
  } catch (invalid) {}
  var told = {};
  var order = document.querySelector("meta[name=saoma-order]");
  ((order && order.content) || "").split("&").forEach(function (pair) {
    var at = pair.indexOf("=");
    try {
      told[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " "));
    } catch (malformed) {}
  });
  if (/^[a-z-]{1,20}$/.test(settings.preset)) page.setAttribute("data-preset", settings.preset);
  if (isOwn(settings.stylesheet)) {
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = settings.stylesheet;
    document.head.appendChild(link);
  }
  var title = settings.title || told.web_title;
  if (typeof title === "string" && title.length <= 500 && title !== "<no value>") {
    element("shop-title").textContent = document.title = title;
    element("shop").hidden = false;
  }
  var isPicture = isOwn(settings.logo) && /\.(gif|jpe?g|png|svg|webp)([?#]|$)/i.test(settings.logo);
  if (isPicture || /^data:image\//.test(settings.logo)) {
    var logo = element("shop-logo");
    logo.src = settings.logo;
    logo.hidden = element("shop").hidden = false;
  }
  var fen = +told.trade_amount > 0 ? told.trade_amount : told.amount;
  if (told.status === "1" && /^[0-9]{1,13}$/.test(fen)) {
    while (fen.length < 3) fen = "0" + fen;
    var yuan = fen.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    document.querySelector(".bone.amount").textContent = "¥" + yuan + "." + fen.slice(-2);
    document.querySelector(".bone.line").textContent = told.subject || "";
  }
})(document.documentElement);
