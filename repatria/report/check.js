// A family's page: opens the proof with the family's code and checks all of it, here, without a network.
//
// The same as `families/proof.py`, by another hand: whatever does not hold ends the check with one sentence, and nothing
// of the proof is shown. Every hash and signature is computed by this browser's own WebCrypto.

const data = JSON.parse(document.getElementById("data").textContent);
const bytes = (text) => new TextEncoder().encode(text);
const subtle = globalThis.crypto?.subtle;

class Wrong extends Error {
  constructor(code, places = {}) {
    super(code);
    this.code = code;
    this.places = places;
  }
}
const must = (holds, code, places) => {
  if (!holds) throw new Wrong(code, places);
};

// --- bytes ----------------------------------------------------------------------------------------------------------

function unbase64(text) {
  must(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, "form");
  const raw = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  must(base64(raw) === text, "form");
  return raw;
}
const base64 = (raw) => btoa(String.fromCharCode(...raw));
const hex = (raw) => Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
function unhex(text) {
  must(/^([0-9a-f]{2})+$/.test(text), "form");
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}
function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", join(...parts)));

// RFC 8785, for what our own records hold: texts, whole numbers, truths, lists, tables.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
function readCanonical(text, code, places) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Wrong(code, places);
  }
  must(canonical(value) === text, code, places);
  return value;
}

// --- Ed25519, as strict as every other verifier of ours --------------------------------------------------------------

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL_ORDER = [0n, 1n, P - 1n, Y8, P - Y8];
const whole = (raw) => BigInt(`0x${hex(Uint8Array.from(raw).reverse())}`);
function usable(point) {
  const y = whole(point) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER.includes(y);
}
async function verifies(key, signature, message) {
  if (key.length !== 32 || signature.length !== 64) return false;
  if (!usable(key) || !usable(signature.slice(0, 32)) || whole(signature.slice(32)) >= L) return false;
  const known = await subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  return subtle.verify({ name: "Ed25519" }, known, signature, message);
}

// --- trees (RFC 6962, RFC 9162 2.1.3.2) --------------------------------------------------------------------------------

