// What can be shown before the application has come: the shop's preset, stylesheet, name and logo from the settings, amount and
// subject from what the server wrote into the page. Every value is checked again, and named when it is no good, by the
// application. Old browsers must understand this.
(function (page) {
  function element(id) {
    return document.getElementById(id);
  }
  // As the application reads it: without blanks around it, and nothing that is no text.
  function text(value) {
    return typeof value === "string" ? value.trim() : "";
  }
  function isOwn(path) {
    return /^\/[^/\\\x00-\x20][^\\\x00-\x20]*$/.test(path);
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
  var preset = text(settings.preset);
  if (/^[a-z-]{1,20}$/.test(preset)) page.setAttribute("data-preset", preset);
  var stylesheet = text(settings.stylesheet);
  if (isOwn(stylesheet)) {
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = stylesheet;
    document.head.appendChild(link);
  }
  function isTitle(title) {
    return title && title.length <= 500 && title !== "<no value>" && !/[\x00-\x1f\x7f-\x9f]/.test(title);
  }
  var title = [typeof settings.title === "number" ? "" + settings.title : text(settings.title), text(told.web_title)].filter(isTitle)[0];
  if (title) {
    element("shop-title").textContent = document.title = title;
    element("shop").hidden = false;
  }
  var picture = text(settings.logo);
  if ((isOwn(picture) && /^[^?#]+\.(gif|jpe?g|png|svg|webp)([?#]|$)/i.test(picture)) || /^data:image\//i.test(picture)) {
    var logo = element("shop-logo");
    logo.src = picture;
    logo.hidden = element("shop").hidden = false;
  }
  var isFen = /^[0-9]{1,13}$/;
  var fen = isFen.test(told.trade_amount) && +told.trade_amount > 0 ? told.trade_amount : told.amount;
  if (told.status === "1" && isFen.test(fen)) {
    while (fen.length < 3) fen = "0" + fen;
    var yuan = fen.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    document.querySelector(".bone.amount").textContent = "¥" + yuan + "." + fen.slice(-2);
    document.querySelector(".bone.line").textContent = told.subject || "";
  }
})(document.documentElement);
