/** One line on stderr that is written over while something long goes on; nothing where nobody looks. */
export interface Progress {
  say(what: string): void;
  done(): void;
}

export function progressOn(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { say: () => undefined, done: () => undefined };
  return {
    say: (what) => void stream.write(`\r\u001b[2K${what}`),
    done: () => void stream.write("\r\u001b[2K"),
  };
}
