// The public channels in one column: what they publish, and a place to publish, edit and delete.

import { List } from "./list.js";
import { make, one } from "./make.js";
import { postNode } from "./message.js";
import { attempt, earlier, order } from "./server.js";
import { say } from "./words.js";

export class FeedColumn {
  /** page: {follow, zone(), tell(text)} */
  constructor(page) {
    this.key = "feed";
    this.page = page;
    this.node = one("#column-feed");
    this.form = one("#publish");
    this.pace = one("#pace");
    this.toastNode = one(".toast", this.node);
    this.views = new Map();
    this.list = new List({
      scroller: one(".scroll", this.node),
      list: one("#list-feed"),
      down: one(".down", this.node),
      order: (post) => Date.parse(post.date),
      draw: (post) => this.#draw(post),
      older: (list) => this.#older(list),
      empty: "empty-feed",
    });
    this.#wire();
  }

  get name() {
    return say("feed");
  }

  update(view) {
    this.views.set(view.key, view);
    this.#listChannels();
  }

  put(post) {
    return this.list.put(idOf(post), post, post.how ?? "");
  }

  drop(key, id) {
    this.list.drop(`${key}/${id}`);
  }

  show(key, id) {
    return this.list.show(`${key}/${id}`);
  }

  redraw() {
    this.#listChannels();
    this.list.redraw();
  }

  status({ pace, left }) {
    if (document.activeElement !== this.pace) this.pace.value = String(pace);
    const words = !left ? say("pace-none") : pace ? say("pace-words", { pace, left }) : say("pace-off");
    one("#pace-words").textContent = words;
    this.pace.setAttribute("aria-valuetext", words);
    one("#again").hidden = left > 0;
  }

  toast(text) {
    this.toastNode.textContent = text;
    this.toastNode.classList.add("shown");
    this.page.tell(text);
    clearTimeout(this.toastEnd);
    this.toastEnd = setTimeout(() => this.toastNode.classList.remove("shown"), 3800);
  }

  /** The numbers of a channel's posts that are here. */
  idsOf(key) {
    return [...this.list.items.values()].filter(({ message }) => message.chat === key).map(({ message }) => message.id);
  }

  #attempt(work) {
    return attempt((why) => this.toast(why), work);
  }

  #draw(post) {
    return postNode(post, {
      zone: this.page.zone(),
      chatOf: (key) => this.views.get(key),
      follow: (target) => this.page.follow(target, this),
      edit: (held) => this.#edit(held),
      remove: (held) => this.#attempt(() => order("touch", { channel: held.chat, message: held.id, text: null })),
    });
  }

  async #older(list) {
    const first = new Map();
    for (const { message } of list.items.values()) {
      first.set(message.chat, Math.min(first.get(message.chat) ?? Infinity, message.id));
    }
    const found = (await Promise.all([...first].filter(([, id]) => id > 1).map(([key, id]) => earlier(key, id)))).flat();
    found.sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
    list.putOlder(found.map((post) => [idOf(post), post]));
    return found.length > 0;
  }

  #edit(post) {
    const dialog = one("#edit");
    const text = one("#edit-text");
    text.value = post.text;
    const form = one("#edit-form");
    form.onsubmit = () => this.#attempt(() =>
      order("touch", { channel: post.chat, message: post.id, text: text.value }));
    dialog.showModal();
    text.focus();
  }

  #wire() {
    let waiting;
    this.pace.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#attempt(() => order("pace", { pace: Number(this.pace.value) })), 150);
    });
    one("#again").addEventListener("click", () => this.#attempt(() => order("pace", { again: true })));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#publish();
    });
    this.form.elements.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#publish();
      }
    });
  }

  async #publish() {
    const { channel, media, forward, text } = this.form.elements;
    const isAlbum = media.value === "album";
    const done = await this.#attempt(() => order("publish", {
      channel: channel.value,
      text: text.value.trim(),
      media: isAlbum ? null : media.value || null,
      album: isAlbum ? 3 : 0,
      forward_from: forward.value || null,
    }));
    if (done === undefined) return;
    text.value = "";
    media.value = "";
    forward.value = "";
    this.list.toEnd();
  }

  #listChannels() {
    const views = [...this.views.values()];
    fillSelect(this.form.elements.channel, views, []);
    fillSelect(this.form.elements.forward, views, [make("option", { value: "" }, say("nobody"))]);
    one("#channels").replaceChildren(...views.map((view) => this.#channel(view)));
  }

  #channel(view) {
    const change = make("button", {
      type: "button", class: "chip",
      onclick: () => this.#attempt(() => order("membership", { chat: view.key, is_in: !view.has_bot })),
      "aria-label": `${say(view.has_bot ? "throw-out" : "let-in")}: ${view.title}`,
    }, say(view.has_bot ? "throw-out" : "let-in"));
    return make("li", {}, make("bdi", {}, view.title), view.has_bot && make("span", { class: "in" }, say("bot-is-in")), change);
  }
}

function idOf(post) {
  return `${post.chat}/${post.id}`;
}

function fillSelect(select, views, first) {
  const chosen = select.value;
  const options = views.map((view) => make("option", { value: view.username }, `${view.title} · @${view.username}`));
  select.replaceChildren(...first, ...options);
  if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
}
