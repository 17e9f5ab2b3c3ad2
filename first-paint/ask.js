// The start of the page, in the head of index.html: asks for the order as soon as its number is known, and for the code when the
// order waits. The application takes the answers over (src/browser/first_paint.rs); what it would have asked otherwise, it
// asks itself. So whatever is unusual here is left to it, by throwing or by an early return. Only the template API is known
// here. Old browsers must understand this.
(function (page) {
  var asked = {};
  var last = 0;
  var module;
  var first = (page.saomaFirstPaint = {
    /** The settings block; nothing of it has been checked. */
    settings: {},
    /** What the server that wrote the page says of the order. */
    told: {},
    /** Gives the answer to a question away: once, and only to whoever asks it in the same words. */
    take: function (question, signal) {
      first.isTaken = true;
      var own = asked[question];
      delete asked[question];
      if (own && own.controller && signal) {
        if (signal.aborted) own.controller.abort();
        signal.addEventListener("abort", function () {
          own.controller.abort();
        });
      }
      // What it means to the page is work enough for a task.
      return own && own.answer.then(first.nextTask);
    },
    /** Fulfilled with the value in a task of its own, but in a page that is not seen, whose timers wait long. */
    nextTask: function (value) {
      return document.hidden
        ? value
        : new Promise(function (next) {
            setTimeout(next, 0, value);
          });
    },
    /** A text of an answer, without blanks around it or what turns letters around. */
    text: function (value) {
      if (typeof value === "string") return value.replace(/[\u202a-\u202e]/g, "").trim();
      // Other numbers may have been written otherwise than they are now.
      if (typeof value === "number") return integer(value);
      if (value === undefined || value === null) return "";
      throw new TypeError("not a text");
    },
    /** Has the application travel from now on: on a phone once the code has been asked for, on a computer once it has come, or where that
     * takes long. */
    load: function () {
      var link = element("link[as=fetch]");
      if (!link || first.application) return;
      first.application = fetched(link, "low");
      heard(first.application);
      first.glue = first.run("saoma-glue");
      heard(first.glue);
      // Most orders have a code that the application will draw.
      heard(first.module());
    },
    /** The application's file, once it travels. */
    application: null,
    /** Fulfilled when what starts it has come. */
    glue: null,
    /** Has a script module of the page run, which travels from now on. An element is the one way in which every browser checks a module
     * by its hash; one of another type that is put in once more is run as if it were new. */
    run: function (id) {
      return new Promise(function (resolve, reject) {
        var script = element("#" + id);
        script.onload = resolve;
        // It has not come, or is another one.
        script.onerror = function () {
          reject(new Error(script.src));
        };
        script.type = "module";
        document.head.appendChild(script);
      });
    },
    /** Starts the application, which has been compiled; the glue puts it here. */
    begin: null,
    /** The hashes of the languages' files; the glue puts them here. */
    languages: "",
    /** The bytes of the module that draws codes, which are fetched once, and not waited for without end. */
    module: function () {
      if (!module) {
        var bytes = fetched(element("link[rel=saoma-draw]"), "high").then(function (response) {
          if (!response.ok) throw new Error("the module did not come");
          return response.arrayBuffer();
        });
        var end = new Promise(function (resolve, reject) {
          setTimeout(reject, 5000);
        });
        module = Promise.race([bytes, end]);
      }
      return module;
    },
    /** What is heard is asked for with the code where the gateway is far, else last. */
    askAudio: function () {},
    /** Shows the card, which is laid out by that. */
    show: function () {
      document.documentElement.setAttribute("data-place", first.place);
    },
    /** Whole fen, seconds or codes, as digits. */
    integer: integer,
    /** The first value of the address that is not blank. */
    param: function (name) {
      return new URLSearchParams(location.search).getAll(name).map(trim).filter(Boolean)[0] || "";
    },
    /** "touch" on a device with wallets, "app" inside one of them, "" on a computer. */
    place: place(),
    /** Whether this is the gateway that is known here. */
    isKnown: false,
    /** Whether the application is here, and asks. */
    isTaken: false,
    /** What waits to be paid; rejected where that is the application's affair. */
    order: null,
    /** What the gateway offers to pay it with. */
    offer: null,
  });
  /** What a link of ours names: browsers know nothing of its kind, and would else fetch it a second time. */
  function fetched(link, priority) {
    return fetch(link.href, { integrity: link.getAttribute("integrity"), priority: priority });
  }
  function trim(text) {
    return text.trim();
  }
  function integer(value) {
    var digits = "" + value;
    if (!/^(0|[1-9][0-9]{0,14})$/.test(digits)) throw new TypeError("not an integer");
    return digits;
  }
  /** A number that needs no thought: what has other characters in it is the application's affair. */
  function plain(number) {
    if (typeof number !== "string" || !/^[!-~]{1,128}$/.test(number)) throw new TypeError("not a plain number");
    return number;
  }
  /** Asks, so that the application can take the answer: `{ at, body, response }`, `at` in ms of the page's clock. */
  function post(path, body) {
    body = JSON.stringify(body);
    last = Math.max(Date.now(), last + 1);
    var controller = page.AbortController && new AbortController();
    var answer = fetch(path + "?_time=" + last, {
      method: "POST",
      body: body,
      cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      signal: controller && controller.signal,
    }).then(function (response) {
      return response.text().then(function (body) {
        return { at: performance.now(), body: body, response: response };
      });
    });
    asked[path + " " + body] = { answer: answer, controller: controller };
    return answer;
  }
  /** The data of a good answer. */
  function data(answer) {
    var body = JSON.parse(answer.body);
    if (!answer.response.ok || !body || (body.code !== undefined && body.code !== 200 && body.code !== "200")) throw new Error("refused");
    var content = body.code === undefined ? body : body.data;
    if (!content || typeof content !== "object" || Array.isArray(content)) throw new TypeError("no data");
    return content;
  }
  /** The words in which the address names the order, as they are sent: the rules of `OrderRef::from_address` and `Visit`. */
  function named() {
    var segments = location.pathname.replace(/\/+$/, "").split("/").reverse();
    if (/^(separate|status)(\.html)?$/.test(segments[0]) || segments[1] === "cashier" || segments[1] === "separate") throw new Error("no code here");
    var id = first.param("order_id") || first.param("trade_no") || (segments[1] === "pay" && decodeURIComponent(segments[0]).trim());
    if (id) return { order_id: plain(id) };
    var pid = first.param("pid");
    if (!/^[1-9][0-9]{0,8}$/.test(pid)) throw new Error("no order");
    return { out_order_id: plain(first.param("out_order_id")), pid: +pid };
  }
  /** Where the page is: by the rules of `checkout::actions`, on a device with wallets something stands above the code. */
  function place() {
    var agent = navigator.userAgent;
    var isMac = /Macintosh/.test(agent) && navigator.maxTouchPoints > 1;
    if (!isMac && !/iPhone|iPod|iPad|Tablet|Mobile|Android|HarmonyOS/.test(agent)) return "";
    return /MicroMessenger\/|AlipayClient\/|UnionPay\/| QQ\//.test(agent) ? "app" : "touch";
  }
  /** Whoever wants to know of a failure hears of it; the console need not. */
  function heard(promise) {
    promise.catch(function () {});
  }
  function element(selector) {
    return document.querySelector(selector);
  }
  try {
    first.settings = JSON.parse(element("#saoma-config").textContent) || {};
  } catch (invalid) {}
  try {
    element("meta[name=saoma-order]").content.split("&").forEach(function (pair) {
      var at = pair.indexOf("=");
      try {
        first.told[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " "));
      } catch (malformed) {}
    });
    var gateway = first.param("gateway") || first.settings.gateway || "xarr";
    var api = first.settings.api || "/api";
    // A path that another tool may read otherwise is the application's affair too.
    if (gateway !== "xarr" || !/^(\/[\w.-]+)+$/.test(api)) throw new Error("unknown");
    first.isKnown = true;
    var name = named();
    var began;
    // Each in a task of its own on a phone, where to begin a request takes long.
    first.order = Promise.resolve(first.place && first.nextTask()).then(function () {
      // It has waited, and the application was sooner.
      if (first.isTaken) throw new Error("taken");
      began = performance.now();
      // Inside a wallet no code is drawn before the application has come.
      if (first.place !== "app") setTimeout(function () {
        heard(first.module());
      });
      return post(api + "/order/info", name);
    }).then(function (answer) {
      var info = data(answer);
      if (first.integer(info.status) !== "1" || !first.text(info.pay_type)) throw new Error("nothing to pay now");
      first.offer = post(api + "/order/qrcode", { order_id: plain(first.text(info.order_id) || name.order_id) }).then(data);
      heard(first.offer);
      first.askAudio = function () {
        first.askAudio = function () {};
        heard(post(api + "/order/audio", name));
      };
      // Where the gateway is far, it is asked together with the code: there is time, and what is heard is known when the page is built.
      if (answer.at - began > 80) setTimeout(function () {
        if (!first.isTaken) first.askAudio();
      });
      // On a computer the code comes first; on a phone there may be a button, which the application makes, that is wanted more.
      setTimeout(first.load, first.place ? 50 : 250);
      return { date: Date.parse(answer.response.headers.get("date")), info: info };
    });
  } catch (unknown) {
    first.order = Promise.reject(unknown);
  }
  // The card is not laid out before the code has been asked for: the order would wait for it. A phone does it while the code travels, a
  // computer with the code, in one frame. Nor is the page empty for long.
  first.order.then(first.place && first.show, first.show);
  setTimeout(first.show, 400);
  setTimeout(first.load, first.place ? 300 : 600);
})(window);
