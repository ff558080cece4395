// Where the page begins: builds the columns, hears the news, and hands each piece to its place.

import { Bar } from "./bar.js";
import { Column } from "./column.js";
import { alertText, showLink, wireDialogs } from "./dialogs.js";
import { FeedColumn } from "./feed.js";
import { icon, make, one } from "./make.js";
import { spokenText } from "./message.js";
import { attempt, listen, order, state } from "./server.js";
import { Tour } from "./tour.js";
import { has, say, speak, spoken } from "./words.js";

const KEYS = ["admin", "moderator", "moderator2", "moderators", "regulator"];
const columns = new Map();
const unread = new Map();
let bar;
let feed;
let tour;
let current = "feed";

const page = {
  zone: () => bar.status.zone,
  tell,
  toast: (text) => here().toast(text),
  alert: alertText,
  nameOf: (key) => columns.get(key)?.view.title ?? say(`name-${key}`),
  follow,
  column: (key) => columns.get(key),
  get feed() { return feed; },
  go,
};

/** Said to a screen reader. */
function tell(text) {
  one("#says").textContent = text;
}

function here() {
  return columns.get(current) ?? feed;
}

// Links

function follow({ url, mention, command }, column) {
  if (command) return column.fill?.(command);
  if (mention) return showChannel(`@${mention}`) || undefined;
  const post = /^https?:\/\/t\.me\/(\w+)\/(\d+)/i.exec(url);
  if (post && feed.views.has(`@${post[1]}`)) {
    return showLink(url, say("link-post"), [[say("show-post"), () => showPost(`@${post[1]}`, Number(post[2]))]]);
  }
  const toBot = new RegExp(`^https?://t\\.me/${bar.status.bot_name}/?(?:\\?start=([\\w-]{1,64}))?$`, "i").exec(url);
  if (toBot) {
    const token = toBot[1];
    const people = KEYS.filter((key) => key !== "moderators");
    return showLink(url, say(token ? "link-invite" : "link-bot"), people.map((key) => [
      page.nameOf(key),
      () => { enter(key); if (token) attempt(page.toast, () => order("start", { who: key, token })); },
    ]));
  }
  return showLink(url, say("link-outside"), []);
}

function showPost(key, id) {
  go("feed");
  feed.show(key, id);
}

function showChannel(key) {
  if (!feed.views.has(key)) return false;
  const newest = [...feed.list.items.keys()].findLast((id) => id.startsWith(`${key}/`));
  go("feed");
  if (newest) feed.list.show(newest);
  return true;
}

// Which column one looks at

function go(key) {
  current = key;
  bar.fold();
  for (const node of document.querySelectorAll(".column")) node.classList.toggle("current", node.dataset.key === key);
  one(`#column-${key}`)?.scrollIntoView({ inline: "nearest", block: "nearest" });
  const column = key === "feed" ? feed : columns.get(key);
  if (column.list.sticks) column.list.toEnd();
  unread.set(key, 0);
  drawTabs();
}

