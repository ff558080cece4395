// One message or post as nodes.

import { icon, make } from "./make.js";
import { textNode } from "./text.js";
import { has, say, spoken } from "./words.js";

export function timeOf(iso, zone) {
  return new Intl.DateTimeFormat("en-GB", { // 16:43 in both languages, as the bot writes it
    hour: "2-digit", minute: "2-digit", timeZone: zone,
  }).format(new Date(iso));
}

/** A message in a chat. desk: {follow, press(button, node), answer(message), zone, isMine(message), names} */
export function messageNode(message, desk) {
  const isMine = desk.isMine(message);
  const node = make("li", {
    class: ["message", isMine && "mine", message.service && "service", message.rows.length && "has-keys",
      message.protected && "protected"].filter(Boolean).join(" "),
    "data-id": message.id,
    "data-album": message.album,
    tabindex: "-1",
  });
  if (message.service) {
    const key = `service-${message.service}`;
    node.append(make("div", { class: "bubble" }, say(has(key) ? key : "service-other", { what: message.service })));
    return node;
  }
  const bubble = make("div", { class: "bubble" });
  if (desk.names && !isMine && message.from) bubble.append(make("p", { class: "sender" }, bdi(message.from.name)));
  const line = meta(message, desk.zone);
  line.prepend(answerKey(message, desk.answer));
  bubble.append(...body(message, desk.follow), line);
  node.append(bubble);
  if (message.rows.length) node.append(keyboard(message, desk.press));
  return node;
}

/** A post of a channel. desk: {follow, zone, titleOf(key), edit(post), remove(post)} */
export function postNode(post, desk) {
  const chat = desk.chatOf(post.chat);
  const node = make("li", { class: "post", "data-id": `${post.chat}/${post.id}`, "data-album": post.album, tabindex: "-1" });
  const acts = make("span", { class: "acts" },
    post.media?.kind === "poll" ? null : act("edit", post, desk.edit), act("delete", post, desk.remove));
  node.append(
    make("p", { class: "post-head" }, make("b", {}, bdi(chat.title)), make("small", {}, `@${chat.username}`)),
    ...body(post, desk.follow));
  const line = meta(post, desk.zone);
  line.append(acts);
  node.append(line);
  return node;
}

function answerKey(message, answer) {
  return make("button", { type: "button", class: "answer", onclick: () => answer(message) }, icon("reply"), say("reply"));
}

function act(key, post, work) {
  return make("button", { type: "button", "data-act": key, onclick: () => work(post) }, say(key));
}

function bdi(text) {
  return make("bdi", {}, text);
}

function body(message, follow) {
  return [
    message.forward && make("p", { class: "forward" }, bdi(say("forwarded-from", { name: message.forward }))),
    message.reply && make("p", { class: "reply", dir: "auto" }, message.reply.gone ? say("deleted") : message.reply.text),
    message.media && attachment(message.media),
    message.text && textNode(message.text, message.entities, follow),
  ].filter(Boolean);
}

function meta(message, zone) {
  const lock = message.protected ? icon("lock") : null;
  const line = make("p", { class: "meta" });
  if (lock) line.append(lock, make("span", { class: "unseen" }, say("protected")));
  if (message.edited) line.append(make("span", {}, say("edited")));
  line.append(make("time", { datetime: message.date }, timeOf(message.date, zone)));
  return line;
}

function attachment(media) {
  if (media.kind === "photo") {
    const image = make("img", {
      src: `/file/${media.file}`, alt: say("picture"), loading: "lazy", decoding: "async",
      width: media.width, height: media.height,
    });
    return make("figure", {}, make("button", {
      type: "button", class: "shot", "aria-label": say("open-picture"), "data-picture": media.file,
    }, image));
  }
  if (media.kind === "poll") {
    const options = media.options.map((option) => make("li", {}, bdi(option)));
    return make("div", { class: "poll" }, make("b", { dir: "auto" }, media.name), make("ul", {}, ...options));
  }
  const badge = make("span", { class: "badge-icon" }, icon(media.kind === "document" ? "file" : "film"));
  const about = make("span", { class: "about" }, make("b", {}, bdi(media.name ?? media.kind)), make("small", {}, size(media)));
  if (media.kind !== "document") return make("div", { class: "file" }, badge, about);
  return make("a", {
    class: "file", href: `/file/${media.file}?keep=1`, download: media.name, "aria-label": say("download", { name: media.name }),
  }, badge, about);
}

function size(media) {
  if (!media.size) return media.kind;
  const units = ["B", "kB", "MB"];
  let value = media.size;
  let unit = 0;
  while (value >= 1000 && unit < 2) { value /= 1000; unit += 1; }
  const shown = new Intl.NumberFormat(spoken(), { maximumFractionDigits: unit ? 1 : 0 }).format(value);
  return `${shown} ${units[unit]}`;
}

function keyboard(message, press) {
  const rows = message.rows.map((row) => make("div", {}, ...row.map((button) => key(button, message, press))));
  return make("div", { class: "keys" }, ...rows);
}

function key(button, message, press) {
  const node = make("button", { type: "button", class: ["key", button.style].filter(Boolean).join(" "), dir: "auto" }, button.text);
  if (button.does === "url") node.append(icon("link"));
  if (button.does === "copy") node.append(icon("copy"));
  node.addEventListener("click", () => press(button, message, node));
  return node;
}

/** What a screen reader is told of a message. */
export function spokenText(message) {
  return message.text || message.media?.name || "";
}
