// Shows what there is to pay, and the code, in the static shell of index.html, as the application will show it: it takes the
// drawn code over, so that nothing moves. What is drawn where, and which value is what, are the application's own rules, in
// those cases in which they are simple; in all others nothing is drawn here. The tests hold both against the same
// answers. Old browsers must understand this.
(function (first) {
  var root = document.documentElement;
  var shell = document.getElementById("shell");
  var ahead = Date.now() - performance.now();
  function find(selector) {
    return shell.querySelector(selector);
  }
  function add(parent, name, className, text) {
    var element = document.createElement(name);
    element.className = className;
    if (text) element.textContent = text;
    return parent.appendChild(element);
  }
  // The language, by the rules of `surroundings::locale` and `Locale::choose`.
  var TAGS = "LOCALE_TAGS".split(" ");
  function locale() {
    var chosen;
    try {
      chosen = localStorage.getItem("saoma.language");
    } catch (forbidden) {}
    var wishes = [chosen, first.param("lang"), TAGS.filter(function (tag) {
      return typeof first.settings.locale === "string" && tag.toLowerCase() === first.settings.locale.trim().toLowerCase();
    })[0]].concat(navigator.languages || []);
    for (var i = 0; i < wishes.length; i++) {
      var wish = (wishes[i] || "").toLowerCase().replace(/_/g, "-");
      var parts = wish.split("-");
      var language = parts[0] === "in" ? "id" : parts[0];
      if (language === "zh") return /-(hant|hk|mo|tw)(-|$)/.test(wish) && wish.indexOf("hans") < 0 ? "zh-TW" : "zh-CN";
      var exact = TAGS.filter(function (tag) {
        return tag.toLowerCase() === wish;
      })[0];
      var same = TAGS.filter(function (tag) {
        return tag.split("-")[0] === language;
      })[0];
      if (exact || same) return exact || same;
    }
    return "zh-CN";
  }
  /** So many fen, in the words of a language; the application writes them like this too. */
  first.money = function (tag, fen) {
    while (fen.length < 3) fen = "0" + fen;
    var plain = fen.slice(0, -2) + "." + fen.slice(-2);
    // Most write it like this. The browser knows how the others do, but needs as long to find out as all the rest here.
    return /^(en|ko|ms|th|zh-(CN|TW))$/.test(tag)
      ? (tag === "zh-CN" ? "¥" : "CN¥") + plain.replace(/\B(?=(\d{3})+\.)/g, ",")
      : new Intl.NumberFormat(tag + "-u-nu-latn", { style: "currency", currency: "CNY" }).format(plain);
  };
  /** The amount as the application shows it: its digits large, the currency beside them. */
  function showAmount(fen) {
    var parts = /^([^0-9]*)(.*[0-9])([^0-9]*)$/.exec(first.money(locale(), fen).replace(/[\u200e\u200f\u061c]/g, ""));
    var length = new TextEncoder().encode(parts[0]).length;
    var amount = find(".amount");
    amount.className = length < 12 ? "amount" : length < 17 ? "amount long" : "amount longer";
    amount.textContent = "";
    if (parts[1]) add(amount, "span", "currency", parts[1]);
    add(amount, "span", "", parts[2]);
    if (parts[3]) add(amount, "span", "currency", parts[3]);
    first.amount = amount.textContent;
  }
  // The first letters cost more than all the rest of the first paint, since fonts are looked for. So they come one frame after the
  // code, or where that takes long. The subject follows the amount in a frame of its own.
  var unwritten, isUnwritable, known;
  function showOrder(subject, fen, wait) {
    // What the server that wrote the page has said stands there already.
    if (known === fen + subject) return;
    unwritten = { fen: fen, subject: subject };
    setTimeout(write, known ? 0 : wait);
    known = fen + subject;
  }
  function write() {
    var order = unwritten;
    unwritten = null;
    if (!order || root.getAttribute("data-start") === "done") return;
    first.show();
    try {
      showAmount(order.fen);
    } catch (unknown) {
      // No code for longer than that without what it costs.
      isUnwritable = true;
      sayWhatGoesOn();
      if (first.code) first.code.clear();
      return;
    }
    if (first.code) first.code.image.alt = first.amount;
    // Its letters are others: to find fonts for both in one frame would be one long task.
    first.painted().then(function () {
      if (root.getAttribute("data-start") === "done") return;
      find("h1").textContent = order.subject || document.title;
      sayWhatGoesOn();
    });
  }
  // What goes on is said where it takes long.
  function sayWhatGoesOn() {
    find("h1").hidden = false;
  }
  setTimeout(function () {
    if (!known) sayWhatGoesOn();
  }, 600);
  /** Fulfilled when what there is now has been painted, or would have been. */
  first.painted = function () {
    return new Promise(function (next) {
      requestAnimationFrame(function () {
        setTimeout(next);
      });
      // Nothing is painted of a page that is not seen.
      setTimeout(next, 200);
    });
  };
  /** `Code::decode`, where it needs no thought: what is shown, or encoded. */
  function code(raw) {
    if (!raw) return;
    if (!/^[ -~]+$/.test(raw)) throw new Error("no plain code");
    if (/^data:image\//i.test(raw)) return { picture: raw };
    if (/^data:/i.test(raw)) return;
    if (/\.(png|jpe?g|gif|webp|svg)$/i.test(raw.replace(/[?#].*/, "")) && /^(https?:|\/(?!\/))/i.test(raw)) {
      if (!/^(https?:\/\/[\w.-]+(:\d+)?)?(\/[\w.~%-]+)+([?#][\w.~%&=;#-]*)?$/i.test(raw)) throw new Error("no plain picture");
      return { picture: raw };
    }
    if (raw.length > 2000) throw new Error("a long code");
    return { text: /^\/(?!\/)/.test(raw) ? location.origin + raw : raw };
  }
  function showOffer(offer, until) {
    if (root.getAttribute("data-start") === "done") return;
    if (until - performance.now() < 10000) throw new Error("it is nearly over");
    // A button for an app has the room that is kept above the code; one for a page says in one more line where it leads.
    if (/^(error|form|html|jump|text|tip_)/.test(first.text(offer.type)) || first.text(offer.actual_account) || first.text(offer.actual_amount) || (first.place && (first.place !== "touch" || offer.uri || /^http/i.test(first.text(offer.scheme))))) {
      throw new Error("more than a code");
    }
    var shown = code(first.text(offer.qrcode_data)) || code(first.text(offer.qrcode));
    if (!shown) throw new Error("no code");
    return (shown.picture ? Promise.resolve(shown.picture) : first.draw(shown.text)).then(function (picture) {
      // It may have taken long.
      if (until - performance.now() < 10000) throw new Error("it is nearly over");
      if (!picture || isUnwritable || root.getAttribute("data-start") === "done") return;
      var image = document.createElement("img");
      image.className = "code";
      image.alt = first.amount || "";
      image.referrerPolicy = "no-referrer";
      image.src = picture;
      var plate = find(".plate");
      // The application finds out for itself, and has other ways.
      image.onerror = function () {
        if (first.code) clear();
      };
      function clear() {
        if (image.parentNode) image.parentNode.removeChild(image);
        plate.className = "plate bone";
        shell.setAttribute("aria-busy", "true");
        root.removeAttribute("data-drawn");
        first.code = null;
      }
      plate.className = shown.text && shown.text.length > 180 ? "plate dense" : "plate";
      plate.textContent = "";
      plate.appendChild(image);
      first.show();
      root.setAttribute("data-drawn", "");
      shell.removeAttribute("aria-busy");
      first.code = { check: check, clear: clear, image: image, of: shown.text || shown.picture };
      // Where the application does not come, somebody has to see to it that nothing is paid too late: when it is time, and when
      // the page is shown again, since timers rest while it is not. They also run early by what they are rounded by.
      var timer;
      function check() {
        if (!first.code || root.getAttribute("data-start") === "done") return;
        // Where the one clock has rested while the device slept, the other has not.
        var left = until - Math.max(performance.now(), Date.now() - ahead);
        clearTimeout(timer);
        if (left <= 0) clear();
        else timer = setTimeout(check, Math.min(left + 1, 0x7fffffff));
      }
      check();
      addEventListener("pageshow", check);
      document.addEventListener("visibilitychange", check);
    });
  }
  var drawer;
  /** What the application draws with too: text → a promise of the address of a picture, "" where no code holds the text. */
  first.draw = function (text) {
    drawer =
      drawer ||
      first.module().then(function (bytes) {
        // At once: elsewhere it would wait until what else there is has been compiled. Old browsers do not let it.
        try {
          return new WebAssembly.Instance(new WebAssembly.Module(bytes));
        } catch (forbidden) {
          return WebAssembly.instantiate(bytes).then(function (module) {
            return module.instance;
          });
        }
      });
    return drawer.then(function (instance) {
      var exports = instance.exports;
      var bytes = new TextEncoder().encode(text);
      var place = exports.place();
      if (bytes.length > 2331) return "";
      new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
      return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, place, exports.picture(bytes.length)));
    });
  };
  // Compiled while the code travels; before, the order would wait for it.
  if (first.place !== "app") {
    first.order
      .then(first.nextTask)
      .then(function () {
        return first.draw("-");
      })
      .catch(function () {});
  }
  try {
    var told = first.told;
    var due = /^[0-9]{1,13}$/.test(told.trade_amount) && +told.trade_amount > 0 ? told.trade_amount : told.amount;
    if (told.status === "1" && /^[0-9]{1,13}$/.test(due)) showOrder(told.subject, due, 0);
  } catch (unknown) {}
  /** Fulfilled when no more than the subject will be drawn here: the application need not wait any longer. */
  first.done = first.order
    .then(function (order) {
      var info = order.info;
      var expires = +first.integer(info.expire_time || 0);
      // `UnixSeconds::decode`: where it is so large, it is in milliseconds.
      if (expires <= 1e11) expires *= 1000;
      // Without the gateway's time, when an order is over is the application's affair.
      var until = expires ? performance.now() + expires - order.date : Infinity;
      if (!(until - performance.now() >= 10000)) throw new Error("it is nearly over");
      showOrder(first.text(info.subject), first.integer(+info.trade_amount ? info.trade_amount : info.amount), 250);
      return first.offer.then(function (offer) {
        return showOffer(offer, until);
      });
    })
    .then(function () {
      return unwritten && first.painted();
    })
    .catch(function () {})
    .then(function () {
      write();
      if (first.isTaken) return;
      first.load();
      first.askAudio();
      // … and the words of the page, which the application would ask for later.
      first.words(locale(), !first.isKnown);
    })
    .catch(function () {});
})(window.saomaFirstPaint);
