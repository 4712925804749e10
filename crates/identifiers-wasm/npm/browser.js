// For browsers, workers and Deno: fetches the module that lies beside this file.
import { Identifiers } from "./core.js";

export { Blinding, Identifiers, RefusedError } from "./core.js";
export { AttachmentOpening, AttachmentSealing, SealedExchange } from "./exchange.js";

export async function load(source = fetch(new URL("./identifiers.wasm", import.meta.url))) {
  const given = await source;
  const { instance } =
    given instanceof WebAssembly.Module
      ? { instance: await WebAssembly.instantiate(given) }
      : await WebAssembly.instantiate(given instanceof Response ? await given.arrayBuffer() : given);
  return new Identifiers(instance.exports);
}
