// One chat as the person who has it sees it: what was said, and a place to write.

import { List } from "./list.js";
import { make, one } from "./make.js";
import { messageNode, spokenText } from "./message.js";
import { attempt, earlier, order, upload } from "./server.js";
import { say } from "./words.js";

const PRESS_PATIENCE = 6000; // ms until a button that gets no answer stops waiting

export class Column {
  /** view: the chat as the server tells it. page: {follow, zone(), tell(text), people(), alert(text)} */
  constructor(view, page) {
    this.key = view.key;
    this.page = page;
    this.node = one("#chat-column").content.firstElementChild.cloneNode(true);
    this.node.id = `column-${view.key}`;
    this.node.dataset.key = view.key;
    this.node.setAttribute("aria-labelledby", `title-${view.key}`);
    one("h2", this.node).id = `title-${view.key}`;
    one(".avatar", this.node).dataset.who = view.key;
    one(".answering", this.node).id = `answering-${view.key}`;
    this.form = one("form", this.node);
    this.text = this.form.elements.text;
    this.typing = one(".typing", this.node);
    this.toastNode = one(".toast", this.node);
    this.list = new List({
      scroller: one(".scroll", this.node),
      list: one(".messages", this.node),
      down: one(".down", this.node),
      order: (message) => message.id,
      draw: (message) => this.#draw(message),
      older: (list) => this.#older(list),
      empty: "empty-chat",
    });
    this.#wire();
    this.update(view);
  }

  get who() {
    return this.view.kind === "private" ? this.key : this.form.elements.who.value;
  }

  get name() {
    return this.view.kind === "private" ? this.view.title : say("title-moderators");
  }

  update(view) {
    this.view = view;
    const isGroup = view.kind !== "private";
    one("h2", this.node).textContent = this.name;
    one(".avatar", this.node).textContent = this.name.slice(0, 1);
    one(".role", this.node).textContent = say(`role-${this.key}`);
    one(".as", this.node).hidden = !isGroup;
    if (isGroup) this.#offerPeople(view.people);
    one(".commands", this.node).hidden = isGroup;
    this.#relabel();
    const isIn = view.has_bot;
    const membership = one(".membership", this.node);
    membership.textContent = say(isGroup ? (isIn ? "remove-bot" : "add-bot") : view.bot_status === "kicked" ? "unblock" : "block");
    membership.hidden = !isGroup && view.bot_status === "left";
    this.#showPinned();
    this.#fillMenu();
  }

  put(message) {
    this.typing.hidden = true;
    const node = this.list.put(message.id, message, message.how ?? "");
    if (message.id === this.view.pinned) this.#showPinned();
    if (message.id === this.answering) this.#showAnswering();
    return node;
  }

  drop(id) {
    this.list.drop(id);
    if (id === this.answering) this.#answers(undefined);
  }

  redraw() {
    this.update(this.view);
    this.list.redraw();
    this.#showAnswering();
  }

  types() {
    this.typing.textContent = say("typing");
    this.typing.hidden = false;
    clearTimeout(this.typingEnd);
    this.typingEnd = setTimeout(() => { this.typing.hidden = true; }, 5000);
  }

  answered({ message, text, show_alert: isAlert }) {
    const held = this.list.items.get(message)?.node;
    for (const key of held?.querySelectorAll('[aria-busy="true"]') ?? []) key.removeAttribute("aria-busy");
    if (!text) return;
    if (isAlert) this.page.alert(text);
    else this.toast(text);
  }

  toast(text) {
    this.toastNode.textContent = text;
    this.toastNode.classList.add("shown");
    this.page.tell(`${this.name}: ${text}`);
    clearTimeout(this.toastEnd);
    this.toastEnd = setTimeout(() => this.toastNode.classList.remove("shown"), 3800);
  }

  fill(text) {
    this.text.value = text;
    this.text.focus();
  }

  async send(text, replyTo) {
    return attempt((why) => this.toast(why), () =>
      order("say", { who: this.who, chat: this.key, text, reply_to: replyTo ?? null }));
  }

