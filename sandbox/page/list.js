// A list of messages that keeps its place: it stays at its end when it is there, tells what came
// below when it is not, loads what is older when one scrolls up, and keeps the focus where it was.

import { make } from "./make.js";
import { say } from "./words.js";

const NEAR = 80; // pixels from an edge that count as being there

export class List {
  /** draw(message) makes a node; older(list) fetches earlier messages and returns whether there were. */
  constructor({ scroller, list, down, draw, order, older, empty }) {
    this.scroller = scroller;
    this.list = list;
    this.down = down;
    this.draw = draw;
    this.order = order;
    this.older = older;
    this.items = new Map();
    this.below = 0;
    this.isLoading = false;
    this.hasOlder = true;
    this.empty = make("li", { class: "empty", "data-words": empty }, say(empty));
    this.list.append(this.empty);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.down.addEventListener("click", () => this.toEnd());
    // What grows inside (a picture that arrives, a text that is shown) must not push the end away.
    this.sticks = true;
    new ResizeObserver(() => this.sticks && this.#jump()).observe(this.list);
    new ResizeObserver(() => this.sticks && this.#jump()).observe(this.scroller);
  }

  get size() {
    return this.items.size;
  }

  /** Puts a message in its place, or in the place of what it was. */
  put(id, message, how = "") {
    const node = this.#made(message);
    const before = this.items.get(id);
    this.items.set(id, { message, node });
    this.empty.remove();
    if (before) {
      const held = focusIn(before.node);
      before.node.replaceWith(node);
      join(node);
      if (held !== null) giveFocus(node, held);
      if (how === "edit") flash(node, "changed");
    } else {
      this.#insert(node);
      join(node);
      if (how === "message") flash(node, "fresh");
    }
    if (this.sticks) this.#jump();
    else if (!before && how) this.#count(1);
    return node;
  }

  drop(id) {
    const item = this.items.get(id);
    if (!item) return;
    const next = focusIn(item.node) !== null && (item.node.nextElementSibling ?? item.node.previousElementSibling);
    item.node.remove();
    this.items.delete(id);
    if (next) next.focus({ preventScroll: true });
    if (!this.items.size) this.list.append(this.empty);
  }

  redraw() {
    this.empty.textContent = say(this.empty.dataset.words);
    for (const item of this.items.values()) {
      const node = this.#made(item.message);
      item.node.replaceWith(node);
      item.node = node;
      join(node);
    }
    this.#count(0);
  }

  /** Many at once and older than what is there; the view stays on what one reads. */
  putOlder(entries) {
    const height = this.scroller.scrollHeight;
    const top = this.scroller.scrollTop;
    const fresh = entries.filter(([id]) => !this.items.has(id));
    const nodes = fresh.map(([id, message]) => {
      const node = this.#made(message);
      this.items.set(id, { message, node });
      return [message, node];
    });
    if (nodes.length) this.empty.remove();
    const first = this.list.firstElementChild;
    const isBefore = !first || nodes.every(([message]) => this.order(message) <= first.order);
    if (isBefore) this.list.prepend(...nodes.map(([, node]) => node));
    else for (const [, node] of nodes) this.#insert(node);
    for (const [, node] of nodes) join(node);
    this.scroller.scrollTop = top + (this.scroller.scrollHeight - height);
    return fresh.length;
  }

  toEnd() {
    this.sticks = true;
    this.#jump();
    this.#count(0);
  }

  show(id) {
    const node = this.items.get(id)?.node;
    if (!node) return false;
    this.sticks = false;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("pointed");
    setTimeout(() => node.classList.remove("pointed"), 2500);
    return true;
  }

  #insert(node) {
    let last = this.list.lastElementChild;
    while (last && last.order > node.order) last = last.previousElementSibling;
    if (last) last.after(node);
    else this.list.prepend(node);
  }

  #made(message) {
    const node = this.draw(message);
    node.order = this.order(message);
    return node;
  }

  #jump() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #count(more) {
    this.below = more ? this.below + more : this.below;
    if (this.sticks) this.below = 0;
    this.down.hidden = this.sticks;
    this.down.textContent = this.below ? `↓ ${say("new-below", { count: this.below })}` : `↓ ${say("to-bottom")}`;
  }

  async #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.sticks = scrollHeight - scrollTop - clientHeight < NEAR;
    this.#count(0);
    if (scrollTop < NEAR * 6 && scrollHeight > clientHeight && this.hasOlder && !this.isLoading) {
      this.isLoading = true;
      this.hasOlder = await this.older(this);
      this.isLoading = false;
    }
  }
}

/** A further part of an album moves up to the part before it. */
function join(node) {
  const { album } = node.dataset;
  node.classList.toggle("joined", Boolean(album) && node.previousElementSibling?.dataset.album === album);
}

/** Which of the node's buttons has the focus: a number, -1 for the node itself, null for none. */
function focusIn(node) {
  if (!node.contains(document.activeElement)) return null;
  return [...node.querySelectorAll("button, a")].indexOf(document.activeElement);
}

function giveFocus(node, number) {
  const held = [...node.querySelectorAll("button, a")];
  (held[Math.min(Math.max(number, 0), held.length - 1)] ?? node).focus({ preventScroll: true });
}

function flash(node, name) {
  node.classList.add(name);
  node.addEventListener("animationend", () => node.classList.remove(name), { once: true });
}
