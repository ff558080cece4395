// Six steps from a channel to the digest. Each looks at what is there, so it can be done by hand, by
// the button, and again on a play that has gone on for long.

import { one } from "./make.js";
import { order } from "./server.js";
import { say, spoken } from "./words.js";

const CHANNEL = "market_sandbox";
const POSTS = {
  en: "Join our armed group at the old gate. Write to the admin to pledge to our fighters.",
  id: "Saudara, angkat senjata bersama pasukan kami malam ini. Hubungi admin untuk berbaiat.",
};
const UNDO = /^(undo|urungkan)/i;
const CONFIRM = /^(propaganda|confirm|konfirmasi)/i;
const HARM = /^(recruit|perekrutan)/i;
const ASIDE = /^(done|selesai)$/i; // a checklist of reasons, which decides nothing
const SIMPLE_ANSWERS = /^(ordinary|biasa|we ourselves|kami sendiri)/i;
const PAUSE = 1300; // ms between presses: one within a second of a redraw may be ignored
const SLOWEST = 8000; // ms until a press that changed nothing is tried again
const MOST_PRESSES = 6;

export class Tour {
  /** page: {column(key), feed, status(), go(key), tell(text), toast(text)} */
  constructor(page) {
    this.page = page;
    this.node = one("#tour");
    this.steps = [this.#addChannel(), this.#flagged(), this.#why(), this.#confirm(), this.#undo(), this.#digest()];
    one("#tour-again").addEventListener("click", () => this.begin());
    one("#tour-skip").addEventListener("click", () => this.end());
    one("#tour-next").addEventListener("click", () => this.#next());
    one("#tour-do").addEventListener("click", () => this.#doIt());
  }

  begin() {
    this.number = 0;
    this.node.hidden = false;
    this.#enter();
  }

  end() {
    this.node.hidden = true;
    this.number = undefined;
    localStorage.setItem("toured", "yes");
    this.#point(null);
  }

  get isOn() {
    return this.number !== undefined;
  }

  /** Something changed on the page: the step may be done now. */
  look() {
    if (!this.isOn) return;
    const step = this.steps[this.number];
    if (!step.done || this.isDone || !step.done()) return;
    this.isDone = true;
    this.doneWords = step.words?.() ?? `tour-${this.number + 1}-done`;
    this.#draw();
    this.page.tell(say(this.doneWords));
  }

  redraw() {
    if (this.isOn) this.#draw();
  }

  #enter() {
    const step = this.steps[this.number];
    this.isDone = false;
    this.isBusy = false;
    step.enter?.();
    this.page.go(step.where);
    this.#point(step.where);
    this.#draw();
    step.shows?.();
    one("#tour-title").focus({ preventScroll: true });
    this.look();
  }

  #draw() {
    const step = this.steps[this.number];
    const n = this.number + 1;
    const isLast = n === this.steps.length;
    one("#tour-count").textContent = say("tour-count", { step: n, of: this.steps.length });
    one("#tour-title").textContent = say(`tour-${n}`);
    one("#tour-text").textContent = say(`tour-${n}-text`);
    one("#tour-done").hidden = !this.isDone;
    one("#tour-done").textContent = this.isDone ? `✓ ${say(this.doneWords)}` : "";
    one("#tour-do").hidden = !step.work || this.isDone;
    one("#tour-do").disabled = this.isBusy;
    one("#tour-do").textContent = say(this.isBusy ? "tour-works" : "tour-do");
    one("#tour-next").textContent = say(isLast ? "tour-last" : "tour-next");
    one("#tour-skip").textContent = say("tour-skip");
    one("#tour-bar").style.setProperty("width", `${(100 * (this.number + (this.isDone ? 1 : 0))) / this.steps.length}%`);
  }

  #next() {
    if (this.number + 1 === this.steps.length) return this.end();
    this.number += 1;
    return this.#enter();
  }

