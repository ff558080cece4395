// What the page orders and hears. The server sends news by itself; nothing is asked again and again.

import { say } from "./words.js";

export class Refused extends Error {}

async function answered(response) {
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(told.why ?? String(response.status));
  return told.result;
}

export async function order(name, body) {
  return answered(await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));
}

export async function upload(who, chat, file, replyTo) {
  const form = new FormData();
  form.append("who", who);
  form.append("chat", chat);
  form.append("file", file, file.name);
  if (replyTo) form.append("reply_to", replyTo);
  return answered(await fetch("/api/upload", { method: "POST", body: form }));
}

export async function state() {
  return (await fetch("/api/state")).json();
}

export async function earlier(chat, before) {
  return (await fetch(`/api/messages?chat=${encodeURIComponent(chat)}&before=${before}`)).json();
}

/** Hears the news of a play from a number on. `heard` gets each piece, `lost` whether the line is broken. */
export function listen({ play, number }, heard, lost) {
  const source = new EventSource(`/api/events?play=${play}&after=${number}`);
  source.onmessage = (event) => {
    lost(false);
    const news = JSON.parse(event.data);
    // The sandbox was started anew: what stands here belongs to a play that is over.
    if (news.over) location.reload();
    else heard(news);
  };
  source.onopen = () => lost(false);
  source.onerror = () => lost(true);
  return source;
}

/** Does something and says on the page why it did not work. */
export async function attempt(tell, work) {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Refused ? error.message : say("strip-lost");
    tell(say("not-done", { why }));
    return undefined;
  }
}
