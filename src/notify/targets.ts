import type { NoticeSettings, NoticeTarget } from "../domain/routing.ts";
import type { Message } from "./message.ts";

export interface NamedTarget {
  /** `slack hooks.slack.com`, `email ops@example.com`: what people and tables see. A webhook's path is a secret. */
  readonly name: string;
  readonly target: NoticeTarget;
}

/** The map's targets. Those of one kind and host are told apart by their place. */
export function namedTargets({ targets }: NoticeSettings): readonly NamedTarget[] {
  const seen = new Map<string, number>();
  return targets.map((target) => {
    const plain = plainName(target);
    const place = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, place);
    return { name: place === 1 ? plain : `${plain} (${place})`, target };
  });
}

/** Where this message goes: to the map's targets and, where a human let it lie, to the one on call directly. */
export function targetsOf(message: Message, notices: NoticeSettings): readonly NamedTarget[] {
  const all = namedTargets(notices);
  const { kind, reminders } = message.notice;
  const contact = message.onCall?.contact ?? "";
  if ((kind !== "job_overdue" && reminders === 0) || !EMAIL.test(contact)) return all;
  const direct: NoticeTarget = { kind: "email", to: contact };
  const name = plainName(direct);
  return all.some((each) => each.name === name) ? all : [...all, { name, target: direct }];
}

/** Null: the map no longer has it. An address needs no map: whoever was on call then is still to be told. */
export function targetNamed(name: string, notices: NoticeSettings): NoticeTarget | null {
  const known = namedTargets(notices).find((each) => each.name === name);
  if (known !== undefined) return known.target;
  return name.startsWith(EMAIL_PREFIX) ? { kind: "email", to: name.slice(EMAIL_PREFIX.length) } : null;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const EMAIL_PREFIX = "email ";

function plainName(target: NoticeTarget): string {
  return target.kind === "email" ? `${EMAIL_PREFIX}${target.to}` : `${target.kind} ${new URL(target.url).host}`;
}
