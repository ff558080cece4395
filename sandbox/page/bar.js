// The bar: the clock that can be moved, the bot's state and its killing, language and theme.

import { one } from "./make.js";
import { timeOf } from "./message.js";
import { attempt, order } from "./server.js";
import { say, spoken } from "./words.js";

const SLOW = 1200; // ms of getting ready before it is explained

export class Bar {
  /** page: {tell(text), toast(text)} */
  constructor(page) {
    this.page = page;
    this.since = performance.now();
    for (const button of document.querySelectorAll("[data-by], [data-tomorrow]")) {
      button.addEventListener("click", () => this.#move(button));
    }
    one("#kill").addEventListener("click", () => this.#kill());
    one("#bar-more").addEventListener("click", () => this.#unfold(!one("#bar-tools").classList.contains("open")));
    one("#theme").addEventListener("click", () => this.#turnTheme());
    document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
    setInterval(() => this.draw(), 1000);
  }

  /** The server's status; `now` is reckoned on from it. */
  update(status) {
    if (status.bot !== this.status?.bot) this.since = performance.now();
    this.status = status;
    this.heard = performance.now();
    this.draw();
  }

  /** On a narrow screen: away with the controls, one looks at something else now. */
  fold() {
    this.#unfold(false);
  }

  #unfold(isOpen) {
    one("#bar-tools").classList.toggle("open", isOpen);
    one("#bar-more").setAttribute("aria-expanded", String(isOpen));
  }

  lost(isLost) {
    this.isLost = isLost;
    this.draw();
  }

  get now() {
    return new Date(Date.parse(this.status.now) + performance.now() - this.heard);
  }

  draw() {
    if (!this.status) return;
    const clock = one("#clock");
    clock.textContent = this.#shown(this.now);
    clock.dateTime = this.now.toISOString();
    clock.classList.toggle("moved", this.status.ahead > 0);
    clock.title = this.status.ahead > 0 ? say("ahead", { time: duration(this.status.ahead) }) : "";
    one("#bot-state").dataset.step = this.status.bot;
    one("#bot-words").textContent = say(`bot-${this.status.bot}`);
    one("#kill").disabled = ["starting", "migrating", "training", "joining"].includes(this.status.bot);
    this.#strip();
  }

  #shown(moment) {
    const day = new Intl.DateTimeFormat(spoken() === "id" ? "id-ID" : "en-GB", {
      weekday: "short", day: "numeric", month: "short", timeZone: this.status.zone,
    }).format(moment);
    return `${day}, ${timeOf(moment, this.status.zone)}`;
  }

  #strip() {
    const strip = one("#strip");
    const words = this.#stripWords();
    strip.hidden = !words;
    if (strip.textContent !== words) strip.textContent = words;
  }

  #stripWords() {
    const { bot, opened: isOpened, problem, failed: hasFailed } = this.status;
    if (this.isLost) return say("strip-lost");
    if (problem && !isOpened) return say("strip-problem", { problem });
    if (hasFailed) return say("bot-down");
    if (isOpened) return "";
    if (bot === "running") return say("strip-opening");
    const waited = performance.now() - this.since;
    if (bot === "down" || waited < SLOW) return "";
    return say("strip-first", { step: say(`bot-${bot}`), seconds: Math.round(waited / 1000) });
  }

  async #move(button) {
    const by = button.dataset.by ? { by: Number(button.dataset.by) } : { tomorrow: button.dataset.tomorrow };
    const now = await attempt(this.page.toast, () => order("clock", by));
    if (now) this.page.toast(say("moved", { time: this.#shown(new Date(now)) }));
  }

  async #kill() {
    const isDown = this.status.bot === "down";
    one("#kill").disabled = true;
    const done = await attempt(this.page.toast, () => order("bot", { do: isDown ? "start" : "restart" }));
    if (done !== undefined) this.page.toast(say("killed"));
  }

  #turnTheme() {
    const isDark = getComputedStyle(document.documentElement).colorScheme === "dark"
      || (document.documentElement.dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    const theme = isDark ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }
}

function duration(seconds) {
  const hours = Math.round(seconds / 3600);
  const number = hours ? [hours, "hour"] : [Math.round(seconds / 60), "minute"];
  return new Intl.NumberFormat(spoken(), { style: "unit", unit: number[1], unitDisplay: "long" }).format(number[0]);
}