function drawTabs() {
  const tabs = one("#tabs");
  const keys = ["feed", ...KEYS];
  if (tabs.childElementCount !== keys.length) {
    tabs.replaceChildren(...keys.map((key, number) => make("button", {
      type: "button", class: "tab", "data-key": key, "aria-keyshortcuts": `Alt+${number + 1}`, title: `Alt+${number + 1}`, onclick: () => enter(key),
    }, make("span", { class: "avatar", "data-who": key, "aria-hidden": "true" }), make("span"), make("span", { class: "count" }))));
  }
  for (const tab of tabs.children) {
    const { key } = tab.dataset;
    const name = has(`short-${key}`) ? say(`short-${key}`) : columns.get(key)?.name ?? "";
    const [avatar, words, count] = tab.children;
    avatar.replaceChildren(key === "feed" ? icon("feed") : name.slice(0, 1));
    words.textContent = name;
    const number = unread.get(key) ?? 0;
    count.textContent = number ? String(Math.min(number, 99)) : "";
    if (key === current) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

/** By a tab or Alt and a number: the column, and the focus in it. */
function enter(key) {
  go(key);
  const column = key === "feed" ? feed : columns.get(key);
  column.form.elements.text.focus({ preventScroll: true });
}

function isSeen(key) {
  const node = one(`#column-${key}`);
  const { left, right } = node.getBoundingClientRect();
  return node.offsetParent !== null && right > 60 && left < innerWidth - 60;
}

// News

function hear(news) {
  for (const view of news.chats ?? []) (columns.get(view.key) ?? feed).update(view);
  for (const gone of news.gone ?? []) drop(gone);
  for (const message of news.messages ?? []) put(message);
  for (const { chat } of news.typing ?? []) columns.get(chat)?.types();
  for (const answer of news.answers ?? []) columns.get(answer.chat)?.answered(answer);
  if (news.status) status(news.status);
  tour.look();
}

function put(message) {
  const column = columns.get(message.chat);
  const key = column ? message.chat : "feed";
  (column ?? feed).put(message);
  if (!message.how || message.from?.key === key) return;
  if (message.how === "message" && !isSeen(key)) {
    unread.set(key, (unread.get(key) ?? 0) + 1);
    drawTabs();
  }
  if (key !== current || !column) return;
  const words = { name: message.from?.name ?? "", text: spokenText(message).slice(0, 400) };
  tell(say(message.how === "edit" ? "changed" : "new-from", words));
}

function drop({ chat, id }) {
  const column = columns.get(chat);
  if (column) column.drop(id);
  else feed.drop(chat, id);
}

function status(told) {
  bar.update(told);
  feed.status(told.feed);
  if (told.language !== spoken()) changeLanguage(told.language);
}

function changeLanguage(language) {
  speak(language);
  one("#language-words").textContent = language === "id" ? "EN" : "ID";
  if (!feed) return;
  for (const column of [...columns.values(), feed]) column.redraw();
  feed.status(bar.status.feed);
  bar.draw();
  drawTabs();
  tour.redraw();
}

// The beginning

function fill(told) {
  for (const view of told.chats) {
    if (view.kind === "channel") feed.update(view);
    else if (columns.has(view.key)) columns.get(view.key).update(view);
    else {
      const column = new Column(view, page);
      columns.set(view.key, column);
    }
  }
  for (const key of KEYS) if (!columns.get(key).node.isConnected) one("#board").append(columns.get(key).node);
  const posts = [];
  for (const [key, messages] of Object.entries(told.messages)) {
    if (columns.has(key)) columns.get(key).list.putOlder(messages.map((message) => [message.id, message]));
    else posts.push(...messages);
  }
  posts.sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
  feed.list.putOlder(posts.map((post) => [`${post.chat}/${post.id}`, post]));
  for (const column of [...columns.values(), feed]) {
    column.update?.(column.view ?? [...feed.views.values()][0]);
    column.list.toEnd();
  }
}

async function begin() {
  wireDialogs(tell);
  const told = await state();
  speak(told.status.language);
  bar = new Bar(page);
  bar.update(told.status);
  feed = new FeedColumn(page);
  fill(told);
  tour = new Tour(page);
  status(told.status);
  changeLanguage(told.status.language);
  go("feed");
  listen(told, hear, (isLost) => bar.lost(isLost));
  one("#language").addEventListener("click", () =>
    attempt(page.toast, () => order("language", { language: spoken() === "id" ? "en" : "id" })));
  document.addEventListener("keydown", (event) => {
    const number = Number(event.key);
    if (event.altKey && number >= 1 && number <= KEYS.length + 1) {
      event.preventDefault();
      enter(["feed", ...KEYS][number - 1]);
    }
  });
  document.documentElement.dataset.ready = "yes";
  if (!localStorage.getItem("toured")) tour.begin();
}

begin();
