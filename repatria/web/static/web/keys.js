// A delegate's signing key: made here, kept here, never shown to anything, this page's own scripts included.
//
// WebCrypto makes an Ed25519 key whose private half cannot be read out; the browser keeps it in its database for this
// address only. Whoever clears the browser's data loses it: then the member revokes it and appoints a new one.

const OPENED = "repatria";
const STORE = "keys"; // author, such as "north/clerk" -> {pair, public}

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(OPENED, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The key of this author in this browser: {pair, public} with `public` in hex, or undefined. */
export const keyOf = (author) => within("readonly", (store) => store.get(author));

/** The same, made now where there is none. */
export async function ensureKey(author) {
  const found = await keyOf(author);
  if (found) return found;
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const made = { pair, public: [...raw].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  await within("readwrite", (store) => store.put(made, author));
  return made;
}

/** The author's Ed25519 signature of these bytes, 64 bytes. */
export async function sign(author, message) {
  const { pair } = await keyOf(author);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message));
}
