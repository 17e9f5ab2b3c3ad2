// The words of the page, which the application asks for here too: each language is a file beside it, and each file must be the one
// that was built. Old browsers must understand this.
(function (first) {
  var TAGS = "LOCALE_TAGS".split(" ");
  var asked = {};
  var cache = "default";
  /** A file, if it is the right one and comes within 15 s. Its name changes with its content (`xtask/src/words.rs`). */
  function file(name, hash) {
    var controller = new AbortController();
    setTimeout(function () {
      controller.abort();
    }, 15000);
    var url = new URL("locales/" + name + "-" + hash.slice(0, 12).replace(/\W/g, "") + ".json", document.querySelector("link[rel=saoma-draw]").href);
    return fetch(url, { cache: cache, integrity: "sha256-" + hash + "=", signal: controller.signal }).then(function (response) {
      return response.text();
    });
  }
  /** Fulfilled with a file of words, all or those for the template API. It is asked for once, and again only if it has not come. */
  first.words = function (tag, isFull) {
    var name = tag + (isFull ? ".full" : "");
    // What the files with the words for the template API must be comes with the glue, in the same order as the languages: the code does not
    // need it. Each of them says what the file with all words must be.
    first.load();
    asked[name] =
      asked[name] ||
      first.glue
        .then(function () {
          return file(tag, first.languages.split(" ")[TAGS.indexOf(tag)]);
        })
        .then(function (words) {
          return isFull ? file(name, words.split('"')[1]) : words;
        });
    asked[name].catch(function () {
      delete asked[name];
      // One that was damaged on the way would come from there again.
      cache = "reload";
    });
    return asked[name];
  };
})(window.saomaFirstPaint);
