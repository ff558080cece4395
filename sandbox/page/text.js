// Text with its entities as nodes. Offsets count UTF-16 units, as strings here do.

import { make } from "./make.js";
import { say } from "./words.js";

const SIMPLE = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** A block with the text. `follow` is called with what a link, mention or command points to. */
export function textNode(text, entities, follow) {
  const block = make("div", { class: "words", dir: "auto" });
  const sorted = entities
    .map((entity) => ({ ...entity, end: entity.offset + entity.length }))
    .sort((a, b) => a.offset - b.offset || b.end - a.end || rank(a) - rank(b));
  fill(block, text, 0, text.length, sorted, follow);
  return block;
}

function rank(entity) {
  return BLOCKS.has(entity.type) ? 0 : 1;
}

function fill(parent, text, from, to, entities, follow) {
  let at = from;
  let waiting = entities;
  while (waiting.length) {
    const [entity, ...others] = waiting;
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.end, to);
    waiting = others;
    if (start >= end) continue;
    append(parent, before(entity, text.slice(at, start)));
    const inner = [];
    const after = [];
    for (const other of others) {
      if (other.offset >= end) after.push(other);
      else {
        inner.push({ ...other, end: Math.min(other.end, end) });
        // What reaches over the edge goes on behind it.
        if (other.end > end) after.push({ ...other, offset: end });
      }
    }
    const [outer, hole] = wrap(entity, text.slice(start, end), follow);
    fill(hole, text, start, end, inner, follow);
    parent.append(outer);
    waiting = after.sort((a, b) => a.offset - b.offset || b.end - a.end);
    at = end;
    // A line end right behind a block is the block's own.
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
  }
  append(parent, text.slice(at, to));
}

/** A block begins a line of its own, so the line end before it would leave an empty one. */
function before(entity, text) {
  return BLOCKS.has(entity.type) && text.endsWith("\n") ? text.slice(0, -1) : text;
}

function append(parent, text) {
  if (text) parent.append(text);
}

/** [what stands in the text, where the inside goes] */
function wrap(entity, inside, follow) {
  if (entity.type in SIMPLE) return twice(make(SIMPLE[entity.type]));
  switch (entity.type) {
    case "pre": {
      const code = make("code");
      return [make("pre", { tabindex: "0" }, code), code];
    }
    case "blockquote":
      return twice(make("blockquote", { dir: "auto" }));
    case "expandable_blockquote":
      return foldable();
    case "spoiler":
      return spoiler();
    case "text_link":
      return twice(link(() => follow({ url: entity.url }), entity.url));
    case "url":
      return twice(link(() => follow({ url: inside })));
    case "mention":
      return twice(link(() => follow({ mention: inside.slice(1) })));
    case "bot_command":
      return twice(link(() => follow({ command: inside })));
    case "hashtag":
    case "cashtag":
    case "email":
    case "phone_number":
    case "text_mention":
      return twice(make("span", { class: "tag" }));
    default:
      return twice(make("span"));
  }
}

function twice(node) {
  return [node, node];
}

function link(press, title) {
  return make("button", { type: "button", class: "link", title, onclick: press });
}

function spoiler() {
  const hole = make("span", { inert: true });
  const cover = make("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": say("spoiler") }, hole);
  const open = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    cover.classList.add("open");
    hole.inert = false;
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    cover.removeEventListener("click", open);
    cover.removeEventListener("keydown", open);
  };
  cover.addEventListener("click", open);
  cover.addEventListener("keydown", open);
  return [cover, hole];
}

function foldable() {
  const quote = make("blockquote", { dir: "auto" });
  const fold = make("button", { type: "button", class: "fold", "aria-expanded": "false" }, say("show-more"));
  const outer = make("div", { class: "quote folded" }, quote, fold);
  fold.addEventListener("click", () => {
    const isFolded = outer.classList.toggle("folded");
    fold.setAttribute("aria-expanded", String(!isFolded));
    fold.textContent = say(isFolded ? "show-more" : "show-less");
  });
  return [outer, quote];
}