  async #doIt() {
    const step = this.steps[this.number];
    this.isBusy = true;
    this.#draw();
    try {
      await step.work();
    } catch (error) {
      this.page.toast(say("not-done", { why: error.message }));
    }
    this.isBusy = false;
    if (this.isOn) this.#draw();
    this.look();
  }

  #point(key) {
    for (const node of document.querySelectorAll(".column.pointed")) node.classList.remove("pointed");
    if (key) one(`#column-${key}`)?.classList.add("pointed");
  }

  // The steps: where one looks, what the button does, when it is done.

  #addChannel() {
    return {
      where: "admin",
      enter: () => { this.mark = newest(this.page.column("admin")); },
      work: async () => {
        if (!this.page.feed.views.get(`@${CHANNEL}`)?.has_bot) await order("membership", { chat: `@${CHANNEL}`, is_in: true });
        await wait(600);
        await order("say", { who: "admin", chat: "admin", text: `/addchannel @${CHANNEL}` });
        await this.#answersAboutChannel();
      },
      done: () => {
        const asked = this.#asked();
        return asked && fromBot(this.page.column("admin")).some((message) =>
          message.id > asked.id && message.text.includes(CHANNEL) && message.text.includes("✅"));
      },
    };
  }

  /** Ani's own message that names the channel, since the step began. */
  #asked() {
    return all(this.page.column("admin")).find((message) =>
      message.id > this.mark && message.from?.key === "admin" && message.text.includes(CHANNEL));
  }

  /** Gives a reason, and presses the first answers that need no second person. */
  async #answersAboutChannel() {
    let hasSaid = false;
    for (let tried = 0; tried < 12 && !this.isDone; tried += 1) {
      await wait(700);
      const mark = this.#asked()?.id ?? Infinity;
      const keys = fromBot(this.page.column("admin")).filter((message) => message.id > mark)
        .flatMap((message) => message.rows.flat().map((button) => [message, button]));
      const [message, answer] = keys.find(([, button]) => SIMPLE_ANSWERS.test(button.text)) ?? [];
      if (answer) await order("press", { who: "admin", chat: "admin", message: message.id, data: answer.value });
      else if (keys.length && !hasSaid) {
        hasSaid = true;
        await order("say", { who: "admin", chat: "admin", text: say("tour-reason") });
      }
    }
  }

  #flagged() {
    let mark = 0;
    const published = () => Math.max(0, ...this.page.feed.idsOf(`@${CHANNEL}`));
    return {
      where: "moderator",
      enter: () => { mark = published(); },
      work: () => order("publish", { channel: CHANNEL, text: POSTS[spoken()], media: null, album: 0, forward_from: null }),
      done: () => published() > mark && this.#card() !== undefined,
      words: () => (this.#isAbout(published()) ? "tour-2-done" : "tour-2-done-later"),
    };
  }

  /** Whether Budi's card is of that post of the channel. */
  #isAbout(id) {
    const { text, entities, rows } = this.#card();
    return new RegExp(`/${CHANNEL}/${id}\\b`, "i").test(JSON.stringify([text, entities, rows]));
  }

  #why() {
    return { where: "moderator", shows: () => this.#showCard() };
  }

  /** Brings what is to be pressed on the card into sight. */
  #showCard() {
    const { list } = this.page.column("moderator");
    const id = this.#card()?.id;
    if (!list.show(id)) return;
    one(".spoiler", list.items.get(id).node)?.scrollIntoView({ block: "center" });
  }

  #confirm() {
    return {
      where: "moderator",
      work: () => this.#confirms(),
      done: () => this.#button(UNDO) !== undefined,
    };
  }

  #undo() {
    let hadUndo = false;
    return {
      where: "moderator",
      enter: () => { hadUndo = this.#button(UNDO) !== undefined; },
      work: async () => {
        if (!this.#button(UNDO)) await this.#confirms();
        hadUndo = true;
        await this.#press(UNDO);
      },
      done: () => hadUndo && this.#button(UNDO) === undefined,
    };
  }

  #digest() {
    return {
      where: "regulator",
      enter: () => { this.mark = newest(this.page.column("regulator")); },
      work: async () => {
        if (!this.#button(UNDO)) await this.#confirms();
        await wait(400);
        await order("clock", { by: 61 });
        await wait(3500);
        await order("clock", { tomorrow: "08:00" });
      },
      done: () => fromBot(this.page.column("regulator")).some((message) => message.id > this.mark),
    };
  }

  async #confirms() {
    for (let pressed = 0; pressed < MOST_PRESSES && !this.#button(UNDO); pressed += 1) {
      const pattern = [HARM, CONFIRM].find((one) => this.#button(one));
      if (!pattern) break;
      await this.#press(pattern);
    }
  }

  async #press(pattern) {
    const [message, button] = this.#button(pattern) ?? [];
    if (!button) return;
    await order("press", { who: "moderator", chat: "moderator", message: message.id, data: button.value });
    await wait(PAUSE);
    const isAsBefore = () => this.#button(pattern)?.[1].value === button.value;
    for (let waited = PAUSE; waited < SLOWEST && isAsBefore(); waited += 200) await wait(200);
  }

  /** Budi's newest message with a card: one with buttons to decide by. */
  #card() {
    return fromBot(this.page.column("moderator")).findLast((message) =>
      message.rows.flat().some((button) => CONFIRM.test(button.text)));
  }

  /** [message, button] of the first button that reads so on Budi's desk, from the newest message on. */
  #button(pattern) {
    for (const message of fromBot(this.page.column("moderator")).reverse()) {
      if (message.rows.flat().some((button) => ASIDE.test(button.text))) continue;
      const button = message.rows.flat().find((one) => one.does === "press" && pattern.test(one.text));
      if (button) return [message, button];
    }
    return undefined;
  }
}

function all(column) {
  return [...column.list.items.values()].map((item) => item.message).sort((a, b) => a.id - b.id);
}

function fromBot(column) {
  return all(column).filter((message) => message.from?.key === "bot");
}

function newest(column) {
  return Math.max(0, ...column.list.items.keys());
}

function wait(ms) {
  return new Promise((done) => { setTimeout(done, ms); });
}