  async press(button, message, node) {
    if (button.does === "copy") return this.#copy(button.value);
    if (button.does === "url") return this.page.follow({ url: button.value }, this);
    if (button.does !== "press") return undefined;
    node.setAttribute("aria-busy", "true");
    setTimeout(() => node.removeAttribute("aria-busy"), PRESS_PATIENCE);
    return attempt((why) => this.toast(why), () =>
      order("press", { who: this.who, chat: this.key, message: message.id, data: button.value }));
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(`${say("copied")}: ${text}`);
    } catch {
      this.toast(say("copy-failed"));
    }
  }

  #draw(message) {
    return messageNode(message, {
      zone: this.page.zone(),
      names: this.view?.kind !== "private",
      isMine: (one) => one.from && one.from.key !== "bot" && (this.view?.kind === "private" || one.from.key === this.who),
      follow: (target) => this.page.follow(target, this),
      press: (button, held, node) => this.press(button, held, node),
      answer: (held) => this.#beginAnswer(held),
    });
  }

  async #older(list) {
    const first = Math.min(...list.items.keys());
    const found = await earlier(this.key, first);
    list.putOlder(found.map((message) => [message.id, message]));
    return found.length > 0;
  }

  #wire() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
      if (event.key === "Escape") this.#stepBack();
    });
    one(".answering-off", this.node).addEventListener("click", () => {
      this.#answers(undefined);
      this.text.focus();
    });
    this.form.elements.file.addEventListener("change", (event) => this.#sendFile(event.target));
    this.form.elements.who.addEventListener("change", () => { this.#relabel(); this.list.redraw(); });
    one(".commands", this.node).addEventListener("click", () => this.#toggleMenu());
    one(".pinned", this.node).addEventListener("click", () => this.list.show(this.view.pinned));
    one(".membership", this.node).addEventListener("click", () => {
      const isIn = this.view.kind === "private" ? this.view.bot_status === "kicked" : !this.view.has_bot;
      attempt((why) => this.toast(why), () => order("membership", { chat: this.key, is_in: isIn }));
    });
  }

  async #submit() {
    const text = this.text.value.trim();
    if (!text) return;
    const asked = this.answering;
    this.text.value = "";
    this.#answers(undefined);
    this.list.toEnd();
    if ((await this.send(text, asked)) !== undefined) return;
    this.text.value = text;
    if (this.list.items.has(asked)) this.#answers(asked);
  }

  async #sendFile(input) {
    const [file] = input.files;
    const sent = file && await attempt((why) => this.toast(why), () => upload(this.who, this.key, file, this.answering));
    if (sent !== undefined) this.#answers(undefined);
    input.value = "";
  }

  #beginAnswer(message) {
    this.#answers(message.id);
    this.text.focus();
    this.page.tell(say("replying", { text: spokenText(message).slice(0, 200) }));
  }

  /** id: the message that the next words reply to; undefined for none. */
  #answers(id) {
    this.answering = id;
    this.#showAnswering();
  }

  #showAnswering() {
    const message = this.list.items.get(this.answering)?.message;
    const quote = one(".answering", this.node);
    quote.hidden = !message;
    one(".reply", quote).textContent = message ? say("replying", { text: spokenText(message).slice(0, 120) }) : "";
    if (message) this.text.setAttribute("aria-describedby", quote.id);
    else this.text.removeAttribute("aria-describedby");
  }

  /** Closes the menu, or without one gives up the reply. */
  #stepBack() {
    if (one(".menu", this.node).hidden) this.#answers(undefined);
    else this.#closeMenu();
  }

  #offerPeople(people) {
    const select = this.form.elements.who;
    const chosen = select.value;
    select.replaceChildren(...people.map((key) => make("option", { value: key }, this.page.nameOf(key))));
    if (people.includes(chosen)) select.value = chosen;
  }

  #relabel() {
    const name = this.view.kind === "private" ? this.view.title : this.page.nameOf(this.who);
    const hint = say(this.view.kind === "private" ? "write-as" : "write-group", { name });
    this.text.placeholder = hint;
    this.text.setAttribute("aria-label", hint);
    one(".send", this.node).setAttribute("aria-label", say("send-as", { name }));
    one(".scroll", this.node).setAttribute("aria-label", `${this.name}, ${say(`role-${this.key}`)}`);
  }

  #showPinned() {
    const pinned = this.list.items.get(this.view.pinned)?.message;
    const bar = one(".pinned", this.node);
    bar.hidden = !pinned;
    if (pinned) bar.replaceChildren(make("bdi", {}, say("pinned", { text: pinned.text })));
  }

  #fillMenu() {
    const entries = this.view.menu.map(({ command, description }) =>
      make("button", { type: "button", onclick: () => { this.#closeMenu(); this.fill(`/${command} `); } },
        make("b", {}, `/${command}`), make("span", {}, description)));
    one(".menu", this.node).replaceChildren(...(entries.length ? entries : [make("p", {}, say("no-commands"))]));
  }

  #toggleMenu() {
    const menu = one(".menu", this.node);
    menu.hidden = !menu.hidden;
    one(".commands", this.node).setAttribute("aria-expanded", String(!menu.hidden));
    if (!menu.hidden) one("button", menu)?.focus();
  }

  #closeMenu() {
    one(".menu", this.node).hidden = true;
    one(".commands", this.node).setAttribute("aria-expanded", "false");
  }
}
