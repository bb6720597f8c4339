// Keys that are kept in this browser: usable here, readable nowhere, this page's own scripts included.
//
// A record of the store is {public, signer, made}: the public key in hex, the private one as WebCrypto holds it, and
// whether it was made here. One that was made here is nowhere else: whoever clears the browser's data loses it, and
// then the member revokes it and appoints a new one. One out of a key file can be forgotten, and opened again.

const STORE = "keys"; // by author, such as "north/clerk"

function inStore(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("repatria", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    };
  });
}

export const keptKey = (author) => inStore("readonly", (keys) => keys.get(author)).catch(() => undefined);
export const keepKey = (author, held) => inStore("readwrite", (keys) => keys.put(held, author));
export const forgetKey = (author) => inStore("readwrite", (keys) => keys.delete(author));

const next = (author) => `${author} next`; // the place of a key that is to take another's

/** The key of this author with that public half, in use or about to be; none where it is not here. */
export async function keyWith(author, digits) {
  for (const place of [author, next(author)]) {
    const held = await keptKey(place);
    if (held?.public === digits) return held;
  }
  return undefined;
}

/** A fresh key of this author, kept before anybody hears of it; the one that is here where there is one. */
export async function makeKey(author) {
  const found = await keptKey(author);
  if (found !== undefined) return found;
  const made = await freshKey();
  await keepKey(author, made);
  return made;
}

/** A key to take the place of the one with that public half: the same one until it has done so. */
export async function nextKey(author, digits) {
  const waiting = await keptKey(next(author));
  if (waiting !== undefined && waiting.public !== digits) return waiting;
  if (waiting !== undefined) await keepKey(author, waiting); // it has come into use since
  const made = await freshKey();
  await keepKey(next(author), made);
  return made;
}

async function freshKey() {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const digits = Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { public: digits, signer: pair.privateKey, made: true };
}
