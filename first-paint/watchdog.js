// Puts the order's number where whoever has to ask about it finds it when nothing else works, and says after ten seconds that
// nothing does. Old browsers must understand this.
(function (page, number) {
  var match = /[?&]order_id=([^&]+)/.exec(location.search) || /[?&]trade_no=([^&]+)/.exec(location.search) || /\/pay\/(?:separate\/)?([^\/]+)\/?$/.exec(location.pathname.replace(/\/pay\/(status|separate)\/?$/, "")) || /[?&]out_(?:order_id|trade_no)=([^&]+)/.exec(location.search);
  try {
    number.textContent = match ? decodeURIComponent(match[1]) : "–";
  } catch (malformed) {
    number.textContent = match[1];
  }
  // A browser that does not know modules does not know WebAssembly either.
  if (!("noModule" in document.createElement("script"))) page.setAttribute("data-start", "failed");
  setTimeout(function () {
    if (page.getAttribute("data-start") !== "done") page.setAttribute("data-start", "failed");
  }, 10000);
})(document.documentElement, document.getElementById("start-number"));
