// For Node: reads the module that lies beside this file.
import { readFile } from "node:fs/promises";

import { load as loadFrom } from "./browser.js";

export { Blinding, Identifiers, RefusedError } from "./core.js";
export { AttachmentOpening, AttachmentSealing, SealedExchange } from "./exchange.js";

export async function load(source = readFile(new URL("./identifiers.wasm", import.meta.url))) {
  return loadFrom(source);
}
