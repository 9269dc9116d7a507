/** The status page's script: times in the reader's zone, and the page anew twice a minute. The page is whole without it. */
const AGAIN_MS = 30_000;
const WITHIN_MS = 10_000;
const format = new Intl.DateTimeFormat("sv-SE", {
  dateStyle: "short",
  timeStyle: "medium",
});
const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" });

let heardAt = new Date();

function inZone(root: ParentNode): void {
  for (const time of root.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    const name = zone.formatToParts(moment).find(({ type }) => type === "timeZoneName")?.value ?? "";
    time.textContent = `${format.format(moment)} ${name}`;
  }
}

async function again(): Promise<void> {
  if (document.hidden) return;
  const connection = document.querySelector("#connection");
  try {
    const response = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(WITHIN_MS) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = page.querySelector("main");
    if (!response.ok || main === null) throw new Error(`It answered ${response.status}.`);
    inZone(main);
    document.querySelector("main")?.replaceWith(document.adoptNode(main));
    document.title = page.title;
    heardAt = new Date();
    connection?.replaceChildren();
  } catch {
    // A screen reader hears it once, not each time.
    const text = `No answer since ${format.format(heardAt)}: what stands below is old. This page tries again by itself.`;
    if (connection?.textContent !== text) connection?.replaceChildren(text);
    document.querySelector("main")?.classList.add("old");
  }
}

inZone(document);
setInterval(() => void again(), AGAIN_MS);
document.addEventListener("visibilitychange", () => void again());
addEventListener("online", () => void again());
