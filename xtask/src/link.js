// Put into the glue by xtask/src/split.rs: fetches the parts of the application that come in files of their own.
/** `hash`: SHA-256 in hexadecimal digits, the first of which are in the file's name too. */
const part = (name, hash, needs) => {
    let loading;
    const load = async () => {
        const stop = new AbortController();
        const timer = setTimeout(() => stop.abort(), 15000);
        const integrity = "sha256-" + btoa(hash.replace(/../g, (byte) => String.fromCharCode("0x" + byte)));
        const answer = fetch(new URL(`saoma-${name}-${hash.slice(0, 16)}.wasm`, import.meta.url), { integrity, signal: stop.signal });
        // It is awaited below; until then its failure is nobody's.
        answer.catch(() => {});
        await Promise.all(needs.map((need) => need()));
        const response = await answer;
        if (!response.ok) throw new Error(response.url + ": HTTP status " + response.status);
        const shared = { SHARED };
        const code = await response.arrayBuffer();
        clearTimeout(timer);
        await WebAssembly.instantiate(code, { __wasm_split: shared });
    };
    // A part that did not come is asked for again by the next call.
    return () => (loading ??= load().catch((error) => {
        loading = undefined;
        throw error;
    }));
};
const PAUSES = [1000, 3000];
const fetched = async (load, callback, data) => {
    for (let attempt = 0; ; attempt++) {
        try {
            await load();
            break;
        } catch (error) {
            console.error("saoma: a part of the page could not be loaded:", error);
            if (attempt === PAUSES.length) return wasm.__indirect_function_table.get(callback)(data, 0);
            await new Promise((resolve) => setTimeout(resolve, PAUSES[attempt]));
        }
    }
    wasm.__indirect_function_table.get(callback)(data, 1);
};
