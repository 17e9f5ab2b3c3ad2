/* Saoma in a shop's own page: Saoma.open(url, options). See docs/embed.md. */
(function () {
  "use strict";

  function style(element, values) {
    for (var name in values) element.style[name] = values[name];
  }

  function open(url, options) {
    options = options || {};
    var address = new URL(url, location.href);
    if (!/^https?:$/.test(address.protocol)) throw new TypeError("Saoma.open: " + url + " is no web address");
    var zh = /^zh/.test(document.documentElement.lang || navigator.language);
    var frame = document.createElement("iframe");
    frame.src = address.href;
    frame.title = options.title || (zh ? "付款" : "Payment");
    frame.allow = "autoplay; clipboard-write; screen-wake-lock; web-share";
    style(frame, { border: "0", display: "block", width: "100%", height: "640px" });
    var dialog = null;
    var isOpen = true;

    function told(name, detail) {
      return options["on" + name] ? options["on" + name](detail) : undefined;
    }

    function close() {
      if (!isOpen) return;
      isOpen = false;
      removeEventListener("message", hear);
      // Closed first: the focus goes back to where it was.
      if (dialog && dialog.open) dialog.close();
      (dialog || frame).remove();
      told("closed");
    }

    function hear(event) {
      var data = event.data;
      // The page of this frame, from the very origin that was opened, and nobody else.
      if (event.source !== frame.contentWindow || event.origin !== address.origin || !data || data.saoma !== 1) return;
      if (data.type === "here") greet();
      if (data.type === "resize" && data.height > 0) frame.style.height = Math.min(data.height, 4000) + "px";
      if (data.type === "ready" || data.type === "paid" || data.type === "ended") told(data.type, { screen: data.screen });
      if (data.type === "pay") pay(data.request);
      if (data.type === "closed") close();
      if (data.type === "leave") {
        var target = new URL(data.url, address.href);
        if (/^https?:$/.test(target.protocol) && told("leave", { url: target.href }) !== false) location.assign(target.href);
      }
    }

    // A wallet's own functions are called by the app around this site, where there is one: options.onpay gives back its code.
    function pay(request) {
      function answer(code) {
        if (isOpen && code !== undefined && code !== null) frame.contentWindow.postMessage({ saoma: 1, type: "result", code: code }, address.origin);
      }
      new Promise(function (resolve) {
        resolve(options.onpay ? options.onpay(JSON.parse(request)) : "missing");
      }).then(answer, function (error) {
        // What it did before it failed is not known, unless it says so.
        var code = error && (error.code || error.resultStatus || error.errCode);
        answer(code === undefined || code === null || typeof code === "object" ? "unknown" : code);
      });
    }

    addEventListener("message", hear);
    function greet() {
      frame.contentWindow.postMessage({ saoma: 1, type: "hello" }, address.origin);
    }

    frame.addEventListener("load", greet);
    if (options.into) {
      options.into.appendChild(frame);
    } else {
      dialog = document.createElement("dialog");
      if (!dialog.showModal) {
        // An old browser pays on a page of its own.
        removeEventListener("message", hear);
        location.assign(address.href);
        return { close: function () {}, frame: frame };
      }
      dialog.setAttribute("aria-label", frame.title);
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", options.closeLabel || (zh ? "关闭" : "Close"));
      style(button, { position: "absolute", top: "4px", right: "4px", width: "44px", height: "44px", border: "0", background: "none", color: "inherit", font: "24px sans-serif", cursor: "pointer" });
      style(dialog, { width: "min(480px, 100vw)", maxHeight: "100vh", padding: "44px 0 0", border: "0", borderRadius: "16px", overflow: "auto" });
      button.onclick = close;
      dialog.addEventListener("close", close);
      dialog.append(button, frame);
      document.body.appendChild(dialog);
      dialog.showModal();
    }
    return { close: close, frame: frame };
  }

  window.Saoma = { open: open };
})();