const leafHash = (entry) => sha256([0], entry);
const nodeHash = (left, right) => sha256([1], left, right);
async function rootFrom(leaf, index, size, path) {
  must(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size, "form");
  let [fn, sn, root] = [index, size - 1, leaf];
  for (const text of path) {
    const sibling = unbase64(text);
    must(sn !== 0 && sibling.length === 32, "form");
    if (fn % 2 || fn === sn) {
      root = await nodeHash(sibling, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      root = await nodeHash(root, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  must(sn === 0, "form");
  return root;
}

// --- notes and keys (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ----------------------------------------------

async function verifierKey(text) {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  must(name !== undefined, "form");
  const raw = unbase64(encoded);
  const made = hex((await sha256(bytes(`${name}\n`), raw)).slice(0, 4));
  must(raw.length === 33 && made === id, "form");
  return { name, id, kind: raw[0], key: raw.slice(1) };
}
function readNote(note) {
  const at = note.lastIndexOf("\n\n");
  must(at > 0 && note.endsWith("\n"), "checkpoint");
  const text = note.slice(0, at + 1);
  const lines = note.slice(at + 2, -1).split("\n").map((line) => {
    const [dash, name, encoded, ...more] = line.split(" ");
    must(dash === "\u2014" && name && encoded && !more.length, "checkpoint");
    const raw = unbase64(encoded);
    return { name, id: hex(raw.slice(0, 4)), signature: raw.slice(4) };
  });
  const [origin, size, root, ...rest] = text.split("\n");
  must(rest.length === 1 && rest[0] === "" && /^(0|[1-9][0-9]{0,15})$/.test(size), "checkpoint");
  return { text, lines, origin, size: Number(size), root: unbase64(root) };
}
async function signedBy(note, key) {
  for (const { name, id, signature } of note.lines) {
    if (name !== key.name || id !== key.id) continue;
    if (key.kind === 1 && (await verifies(key.key, signature, bytes(note.text)))) return true;
    if (key.kind !== 4 || signature.length !== 72) continue;
    const time = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
    const said = bytes(`cosignature/v1\ntime ${time}\n${note.text}`);
    if (await verifies(key.key, signature.slice(8), said)) return true;
  }
  return false;
}

// --- entries, and who could sign what at each --------------------------------------------------------------------------

const TYPE = "application/vnd.repatria.event+json";
const KEYS_OF = ["body_b64", "sigs", "type"];
async function keyId(key) {
  return hex(await sha256(bytes("repatria/key/v1\0"), key)).slice(0, 32);
}
async function readEntry(text) {
  const entry = readCanonical(text, "form");
  must(Object.keys(entry).sort().join() === KEYS_OF.join() && entry.type === TYPE, "form");
  const raw = unbase64(entry.body_b64);
  const body = readCanonical(new TextDecoder("utf-8", { fatal: true }).decode(raw), "form");
  must(body.v === 1, "form");
  const said = join(bytes(`DSSEv1 ${TYPE.length} ${TYPE} ${raw.length} `), raw);
  const bears = async (keyHex) => {
    const key = unhex(keyHex);
    const id = await keyId(key);
    for (const { keyid, sig } of entry.sigs) {
      if (keyid === id && (await verifies(key, unbase64(sig), said))) return true;
    }
    return false;
  };
  return { body, bears };
}
const memberOf = (author) => author.split("/")[0];

class Checking {
  constructor(raw) {
    this.raw = raw;
    this.members = new Map();
    this.firstLogKey = "";
    this.successions = new Map(); // by what was said: who said it
    this.said = new Map();
    this.lacking = new Map();
  }

  async shown() {
    must(this.raw.v === 1, "form");
    const note = readNote(this.raw.checkpoint);
    await this.entries(note);
    let vouched = false;
    for (const key of this.logKeys()) vouched ||= await signedBy(note, await verifierKey(key));
    must(vouched, "checkpoint");
    const witnesses = [];
    for (const [name, member] of [...this.members].sort()) {
      if (member.witness && (await signedBy(note, member.witness))) witnesses.push(name);
    }
    must(2 * witnesses.length > this.members.size, "witnesses", { n: witnesses.length, of: this.members.size });
    const registers = [];
    for (const each of this.raw.registers) registers.push(await this.register(each));
    must(registers.length > 0, "form");
    const lists = await this.lists(new Set(registers.map((each) => each.place)));
    return { names: registers.at(-1).names, registers, lists, witnesses, members: this.members.size, size: note.size };
  }

  async entries(note) {
    let last = -1;
    for (const { index, entry: text, proof } of this.raw.entries) {
      must(index > last, "form");
      last = index;
      let entry;
      try {
        const root = await rootFrom(await leafHash(bytes(text)), index, note.size, proof);
        must(same(root, note.root), "inclusion");
        entry = await readEntry(text);
      } catch {
        throw new Wrong("inclusion", { n: index });
      }
      const { body } = entry;
      must(body.exchange === this.raw.exchange && (index === 0) === (body.kind === "ExchangeOpened"), "opening");
      this.said.set(index, body);
      await this.apply(index, entry, note);
    }
    must(this.said.has(0), "opening");
  }

  async apply(index, { body, bears }, note) {
    const { kind, author, data: event } = body;
    if (kind === "ExchangeOpened") {
      for (const founder of event.founders) {
        const { role, key, quorum } = founder;
        this.members.set(founder.member, { role, key, quorum, witness: null, signatories: new Map() });
      }
      must(event.origin === note.origin, "opening");
      this.firstLogKey = event.log;
    }
    const member = this.members.get(memberOf(author));
    must(member !== undefined, "opening");
    const own = author.includes("/") ? (member.signatories.get(author) ?? member.key) : member.key;
    const binds = kind === "FinalListSigned" || kind === "SecretariatSucceeded";
    let count = 0;
    for (const key of binds ? member.signatories.values() : []) count += await bears(key);
    if (!(await bears(own)) || (binds && count < member.quorum)) {
      must(kind === "FinalListSigned", "signature", { n: index });
      this.lacking.set(index, memberOf(author));
      return;
    }
    await this.keys(index, body, member);
  }

  async keys(index, { kind, author, data: event }, member) {
    const exchange = this.raw.exchange;
    const signs = async (key, signature, ...parts) =>
      must(await verifies(key, unhex(signature), bytes(parts.join("\0"))), "signature", { n: index });
    if (kind === "MemberAdmitted") {
      must(event.member === author, "signature", { n: index });
      member.witness = await verifierKey(event.witness);
      const said = ["repatria/admit/v1", exchange, author, member.key, event.recipient];
      await signs(member.witness.key, event.witness_signature, ...said);
    } else if (kind === "DelegateAppointed" && event.role === "signatory") {
      if (memberOf(event.delegate) === author) member.signatories.set(event.delegate, event.key);
    } else if (kind === "KeyRevoked") {
      member.signatories.delete(event.delegate);
    } else if (kind === "KeyRotated" && memberOf(event.author) === memberOf(author)) {
      const said = ["repatria/rotate/v1", exchange, event.author, event.key, event.new];
      await signs(unhex(event.new), event.signature, ...said);
      if (event.author === memberOf(author)) member.key = event.new;
      else if (member.signatories.has(event.author)) member.signatories.set(event.author, event.new);
    } else if (kind === "SecretariatSucceeded") {
      const said = canonical(event);
      if (!this.successions.has(said)) this.successions.set(said, { event, who: new Set() });
      this.successions.get(said).who.add(author);
    }
  }

  /** The opening's, and that of each successor whom every party and the successor have named. */
  logKeys() {
    const parties = [...this.members].filter(([, each]) => each.role === "party").map(([name]) => name);
    const named = [...this.successions.values()].filter(({ event, who }) =>
      [...parties, event.successor].every((member) => who.has(member)),
    );
    return [this.firstLogKey, ...named.map(({ event }) => event.log)];
  }

  async register(raw) {
    const body = this.said.get(raw.entry);
    must(body?.kind === "RegisterCommitted" && body.author === this.raw.member, "form");
    const { register, version, root: committed, rows } = body.data;
    const mark = await sha256(bytes("repatria/row/v1\0"), bytes(raw.row));
    const root = await rootFrom(await leafHash(mark), 0, raw.leaves, raw.mark);
    const names = [];
    for (const { name, value, salt, index, path } of raw.fields) {
      const key = await subtle.importKey("raw", unbase64(salt), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const said = bytes(["repatria/commit/v1", this.raw.exchange, name, value].join("\0"));
      const made = new Uint8Array(await subtle.sign("HMAC", key, said));
      must(same(await rootFrom(await leafHash(made), index, raw.leaves, path), root), "name", { version });
      names.push([name, value]);
    }
    const above = await rootFrom(await leafHash(root), raw.index, rows, raw.path);
    must(hex(above) === committed, "register", { version });
    return { place: `${register}/${raw.row}`, version, names };
  }

  async lists(rows) {
    const parties = [...this.members].filter(([, each]) => each.role === "party").map(([name]) => name).sort();
    const found = [];
    let number = "";
    for (const raw of this.raw.lists) {
      const signed = raw.signed.map((index) => this.said.get(index));
      const [first] = signed;
      must(first !== undefined && signed.every((body) => body?.kind === "FinalListSigned"), "form");
      must(new Set(signed.map((body) => canonical(body.data))).size === 1, "form");
      const { holder, version, root: committed } = first.data;
      must(holder === raw.holder && version === raw.version, "form");
      if (found.length) must(version === found.at(-1).version + 1, "version", { version: found.at(-1).version + 1 });
      for (const index of raw.signed) {
        must(!this.lacking.has(index), "unsigned", { version, member: this.lacking.get(index) });
      }
      const who = signed.map((body) => memberOf(body.author)).sort();
      for (const member of parties) must(who.includes(member), "unsigned", { version, member });
      const row = readCanonical(raw.leaf, "list", { version });
      const root = await rootFrom(await leafHash(bytes(raw.leaf)), raw.index, raw.size, raw.path);
      must(hex(root) === committed, "list", { version });
      must(rows.has(`${row.register}/${row.row}`) && (!number || row.number === number), "person", { version });
      number = row.number;
      found.push({ holder, version, who });
    }
    return found;
  }
}

// --- opening -----------------------------------------------------------------------------------------------------------

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** The code as it was made, whatever dashes, spaces and easily mistaken letters were typed. */
function tidied(typed) {
  const text = typed.toUpperCase().replace(/[\s\-\u2010-\u2015]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return [...text].every((sign) => LETTERS.includes(sign)) && text.length === 20 ? text : null;
}
async function unsealed(code) {
  const given = await subtle.importKey("raw", bytes(code), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: unbase64(data.salt), iterations: data.iterations };
  const key = await subtle.deriveKey(how, given, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const additionalData = bytes(`repatria/family-proof/v1\0${data.id}`);
  try {
    const iv = unbase64(data.nonce);
    const raw = await subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, unbase64(data.sealed));
    return JSON.parse(new TextDecoder().decode(raw));
  } catch {
    throw new Wrong("code");
  }
}
async function needed() {
  must(subtle !== undefined, "browser");
  try {
    await subtle.importKey("raw", new Uint8Array(32).fill(88), { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    must(error.name !== "NotSupportedError", "browser");
  }
}

// --- the page ----------------------------------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);
let language = document.documentElement.lang;
let result = null; // what the last check came to, to be said again in another language
const say = (id, places = {}) =>
  (data.texts[language][id] ?? id).replace(/\{(\w+)\}/g, (all, name) => (name in places ? `\u2068${places[name]}\u2069` : all));
const named = (raw, slug) => raw.names?.[language]?.[slug] ?? slug;
const listed = (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items.map((one) => `\u2068${one}\u2069`));

function line(tag, text, parent, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  parent.append(made);
  return made;
}
function told() {
  const out = $("told");
  out.replaceChildren();
  if (result === null) return;
  if (result.wrong) {
    const { code, places } = result.wrong;
    line("p", say(`wrong.${code}`, places), out, "verdict no");
    line("p", say(code === "code" || code === "typed" || code === "browser" ? `then.${code}` : "then.wrong"), out);
    return;
  }
  const { raw, shown } = result;
  line("p", say("right"), out, "verdict yes");
  const facts = document.createElement("dl");
  out.append(facts);
  for (const [name, value] of shown.names) {
    line("dt", say(`field.${name}`), facts);
    line("dd", "", facts).append(Object.assign(document.createElement("bdi"), { textContent: value }));
  }
  const rows = [
    ...shown.registers.map((each) => [say("row.sought", { version: each.version }), [raw.member]]),
    ...shown.lists.map((each) => [say("row.list", { version: each.version, holder: named(raw, each.holder) }), each.who]),
  ];
  const table = document.createElement("table");
  const head = document.createElement("tr");
  table.append(document.createElement("thead"), document.createElement("tbody"));
  table.tHead.append(head);
  for (const id of ["column.list", "column.signed"]) line("th", say(id), head).scope = "col";
  for (const [what, who] of rows) {
    const row = document.createElement("tr");
    line("th", what, row).scope = "row";
    line("td", listed(who.map((each) => named(raw, each))), row);
    table.tBodies[0].append(row);
  }
  out.append(table);
  if (!shown.lists.length) line("p", say("no_list"), out);
  line("p", say("vouched", { members: listed(shown.witnesses.map((each) => named(raw, each))), size: shown.size }), out);
  const day = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { dateStyle: "long", timeZone: "UTC" });
  line("p", say("as_of", { day: day.format(new Date(`${raw.day}T00:00:00Z`)) }), out);
}
function inLanguage(code) {
  language = code;
  document.documentElement.lang = code;
  document.documentElement.dir = code === "ar" ? "rtl" : "ltr";
  document.title = say("title");
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of document.querySelectorAll("[data-language]")) {
    each.setAttribute("aria-pressed", String(each.dataset.language === code));
  }
  told();
}
async function checked(typed) {
  result = null;
  $("told").replaceChildren();
  line("p", say("working"), $("told"));
  $("check").disabled = true;
  try {
    const code = tidied(typed);
    must(code !== null, "typed");
    await needed();
    const raw = await unsealed(code);
    let shown;
    try {
      shown = await new Checking(raw).shown();
    } catch (error) {
      throw error instanceof Wrong ? error : new Wrong("form");
    }
    result = { raw, shown };
  } catch (error) {
    result = { wrong: error instanceof Wrong ? error : new Wrong("form") };
  }
  $("check").disabled = false;
  told();
}

for (const each of document.querySelectorAll("[data-language]")) {
  each.addEventListener("click", () => inLanguage(each.dataset.language));
}
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  checked($("code").value);
});
inLanguage(language);
const inAddress = decodeURIComponent(location.hash.slice(1));
if (inAddress) {
  $("code").value = inAddress;
  history.replaceState(null, "", location.pathname); // so that it is not left in the list of visited pages
  checked(inAddress);
}
