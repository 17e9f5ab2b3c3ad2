// What of the shop's settings can be shown before the application has come: its preset, stylesheet, name and logo. Every value
// is checked again, and named when it is no good, by the application. Old browsers must understand this.
(function (page, first) {
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
  var settings = first.settings;
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
  var title = [typeof settings.title === "number" ? "" + settings.title : text(settings.title), text(first.told.web_title)].filter(isTitle)[0];
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
})(document.documentElement, window.saomaFirstPaint);
