// Signing at home: the key file is opened in this browser, and neither it nor its passphrase leaves it.
//
// The page gives the events' bytes and their hashes. The hash is computed here once more, the key is opened from its
// file (repatria/store/delegate.py: a first line in clear, then scrypt and AES-GCM), imported so that no script can
// take it out again, and what goes back to the node are signatures over the DSSE bytes of each event.

import { forgetKey, keepKey, keyWith } from "./keys.js";
import { scryptAsync } from "./vendor/noble-hashes-2.4.0/scrypt.js";

const text = new TextEncoder();
const FIRST = /^repatria\/key\/v1 ([a-z0-9/-]{3,65}) ([0-9a-f]{64})\n/;
const SEALED = /^repatria\/sealed\/v1 scrypt n=([0-9]{1,8}) r=([0-9]{1,2}) p=([0-9]{1,2}) salt=([0-9a-f]{32})\n/;
const PKCS8 = unhex("302e020100300506032b657004220420"); // RFC 8410: an Ed25519 private key follows

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unbase64(data) {
  return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
}

class Refused extends Error {}

// DSSE protocol.md, "Signature Definition": PAE(type, body)
export function pae(type, body) {
  const kind = text.encode(type);
  return joined(text.encode(`DSSEv1 ${kind.length} `), kind, text.encode(` ${body.length} `), body);
}

export async function eventId(body) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", body)));
}

// The key in a key file, as something that signs and that nothing can read; whose it is, and its public half.
export async function openKey(data, passphrase, progress = () => {}) {
  const start = new TextDecoder("latin1").decode(data.subarray(0, 512));
  const line = FIRST.exec(start);
  if (line === null) throw new Refused("not-a-key");
  const sealed = data.subarray(line[0].length);
  const header = SEALED.exec(start.slice(line[0].length));
  if (header === null) throw new Refused("not-a-key");
  const [n, r, p] = header.slice(1, 4).map(Number);
  if (n < 2 || (n & (n - 1)) !== 0 || r < 1 || p < 1 || p > 4 || 128 * n * r > 2 ** 30) throw new Refused("not-a-key");
  const words = text.encode(passphrase.normalize("NFC"));
  const stretched = await scryptAsync(words, unhex(header[4]), { N: n, r, p, dkLen: 32, onProgress: progress });
  const bound = text.encode(header[0]);
  const key = await crypto.subtle.importKey("raw", stretched, "AES-GCM", false, ["decrypt"]);
  stretched.fill(0);
  const iv = sealed.subarray(bound.length, bound.length + 12);
  let held;
  try {
    const opened = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData: bound }, key, sealed.subarray(bound.length + 12),
    );
    held = JSON.parse(new TextDecoder().decode(opened));
  } catch {
    throw new Refused("wrong-passphrase");
  }
  if (held.author !== line[1]) throw new Refused("not-a-key");
  const secret = joined(PKCS8, unhex(held.seed));
  const signer = await crypto.subtle.importKey("pkcs8", secret, "Ed25519", false, ["sign"]);
  secret.fill(0);
  return { author: held.author, public: line[2], signer };
}

export async function signBody(signer, publicKey, type, body) {
  const message = pae(type, body);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", signer, message));
  const known = await crypto.subtle.importKey("raw", unhex(publicKey), "Ed25519", false, ["verify"]);
  if (!(await crypto.subtle.verify("Ed25519", known, signature, message))) throw new Refused("other-key");
  return hex(signature);
}

// --- the form -------------------------------------------------------------------------------------------------------

class Signing {
  constructor(form) {
    this.form = form;
    this.author = form.dataset.author;
    this.public = form.dataset.key;
    this.events = [...document.querySelectorAll("[data-event]")];
    this.part("by-script").hidden = false;
    form.addEventListener("submit", (event) => this.submit(event));
    this.part("forget").addEventListener("click", () => this.forget());
  }

  part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }

  async begin() {
    this.kept = await keyWith(this.author, this.public);
    this.part("kept").hidden = this.kept === undefined;
    this.part("forget").hidden = this.kept?.made === true; // it is in no file from which it could be opened again
    this.part("open").hidden = this.kept !== undefined;
    this.part("file").required = this.part("passphrase").required = this.kept === undefined;
  }

  async forget() {
    await forgetKey(this.author);
    await this.begin();
    this.part("file").focus();
  }

  say(name) {
    const found = this.form.querySelector(`[data-say="${name}"]`);
    this.part("told").textContent = found === null ? "" : found.textContent;
  }

  async submit(event) {
    event.preventDefault();
    const button = this.part("sign");
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await this.sign();
      this.form.submit();
    } catch (problem) {
      this.say(problem instanceof Refused ? problem.message : "cannot");
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  }

  async sign() {
    const bodies = [];
    for (const each of this.events) {
      const body = unbase64(each.dataset.body);
      if ((await eventId(body)) !== each.dataset.event) throw new Refused("other-bytes");
      bodies.push(body);
    }
    const held = this.kept ?? (await this.opened());
    for (const [at, each] of this.events.entries()) {
      const field = this.form.querySelector(`[name="signature"][data-for="${each.dataset.event}"]`);
      if (field !== null) {
        field.value = await signBody(held.signer, this.public, this.form.dataset.type, bodies[at]);
      }
    }
    if (!this.kept && this.part("keep").checked) {
      await keepKey(this.author, { public: held.public, signer: held.signer });
    }
  }

  async opened() {
    const [file] = this.part("file").files;
    if (file === undefined) throw new Refused("not-a-key");
    this.say("opening");
    const held = await openKey(new Uint8Array(await file.arrayBuffer()), this.part("passphrase").value);
    this.part("passphrase").value = "";
    if (held.author !== this.author || held.public !== this.public) throw new Refused("other-key");
    return held;
  }
}

for (const form of document.querySelectorAll("form[data-signing]")) {
  new Signing(form).begin();
}
